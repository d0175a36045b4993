"""What tests need of the machine. On a developer's machine a missing tool skips with a reason; in CI it fails."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
IN_CI = os.environ.get("CI", "").lower() == "true"


def missing(what: str) -> None:
    """Skip the test that lacks `what`, or fail it under CI=true, where nothing may be skipped."""
    if IN_CI:
        pytest.fail(f"{what} is missing, and CI skips nothing")
    pytest.skip(f"{what} is missing on this machine")


def program(*names: str) -> str:
    """The path of the first of these programs that the machine has."""
    for name in names:
        found = shutil.which(name)
        if found:
            return found
    missing(names[0])
    raise AssertionError("unreachable")


def data(name: str) -> Path:
    """A file or folder of the judged sets: HINDSIGHT_DATA, or ../shared/data beside the checkout."""
    base = Path(os.environ.get("HINDSIGHT_DATA") or ROOT.parent / "shared" / "data")
    path = base / name
    if not path.exists():
        missing(f"test data {name}")
    return path
