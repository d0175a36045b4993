"""At a terminal an import and a rebuild tell how far they are and the time left; in a pipe they say nothing of it."""

from __future__ import annotations

import json
import os
import pty
import re
import subprocess
import sys
from pathlib import Path

from tests.needs import ROOT


def at_a_terminal(*arguments: str) -> str:
    """What a command writes to a terminal on its standard error, without colours. Fails where the command does."""
    ours, theirs = pty.openpty()
    env = {**os.environ, "HINDSIGHT_MODEL": "hash", "TERM": "xterm", "COLUMNS": "120"}
    process = subprocess.Popen(
        [sys.executable, "-m", "wiki", *arguments], cwd=ROOT, env=env, stdout=subprocess.DEVNULL, stderr=theirs
    )
    os.close(theirs)
    seen = b""
    try:
        while part := os.read(ours, 4096):
            seen += part
    except OSError:
        pass  # Linux says so when the other end is closed
    finally:
        os.close(ours)
    assert process.wait(60) == 0, seen.decode()
    return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", seen.decode())


def test_imports_and_rebuilds_tell_how_far_they_are(tmp_path: Path) -> None:
    table = tmp_path / "lessons.jsonl"
    rows = [{"title": f"Lesson {n}", "lesson": f"Look at the disk of server {n} daily."} for n in range(450)]
    table.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    instance = str(tmp_path / "instance")
    seen = at_a_terminal("--instance", instance, "import", str(table))
    assert re.search(r"Importing lessons\.jsonl .*(200|400|450)/450 +[\d:]+ left", seen), seen
    seen = at_a_terminal("--instance", instance, "index", "rebuild")
    assert re.search(r"By words, entries .*\d+/\d+ +[-\d:]+ left", seen), seen
    quiet = subprocess.run(
        [sys.executable, "-m", "wiki", "--instance", instance, "index", "rebuild"],
        cwd=ROOT,
        env={**os.environ, "HINDSIGHT_MODEL": "hash"},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert "/450" not in quiet.stderr + quiet.stdout
