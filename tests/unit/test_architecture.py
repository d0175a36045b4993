"""The rules of docs/architecture.md that a person would otherwise have to remember."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.needs import ROOT

MODULES = sorted([*ROOT.glob("indexer/**/*.py"), *ROOT.glob("wiki/**/*.py")])
JINJA = re.compile(r"\{[%#{].*?[%#}]\}", re.DOTALL)
PURE = ["wiki/entries.py", "wiki/viewer.py", "wiki/merge.py", "wiki/diffs.py", "wiki/sections.py"]


def imported(path: Path) -> Iterator[str]:
    """The top names that a module imports, wherever in it the import stands."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            yield node.module.split(".")[0]


@pytest.mark.parametrize("path", sorted(ROOT.glob("indexer/**/*.py")), ids=lambda p: p.name)
def test_the_indexer_knows_neither_wiki_nor_flask(path: Path) -> None:
    assert not {"wiki", "flask"} & set(imported(path))


@pytest.mark.parametrize("name", PURE)
def test_the_pure_core_touches_no_disk_no_git_and_no_web(name: str) -> None:
    assert not {"flask", "pygit2", "sqlite3", "sqlalchemy", "os", "socket"} & set(imported(ROOT / name))


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(ROOT)))
def test_modules_and_functions_fit_in_the_head(path: Path) -> None:
    text = path.read_text("utf-8")
    assert text.count("\n") <= 400, f"{path.name} is two modules"
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef) and node.end_lineno is not None:
            assert node.end_lineno - node.lineno <= 60, f"{node.name} in {path.name} is two functions"


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(ROOT)))
def test_every_module_says_what_it_is_for(path: Path) -> None:
    text = path.read_text("utf-8")
    if text.strip():
        assert ast.get_docstring(ast.parse(text)), f"{path} has no docstring"


def test_the_web_application_loads_no_torch() -> None:
    code = "import sys, wiki, wiki.web, indexer; assert 'torch' not in sys.modules, 'torch came along'"
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, timeout=60)


def test_templates_hold_no_inline_script_or_style() -> None:
    for path in ROOT.glob("templates/**/*.html"):
        text = JINJA.sub("", path.read_text("utf-8"))
        assert " style=" not in text, path
        assert "<style" not in text, path
        assert "onclick=" not in text, path
        for piece in text.split("<script")[1:]:
            assert "src=" in piece.split(">")[0] or "application/json" in piece.split(">")[0], path
