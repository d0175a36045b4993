"""Names that are safe everywhere: ids, slugs and paths (pure).

A path made here can be checked out on every common file system and put into an address as it stands: lower-case
slugs, no device names of Windows, no hidden files, nothing that climbs out of the repository.
"""

from __future__ import annotations

import hashlib
import re
import secrets
import unicodedata
from collections.abc import Container, Iterator

from wiki.words import say

ID_ALPHABET = "abcdefghijklmnopqrstuvwxyz23456789"
ID_LENGTH = 12
MAX_SLUG_CHARS = 60
MAX_SLUG_BYTES = 120
MAX_SEGMENT_BYTES = 200
MAX_PATH_BYTES = 400
MAX_DEPTH = 8

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
_TEAM = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?")
_LATIN_ACCENTS = re.compile(r"([a-z])[\u0300-\u036f]+")
_FORBIDDEN = re.compile(r'[<>:"|?*\\\x00-\x1f\x7f]')
_DEVICES = frozenset(
    ["con", "prn", "aux", "nul", "conin$", "conout$"] + [f"{port}{n}" for port in ("com", "lpt") for n in range(10)]
)
# Letters that carry no combining mark to strip, as their languages write them in plain ASCII.
_PLAIN = str.maketrans({"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i"})


class PathError(ValueError):
    """A path that cannot be used; the message says why in a sentence."""


def new_id() -> str:
    """A fresh id: a letter, then 11 of a-z and 2-9 (60 random bits); never something YAML reads as a number."""
    return secrets.choice(ID_ALPHABET[:26]) + "".join(secrets.choice(ID_ALPHABET) for _ in range(ID_LENGTH - 1))


def is_id(text: str) -> bool:
    """Whether `text` may stand as an id: letters, digits, `-` and `_`, at most 64 (ours are 12 of a-z and 2-9)."""
    return _ID.fullmatch(text) is not None


def is_team_slug(text: str) -> bool:
    """Whether `text` can name a team: lower-case ASCII letters, digits and inner hyphens, at most 64."""
    return _TEAM.fullmatch(text) is not None


def id_from_path(path: str, attempt: int = 0) -> str:
    """The id of a file that names none: always the same for the same path (and attempt, where one was taken)."""
    key = unicodedata.normalize("NFC", path) + (f"\0{attempt}" if attempt else "")
    return id_from_key(key)


def id_from_key(key: str) -> str:
    """An id computed from any text, for things that are imported again and again."""
    number = int.from_bytes(hashlib.sha256(key.encode("utf-8", "surrogateescape")).digest())
    number, first = divmod(number, 26)
    letters = [ID_ALPHABET[first]]
    while len(letters) < ID_LENGTH:
        number, rest = divmod(number, len(ID_ALPHABET))
        letters.append(ID_ALPHABET[rest])
    return "".join(letters)


def slugify(title: str) -> str:
    """A short lower-case name for a path or an anchor: never empty, accents dropped, other scripts kept.

    `Über-Ausfall №2` gives `uber-ausfall-no2`, `数据库迁移` stays as it is, and a title of symbols alone gets a
    name from its hash. At most 60 characters and 120 bytes, cut between words where possible.
    """
    slug = "".join(_letters(title)).strip("-")
    slug = _shorten(slug)
    if not slug:
        return "entry-" + hashlib.sha256(title.encode("utf-8", "surrogateescape")).hexdigest()[:8]
    return f"{slug}-entry" if slug in _DEVICES else slug


def _letters(title: str) -> Iterator[str]:
    """The slug letter by letter: letters, digits and vowel signs stay, each run of anything else becomes a hyphen.

    Accents go where the letter below is ASCII without them; in other scripts they make another letter (й, ё).
    """
    folded = unicodedata.normalize("NFKD", title.casefold()).translate(_PLAIN)
    plain = unicodedata.normalize("NFC", _LATIN_ACCENTS.sub(r"\1", folded))
    gap = False
    for char in plain.lower():
        if unicodedata.category(char)[0] in "LNM":
            yield char
            gap = False
        elif not gap:
            yield "-"
            gap = True


def _shorten(slug: str) -> str:
    if len(slug) <= MAX_SLUG_CHARS and len(slug.encode()) <= MAX_SLUG_BYTES:
        return slug
    cut = slug[:MAX_SLUG_CHARS].encode()[:MAX_SLUG_BYTES].decode("utf-8", "ignore")
    if slug[len(cut)] != "-" and "-" in cut[MAX_SLUG_CHARS // 3 :]:
        cut = cut[: cut.rindex("-")]
    return cut.strip("-")


def check_path(path: str) -> str:
    """The path in its one normal form (NFC, no empty parts). Raises PathError for what is unsafe anywhere."""
    path = unicodedata.normalize("NFC", path)
    if not path or path.startswith("/") or path.endswith("/"):
        raise PathError("An address starts and ends with a name, not with a slash.")
    if len(path.encode("utf-8", "surrogateescape")) > MAX_PATH_BYTES:
        raise PathError(
            say("This address is too long: at most %(max_path_bytes)s bytes.", max_path_bytes=MAX_PATH_BYTES)
        )
    segments = path.split("/")
    if len(segments) > MAX_DEPTH:
        raise PathError(say("This address has too many folders: at most %(max_depth)s.", max_depth=MAX_DEPTH - 1))
    for segment in segments:
        _check_segment(segment)
    return path


def _check_segment(segment: str) -> None:
    if not segment:
        raise PathError("An address cannot have empty parts (two slashes in a row).")
    if segment in (".", "..") or segment.startswith("."):
        raise PathError("A part of an address cannot start with a full stop.")
    if _FORBIDDEN.search(segment) or any(unicodedata.category(char) in ("Cc", "Cf", "Cs") for char in segment):
        raise PathError('An address cannot hold control characters or any of \\ : * ? " < > |')
    if segment != segment.strip() or segment.endswith("."):
        raise PathError("A part of an address cannot start or end with a space, nor end with a full stop.")
    if segment.split(".", maxsplit=1)[0].casefold() in _DEVICES:
        raise PathError(say("“%(segment)s” is a reserved name on some systems. Choose another.", segment=segment))
    if segment.casefold().startswith("git~"):
        raise PathError(say("“%(segment)s” is a name that git reserves. Choose another.", segment=segment))
    if len(segment.encode()) > MAX_SEGMENT_BYTES:
        raise PathError(
            say(
                "A part of this address is too long: at most %(max_segment_bytes)s bytes.",
                max_segment_bytes=MAX_SEGMENT_BYTES,
            )
        )


def free_path(folder: str, slug: str, taken: Container[str], suffix: str = ".md") -> str:
    """`folder/slug.md`, or `folder/slug-2.md` and so on; `taken` holds case-folded paths that are in use."""
    stem = f"{folder}/{slug}" if folder else slug
    candidate, number = stem + suffix, 1
    while candidate.casefold() in taken:
        number += 1
        candidate = f"{stem}-{number}{suffix}"
    return candidate
