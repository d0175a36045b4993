"""What a tree of processes costs: processor time and memory, read from /proc (Linux)."""

from __future__ import annotations

import os
from pathlib import Path

TICK = 1000.0 / os.sysconf("SC_CLK_TCK")
"""Milliseconds of one tick of /proc/<pid>/stat."""


def _stat(pid: int) -> list[str]:
    text = Path(f"/proc/{pid}/stat").read_text()
    return text.rpartition(")")[2].split()


def tree(root: int) -> list[int]:
    """The process ids of `root` and everything below it that lives."""
    children: dict[int, list[int]] = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                children.setdefault(int(_stat(int(folder.name))[1]), []).append(int(folder.name))
            except OSError:
                continue
    found, queue = [], [root]
    while queue:
        pid = queue.pop()
        found.append(pid)
        queue.extend(children.get(pid, ()))
    return found


def cpu_ms(root: int) -> float:
    """Processor time of the tree so far, user and system, in milliseconds; what has ended below it is included."""
    total = 0.0
    for pid in tree(root):
        try:
            fields = _stat(pid)
        except OSError:
            continue
        total += sum(int(value) for value in fields[11:15]) * TICK
    return total


def pss_mib(root: int, matching: str = "") -> float:
    """Memory of the tree in MiB, shared pages counted in proportion; only processes whose command holds `matching`."""
    total = 0
    for pid in tree(root):
        try:
            command = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        except OSError:
            continue
        if matching in command:
            total += next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return total / 1024


def rss_mib(pid: int) -> float:
    """Memory that one process has in use, in MiB, mapped files included as far as they were read."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20
