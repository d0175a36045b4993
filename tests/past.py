"""The real lessons that compete for the fifty questions, in a fully indexed instance without accounts.

They are those that any ranking had among its ten best for one of the questions (tests/queries): what comes first among
all 1,637 is decided between them, and a third of them is encoded in a third of the time. It still takes a minute, so a
run makes it once: the whole run beside its first stage, of the time that other tests leave, any other when it is asked
for it.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests import needs
from tests.live import LiveServer

READY_MADE = "HINDSIGHT_TEST_PAST"


def make_past(folder: Path) -> Path:
    """Make it in this empty folder; the instance."""
    chosen = set((needs.ROOT / "tests/queries/llis_near.txt").read_text("utf-8").split())
    lessons = folder / "lessons.jsonl"
    rows = needs.data("llis/lessons.jsonl").read_text("utf-8").splitlines(keepends=True)
    lessons.write_text("".join(row for row in rows if json.loads(row)["id"] in chosen), "utf-8")
    server = LiveServer(folder / "instance", model="bundled")
    try:
        server.start(timeout=120)
        said = server.wiki("import", str(lessons))
        assert str(len(chosen)) in said, said
        server.wait_indexed(timeout=900)
    finally:
        server.stop()
    return server.instance


def ready_made() -> Path | None:
    """The instance that was made before this stage; None where none was."""
    folder = os.environ.get(READY_MADE)
    return Path(folder) / "instance" if folder else None


@contextmanager
def made_beside(env: dict[str, str]) -> Iterator[Callable[[], dict[str, str]]]:
    """It is made in this environment while the block runs.

    The block is given what waits for it, and says what the environment of those who need it must hold then. Where it
    could not be made that is nothing: whoever needs it makes it then, and is told why that fails.
    """
    quiet: dict[str, Any] = {"cwd": needs.ROOT, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    with tempfile.TemporaryDirectory() as folder:
        making = subprocess.Popen([sys.executable, "-m", "tests.past", folder], env=env, **quiet)
        try:
            yield lambda: {} if making.wait() else {READY_MADE: folder}
        finally:
            making.terminate()
            making.wait()


def main(folder: str) -> None:
    """Make it at the lowest priority, and end its server also when told to end."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    os.nice(19)
    make_past(Path(folder))


if __name__ == "__main__":
    main(sys.argv[1])
