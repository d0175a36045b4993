"""Pictures pasted into a text that has no entry yet: held beside its draft, and put beside the entry once it exists.

They lie in the instance under `held/`, a folder for each draft, and are served to the draft's owner alone. Publishing
moves them into git with the entry (`adopt`); discarding the draft removes them; what nobody came back for in ninety
days is removed when the next file is held.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import time
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

MAX_FILES = 40
MAX_TOTAL_BYTES = 60_000_000
LIFETIME_SECONDS = 90 * 86400
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,59}(?:\.[a-z0-9]{1,8})?")

# How a file of each kind begins; only these are shown in a page, everything else is offered for download.
_PICTURES = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
)


class HoldError(ValueError):
    """A file cannot be held; the message is a sentence for people."""


@dataclass(frozen=True, slots=True)
class HeldFile:
    """One file of a draft under its safe name."""

    name: str
    data: bytes

    @property
    def picture_type(self) -> str | None:
        """The media type of a picture that is safe to show, by its first bytes; None for everything else."""
        if self.data[:4] == b"RIFF" and self.data[8:12] == b"WEBP":
            return "image/webp"
        return next((media for start, media in _PICTURES if self.data.startswith(start)), None)


class HeldFiles:
    """The held files of one instance. Safe to use from several processes: names are claimed with O_EXCL."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, account_id: str, draft: str, filename: str, data: bytes) -> HeldFile:
        """Hold a file, durably, under a name made from `filename`; the same bytes are held once. Raises HoldError."""
        if not data:
            raise HoldError("This file is empty.")
        self._prune()
        folder = self._of(account_id, draft)
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        present = self.all(account_id, draft)
        for held in present:
            if held.data == data:
                return held
        if len(present) >= MAX_FILES or sum(len(h.data) for h in present) + len(data) > MAX_TOTAL_BYTES:
            raise HoldError("This draft holds as many files as it can. Publish it, then add the rest.")
        return self._write(folder, safe_name(filename), data)

    def _write(self, folder: Path, name: str, data: bytes) -> HeldFile:
        path = PurePosixPath(name)
        for count in range(1, MAX_FILES + 2):
            candidate = name if count == 1 else f"{path.stem[:54]}-{count}{path.suffix}"
            try:
                handle = os.open(folder / candidate, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            except FileExistsError:
                continue
            with os.fdopen(handle, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            return HeldFile(candidate, data)
        raise HoldError("This draft holds too many files of that name. Rename the file and try again.")

    def get(self, account_id: str, draft: str, name: str) -> HeldFile | None:
        """A held file, or None."""
        if not _NAME.fullmatch(name):
            return None
        try:
            return HeldFile(name, (self._of(account_id, draft) / name).read_bytes())
        except OSError:
            return None

    def all(self, account_id: str, draft: str) -> list[HeldFile]:
        """Every file of a draft, by name."""
        folder = self._of(account_id, draft)
        names = sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []
        found = (self.get(account_id, draft, name) for name in names)
        return [held for held in found if held is not None]

    def drop(self, account_id: str, draft: str) -> None:
        """Let go of all files of a draft."""
        shutil.rmtree(self._of(account_id, draft), ignore_errors=True)

    def _of(self, account_id: str, draft: str) -> Path:
        return self._folder / hashlib.sha256(f"{account_id}\0{draft}".encode()).hexdigest()[:40]

    def _prune(self) -> None:
        if not self._folder.is_dir():
            return
        oldest = time.time() - LIFETIME_SECONDS
        for path in self._folder.iterdir():
            if path.stat().st_mtime < oldest:
                shutil.rmtree(path, ignore_errors=True)


def safe_name(filename: str) -> str:
    """A name of small letters, digits and hyphens with its extension, from whatever a browser calls the file."""
    path = PurePosixPath(filename.replace("\\", "/").casefold())
    stem = re.sub(r"[^a-z0-9]+", "-", path.stem).strip("-")[:60].strip("-")
    suffix = re.sub(r"[^a-z0-9.]", "", path.suffix)[:9]
    return (stem or "picture") + (suffix if len(suffix) > 1 else "")
