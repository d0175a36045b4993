"""Many processes at once, killed ones among them: nothing that was answered is lost, and nobody is stopped."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.integration.content_world import ANN, World, clone, git, push, world

pytestmark = pytest.mark.alone

SAVER = """
import sys
from pathlib import Path
from wiki.content import Author, Conflict, ContentStore

root, name, count = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
store = ContentStore(root / "content.git", root / "run")
base = store.read("shared.md").revision
for number in range(count):
    store.put(f"own/{name}-{number}.md", name.encode(), base=None, author=Author(name, name), message="own")
    mark = f"line-{name}\\n".encode()
    text = store.blob(base).replace(mark, f"line-{name}\\n{name} {number}\\n".encode() if number == 0 else
                                    mark, 1)
    if number:
        text = store.blob(base).replace(f"{name} {number - 1}\\n".encode(), f"{name} {number}\\n".encode())
    saved = store.put("shared.md", text, base=base, author=Author(name, name), message="shared")
    base = saved.revision
    print(saved.commit, flush=True)
"""


def start(code: str, *args: str, **kwargs: object) -> subprocess.Popen[str]:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([*sys.path, "."])}
    return subprocess.Popen(
        [sys.executable, "-c", code, *args],
        stdout=subprocess.PIPE,
        text=True,
        env=environment,
        **kwargs,  # type: ignore[call-overload]
    )


def shared_text(names: list[str]) -> bytes:
    return "".join(f"line-{name}\n\nrest of {name}\n\n" for name in names).encode()


@pytest.mark.timeout(120)
def test_ten_processes_saving_one_entry_lose_nothing(tmp_path: Path) -> None:
    with world(tmp_path) as w:
        names = [f"w{n}" for n in range(10)]
        w.store.put("shared.md", shared_text(names), base=None, author=ANN, message="m")
        savers = [start(SAVER, str(w.config.instance), name, "5") for name in names]
        answered = [line for saver in savers for line in saver.communicate()[0].split()]
        assert [saver.returncode for saver in savers] == [0] * 10
        text = w.store.read("shared.md").data.decode()
        assert sorted(re.findall(r"^w\d 4$", text, re.MULTILINE)) == [f"{name} 4" for name in names]
        assert sum(path.startswith("own/") for path, _ in w.store.paths()) == 50
        history = {commit.id for commit in w.store.walk(None)}
        assert len(answered) == 50
        assert set(answered) <= history
        git("fsck", "--strict", at=w.store.path)
        w.check()


@pytest.mark.timeout(120)
def test_killed_writers_stop_nobody_and_answered_saves_stay(tmp_path: Path) -> None:
    """Writers are killed at points spread over a save; each next save must go through soon, without a lock left."""
    with world(tmp_path) as w:
        w.store.put("shared.md", shared_text(["k"]), base=None, author=ANN, message="m")
        answered: list[str] = []
        for attempt in range(12):
            writer = start(SAVER, str(w.config.instance), "k", "500")
            assert writer.stdout is not None
            answered.append(writer.stdout.readline().strip())
            time.sleep(0.0037 * attempt)
            writer.send_signal(signal.SIGKILL)
            answered += writer.communicate()[0].split()
            begun = time.monotonic()
            w.store.apply([], author=ANN, message="m")
            w.write(f"after/{attempt}.md", "x")
            assert time.monotonic() - begun < 8
            w.store.update(lambda s: [*remove_all(s, "own")], author=ANN, message="clean")
            w.store.put(
                "shared.md", shared_text(["k"]), base=w.store.read("shared.md").revision, author=ANN, message="m"
            )
        history = {commit.id for commit in w.store.walk(None)}
        assert {commit for commit in answered if len(commit) == 40} <= history
        git("fsck", "--strict", at=w.store.path)
        w.check()


def remove_all(snapshot: object, folder: str) -> list[object]:
    from wiki.content import Change

    return [Change(path, None) for path, _ in snapshot.files(folder)]  # type: ignore[attr-defined]


KILLED = """
import os, signal, sys
from pathlib import Path
from wiki.content import Author, ContentStore
from wiki.content import refs

root = Path(sys.argv[1])
store = ContentStore(root / "content.git", root / "run")
def die(*_):
    os.kill(os.getpid(), signal.SIGKILL)
refs.flush = die
store.put("b.md", b"2", base=None, author=Author("x", "x"), message="m")
"""


def test_a_lock_of_a_killed_writer_of_ours_is_removed_at_once(tmp_path: Path) -> None:
    with world(tmp_path) as w:
        w.write("a.md", "1")
        killed = start(KILLED, str(w.config.instance))
        killed.communicate()
        assert killed.returncode == -signal.SIGKILL
        assert (w.store.path / "refs/heads/main.lock").exists()
        begun = time.monotonic()
        w.write("c.md", "3")
        assert time.monotonic() - begun < 1
        assert [path for path, _ in w.store.paths()] == ["a.md", "c.md"]


@pytest.mark.timeout(120)
def test_pushes_from_outside_and_saves_go_together(tmp_path: Path) -> None:
    with world(tmp_path) as w:
        w.store.put("shared.md", shared_text(["k"]), base=None, author=ANN, message="m")
        copy = clone(w, tmp_path / "copy")
        saver = start(SAVER, str(w.config.instance), "k", "40")
        for number in range(6):
            (copy / f"outside-{number}.md").write_text("x")
            git("add", "-A", at=copy)
            git("commit", "-q", "-m", "outside", at=copy)
            for _ in range(100):
                try:
                    git("pull", "-q", "--no-rebase", "--no-edit", "origin", "main", at=copy)
                    git("push", "-q", "origin", "HEAD:main", at=copy)
                except AssertionError:
                    continue
                break
            else:
                pytest.fail("no push came through")
        saver.communicate()
        assert saver.returncode == 0
        paths = {path for path, _ in w.store.paths()}
        assert {f"outside-{n}.md" for n in range(6)} | {f"own/k-{n}.md" for n in range(40)} <= paths
        w.check()


def need_strace() -> str:
    found = shutil.which("strace")
    if found is None:
        if os.environ.get("CI") == "true":
            pytest.fail("strace is missing, and CI must show that saves are durable")
        pytest.skip("strace is not installed, so durability cannot be shown")
    return found


ONE_SAVE = """
import os, sys
from pathlib import Path
from tests.integration.content_world import AUTHOR
from wiki.catalog import Catalog
from wiki.config import load_config
from wiki.content import ContentStore
from wiki.library import EntryFields, Library

config = load_config({}, instance=Path(sys.argv[1]))
store = ContentStore(config.content_path, config.run_path)
library = Library(config, store, Catalog(config.catalog_path, store), lambda: None)
store.tip()
os.write(1, b"BEGIN\\n")
library.create(EntryFields(kind="lesson", title="Durable", body="text"), viewer=AUTHOR)
os.write(1, b"ANSWERED\\n")
"""


def test_a_save_is_on_the_disk_before_it_is_answered(tmp_path: Path) -> None:
    """The system calls of one save: objects, their directories and the new value of the branch are flushed before
    the branch is renamed into place, its directory after that, and all of it before the answer."""
    strace = need_strace()
    with world(tmp_path) as w:
        w.write("a.md", "1")
        before = object_files(w)
        trace = tmp_path / "trace"
        calls = "trace=open,openat,close,fsync,fdatasync,rename,renameat,renameat2,write"
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join([*sys.path, "."])}
        subprocess.run(
            [strace, "-f", "-y", "-o", str(trace), "-e", calls, sys.executable, "-c", ONE_SAVE, str(w.config.instance)],
            check=True,
            env=environment,
            capture_output=True,
        )
        lines = joined_calls(trace.read_text().splitlines())
        begin = next(i for i, line in enumerate(lines) if '"BEGIN\\n"' in line)
        answer = next(i for i, line in enumerate(lines) if '"ANSWERED\\n"' in line)
        renamed = next(i for i, line in enumerate(lines) if "rename" in line and "main.lock" in line and "= 0" in line)
        assert begin < renamed < answer
        flushed = {
            match[1]: i
            for i, line in enumerate(lines)
            if (match := re.search(r"f(?:data)?sync\(\d+<([^>]+)>\)\s+= 0", line)) and begin < i < answer
        }
        made = object_files(w) - before
        assert len(made) >= 4, "a blob, trees and a commit"
        for path in made:
            assert flushed[str(path)] < renamed, f"{path} was not flushed before the branch named it"
            assert flushed[str(path.parent)] < renamed
        assert flushed[str(w.store.path / "objects")] < renamed
        assert flushed[str(w.store.path / "refs/heads/main.lock")] < renamed
        assert renamed < flushed[str(w.store.path / "refs/heads")] < answer


def object_files(w: World) -> set[Path]:
    return {path.resolve() for path in (w.store.path / "objects").glob("??/*")}


def joined_calls(lines: list[str]) -> list[str]:
    """Calls that strace cut in two because another thread came between, put where they ended."""
    begun: dict[str, str] = {}
    result = []
    for line in lines:
        pid, _, rest = line.partition(" ")
        rest = rest.strip()
        if rest.endswith("<unfinished ...>"):
            begun[pid] = rest.removesuffix("<unfinished ...>").strip()
        elif match := re.match(r"<\.\.\. \w+ resumed>(.*)", rest):
            result.append(begun.pop(pid, "") + match[1])
        else:
            result.append(rest)
    return result


def test_a_push_from_outside_is_flushed_too(tmp_path: Path) -> None:
    with world(tmp_path) as w:
        w.write("a.md", "1")
        copy = clone(w, tmp_path / "copy")
        (copy / "b.md").write_text("2")
        push(copy)
        assert git("config", "core.fsync", at=w.store.path) == "all"
        assert w.store.read("b.md").data == b"2"
