"""Where the built editor is, when it was built; without it the plain textarea serves."""

from __future__ import annotations

import json
from pathlib import Path

from flask import current_app

from wiki.web.static import FOLDER, static_url

MANIFEST = FOLDER / "build" / "manifest.json"


def editor_bundle() -> str | None:
    """The address of the editor's bundle, or None where `scripts/build_frontend.py` has not made one."""
    name = _bundle_name(MANIFEST)
    return static_url(f"build/{name}") if name else None


def _bundle_name(manifest: Path) -> str | None:
    try:
        stamp = manifest.stat().st_mtime_ns
    except OSError:
        return None
    known: tuple[int, str | None] | None = current_app.extensions.get("hindsight-bundle")
    if known and known[0] == stamp:
        return known[1]
    try:
        name = json.loads(manifest.read_text("utf-8")).get("editor")
    except (OSError, ValueError, AttributeError):
        name = None
    found = name if isinstance(name, str) and (manifest.parent / name).is_file() else None
    current_app.extensions["hindsight-bundle"] = (stamp, found)
    return found
