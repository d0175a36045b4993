"""Our own static files: addressed by their content, cached for ever, compressed once.

`static_url("css/hindsight.css")` carries the file's hash; a request with the right hash may be kept for ever, any
other must be checked again by its ETag (so a module that imports another by its plain name still gets the new one).
A folder `css/hindsight/` is sent as the one file `css/hindsight.css`, its parts in the order of their names: one
stylesheet for the browser, chapters for us.
"""

from __future__ import annotations

import gzip
import hashlib
import mimetypes
import time
from dataclasses import dataclass
from pathlib import Path

from flask import Blueprint, Response, current_app, request, url_for
from werkzeug.exceptions import NotFound
from werkzeug.security import safe_join

from wiki.config import LANGUAGES
from wiki.translations import script_texts

FOLDER = Path(__file__).resolve().parent.parent / "static"
LOOK_AGAIN_SECONDS = 1.0
TEXT = ("text/", "application/json", "image/svg+xml", "application/manifest+json")

bp = Blueprint("assets", __name__)


@dataclass(frozen=True, slots=True)
class Asset:
    """One file as it is sent: bytes, their gzip where that helps, media type and hash."""

    data: bytes
    packed: bytes | None
    media_type: str
    digest: str


Stamp = tuple[tuple[int, int], ...]


class Assets:
    """The static files of one application, read again when a file on disk has changed (looked at once a second)."""

    def __init__(self, folder: Path = FOLDER) -> None:
        self._folder = folder
        self._known: dict[str, tuple[float, Stamp, Asset]] = {}

    def get(self, name: str) -> Asset | None:
        """The file called `name` under the folder, or None."""
        known = self._known.get(name)
        now = time.monotonic()
        if known and now - known[0] < LOOK_AGAIN_SECONDS:
            return known[2]
        path = safe_join(str(self._folder), name)
        if path is None:
            return None
        try:
            parts = _parts(Path(path))
            stamp = tuple((stat.st_mtime_ns, stat.st_size) for stat in (part.stat() for part in parts))
            asset = known[2] if known and known[1] == stamp else _load(Path(path), parts)
        except OSError:
            return None
        self._known[name] = (now, stamp, asset)
        return asset


def _parts(path: Path) -> list[Path]:
    """The files that make up what is asked for as `path`."""
    folder = path.with_suffix("")
    if path.suffix == ".css" and folder.is_dir():
        return sorted(folder.glob("*.css"))
    return [path]


def _load(path: Path, parts: list[Path]) -> Asset:
    data = b"\n".join(part.read_bytes() for part in parts)
    media_type = "text/javascript" if path.suffix == ".js" else mimetypes.guess_type(path.name)[0] or ""
    packed = gzip.compress(data, 9, mtime=0) if media_type.startswith(TEXT) else None
    if media_type.startswith("text/"):
        media_type += "; charset=utf-8"
    return Asset(data, packed, media_type or "application/octet-stream", hashlib.sha256(data).hexdigest()[:16])


def _assets() -> Assets:
    assets: Assets = current_app.extensions.setdefault("hindsight-assets", Assets())
    return assets


def static_url(name: str) -> str:
    """The address of a static file, with its hash; without one where the file is missing (a bundle not built)."""
    asset = _assets().get(name)
    root = current_app.extensions.setdefault("hindsight-static-root", {}).get(request.script_root)
    if root is None:
        root = url_for("assets.file", name="-").removesuffix("-")
        current_app.extensions["hindsight-static-root"][request.script_root] = root
    return f"{root}{name}?v={asset.digest}" if asset else f"{root}{name}"


def text_of(name: str) -> bytes | None:
    """What a static file holds, for those that are sent from another address; None where it is missing."""
    asset = _assets().get(name)
    return None if asset is None else asset.data


def script_texts_url(language: str) -> str:
    """The address of what scripts say in a language, with its hash."""
    return f"{static_url(f'texts/{language}.js')}?v={_script_texts(language).digest}"


def _script_texts(language: str) -> Asset:
    kept: dict[str, Asset] = current_app.extensions.setdefault("hindsight-script-texts", {})
    if language not in kept:
        data = script_texts(language).encode()
        digest = hashlib.sha256(data).hexdigest()[:16]
        kept[language] = Asset(data, gzip.compress(data, 9, mtime=0), "text/javascript; charset=utf-8", digest)
    return kept[language]


@bp.get("/static/texts/<language>.js")
def texts(language: str) -> Response:
    """What scripts say in a language, as a script that leaves it where `js/words.js` looks."""
    if language not in LANGUAGES:
        raise NotFound
    return _sent(_script_texts(language))


@bp.get("/static/<path:name>")
def file(name: str) -> Response:
    """One static file."""
    asset = _assets().get(name)
    if asset is None:
        raise NotFound
    return _sent(asset)


def _sent(asset: Asset) -> Response:
    packed = asset.packed if "gzip" in request.headers.get("Accept-Encoding", "") else None
    response = Response(packed or asset.data, content_type=asset.media_type)
    if packed:
        response.headers["Content-Encoding"] = "gzip"
    if asset.packed:
        response.headers["Vary"] = "Accept-Encoding"
    fixed = request.args.get("v") == asset.digest
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable" if fixed else "no-cache"
    response.set_etag(asset.digest, weak=packed is not None)
    response.make_conditional(request)
    return response
