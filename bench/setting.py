"""What every part works on: the data, the running server, and how much to do."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from bench.server import ROOT, Server


@dataclass(frozen=True, slots=True)
class Setting:
    """`data` holds the judged sets; `scratch` is a folder on the disk that is to be measured."""

    data: Path
    scratch: Path
    server: Server
    token: str
    client: httpx.Client

    def lessons(self) -> list[dict[str, Any]]:
        """The real lessons."""
        return json_lines(lessons_file(self.data))

    def queries(self) -> list[dict[str, str]]:
        """The fifty queries in other words, with the lesson that answers each."""
        return json_lines(ROOT / "tests" / "queries" / "llis50.jsonl")


def json_lines(path: Path) -> list[Any]:
    """The objects of a JSON lines file."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line]


def data_folder() -> Path:
    """HINDSIGHT_DATA, or ../shared/data beside the checkout. Raises FileNotFoundError with what to do."""
    folder = Path(os.environ.get("HINDSIGHT_DATA") or ROOT.parent / "shared" / "data")
    if not lessons_file(folder).is_file():
        raise FileNotFoundError(
            f"There is no {lessons_file(folder)}. Name the folder with the data: HINDSIGHT_DATA=..."
        )
    return folder


def lessons_file(folder: Path) -> Path:
    """Where the lessons lie in the data."""
    return folder / "llis" / "lessons.jsonl"
