"""Which generation serves, what is carried on, and what a kill between two steps leaves."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from indexer import IndexBusy, IndexSettings
from indexer import manifest as disk
from indexer.manifest import DirectoryLock, Manifest
from tests.needs import ROOT


def wanted(directory: Path, **settings: str) -> Manifest:
    return Manifest.wanted(IndexSettings(directory, model="hash", **settings))


def test_nothing_serves_before_the_first_swap(tmp_path: Path) -> None:
    assert disk.current(tmp_path) is None
    begun = disk.create(tmp_path, wanted(tmp_path))
    assert disk.current(tmp_path) is None
    disk.activate(begun)
    assert disk.current(tmp_path) == begun


def test_a_swap_leaves_exactly_one_serving(tmp_path: Path) -> None:
    first = disk.create(tmp_path, wanted(tmp_path))
    disk.activate(first)
    second = disk.create(tmp_path, wanted(tmp_path))
    assert second.number == first.number + 1
    assert disk.current(tmp_path) == first
    disk.activate(second)
    assert disk.current(tmp_path) == second
    disk.sweep(tmp_path, set())
    assert disk.generations(tmp_path) == [second.path]


def test_an_instance_copied_by_a_program_that_follows_links_opens(tmp_path: Path) -> None:
    disk.activate(disk.create(tmp_path / "index", wanted(tmp_path)))
    shutil.copytree(tmp_path / "index", tmp_path / "copy")
    begun = disk.create(tmp_path / "copy", wanted(tmp_path))
    disk.activate(begun)
    assert disk.current(tmp_path / "copy") == begun


@pytest.mark.parametrize("changed", [{"schema": 99}, {"cutter": 99}, {"analyser": 99}, {"language": "german"}])
def test_another_layout_cannot_be_carried_on(tmp_path: Path, changed: dict[str, object]) -> None:
    manifest = wanted(tmp_path)
    assert manifest.carries(replace(manifest, created=1.0))
    assert not manifest.carries(replace(manifest, **changed))


def test_another_model_is_carried_on_without_its_floor(tmp_path: Path) -> None:
    manifest = wanted(tmp_path).with_model("one", "f1", 3).with_floor(0.4, 120)
    other = manifest.with_model("two", "f2", 5)
    assert manifest.carries(other)
    assert (other.floor, other.floor_entries, other.dimension) == (None, 0, 5)


def test_what_was_begun_is_found_again_and_the_rest_is_swept(tmp_path: Path) -> None:
    old = disk.create(tmp_path, replace(wanted(tmp_path), cutter=0))
    disk.activate(old)
    begun = disk.create(tmp_path, wanted(tmp_path))
    broken = tmp_path / "gen-9"
    broken.mkdir()
    (broken / "manifest.json").write_text('{"schema": ')
    assert disk.unfinished(tmp_path, wanted(tmp_path)) == begun
    assert disk.unfinished(tmp_path, replace(wanted(tmp_path), cutter=7)) is None
    disk.sweep(tmp_path, {begun.path})
    assert disk.generations(tmp_path) == [old.path, begun.path]
    disk.activate(begun)
    assert disk.unfinished(tmp_path, wanted(tmp_path)) is None


def test_vectors_of_models_gone_by_are_swept(tmp_path: Path) -> None:
    begun = disk.create(tmp_path, wanted(tmp_path).with_model("two", "b" * 64, 3))
    disk.activate(begun)
    for name in ("vectors-" + "a" * 16, begun.vectors_path.name, "keyword"):
        (begun.path / name).mkdir()
    disk.sweep(tmp_path, set())
    assert sorted(path.name for path in begun.path.iterdir() if path.is_dir()) == ["keyword", "vectors-" + "b" * 16]


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"schema": 1, "cut', "null"])
def test_a_damaged_manifest_serves_nobody(tmp_path: Path, content: str) -> None:
    begun = disk.create(tmp_path, wanted(tmp_path))
    disk.activate(begun)
    (begun.path / "manifest.json").write_text(content)
    assert disk.current(tmp_path) is None


def test_a_manifest_of_a_newer_version_is_read_without_its_news(tmp_path: Path) -> None:
    begun = disk.create(tmp_path, wanted(tmp_path))
    disk.activate(begun)
    path = begun.path / "manifest.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "invented_later": 1}))
    assert disk.current(tmp_path) == begun


def test_one_writes_and_a_kill_lets_go(tmp_path: Path) -> None:
    code = (
        "import sys, time, pathlib; from indexer.manifest import DirectoryLock\n"
        "lock = DirectoryLock(pathlib.Path(sys.argv[1])); print('held', flush=True); time.sleep(60)"
    )
    process = subprocess.Popen([sys.executable, "-c", code, str(tmp_path)], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    with process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        with pytest.raises(IndexBusy, match="Another indexer"):
            DirectoryLock(tmp_path)
        process.kill()
    with DirectoryLock(tmp_path), pytest.raises(IndexBusy):
        DirectoryLock(tmp_path)
    DirectoryLock(tmp_path).release()
