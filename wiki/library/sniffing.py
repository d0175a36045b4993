"""What kind of file an attachment is, by its bytes; the name alone is never believed (pure)."""

from __future__ import annotations

from dataclasses import dataclass

BINARY = "application/octet-stream"

_MAGIC: tuple[tuple[str, bytes, int], ...] = (
    ("image/png", b"\x89PNG\r\n\x1a\n", 0),
    ("image/jpeg", b"\xff\xd8\xff", 0),
    ("image/gif", b"GIF87a", 0),
    ("image/gif", b"GIF89a", 0),
    ("image/webp", b"WEBP", 8),
    ("image/avif", b"ftypavif", 4),
    ("application/pdf", b"%PDF-", 0),
    ("application/zip", b"PK\x03\x04", 0),
    ("application/gzip", b"\x1f\x8b", 0),
    ("video/mp4", b"ftyp", 4),
    ("video/webm", b"\x1a\x45\xdf\xa3", 0),
)
_SUFFIXES = {
    "image/png": ("png",),
    "image/jpeg": ("jpg", "jpeg"),
    "image/gif": ("gif",),
    "image/webp": ("webp",),
    "image/avif": ("avif",),
    "application/pdf": ("pdf",),
}
_TEXT = {"csv": "text/csv", "json": "application/json", "svg": "image/svg+xml", "xml": "application/xml"}
_OFFICE = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "odt": "application/vnd.oasis.opendocument.text",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
}
INLINE = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp", "image/avif"})
"""Types that a page may show itself. SVG and HTML can carry scripts, so they are offered for download."""


@dataclass(frozen=True, slots=True)
class Kind:
    """The media type of a file and whether it is safe to show in a page."""

    media_type: str
    inline: bool


def sniff(data: bytes, name: str) -> Kind:
    """The type of a file by its first bytes; text and office files by their name among what the bytes allow."""
    suffix = name.rpartition(".")[2].lower()
    for media_type, magic, at in _MAGIC:
        if data.startswith(magic, at):
            found = _OFFICE.get(suffix, media_type) if media_type == "application/zip" else media_type
            return Kind(found, found in INLINE)
    if b"\0" not in data[:8192]:
        try:
            data[:8192].decode("utf-8") if len(data) <= 8192 else data[:8192].decode("utf-8", "ignore")
        except UnicodeDecodeError:
            return Kind(BINARY, inline=False)
        return Kind(_TEXT.get(suffix, "text/plain"), inline=False)
    return Kind(BINARY, inline=False)


def claims_otherwise(data: bytes, name: str) -> bool:
    """Whether a file is called a picture or PDF that it is not."""
    suffix = name.rpartition(".")[2].lower()
    claimed = next((media for media, suffixes in _SUFFIXES.items() if suffix in suffixes), None)
    return claimed is not None and sniff(data, name).media_type != claimed


def suffix_for(media_type: str) -> str:
    """The usual ending, with its dot, of a type that we know; empty otherwise."""
    known = _SUFFIXES.get(media_type)
    return f".{known[0]}" if known else ""
