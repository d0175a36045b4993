"""Where a `next` parameter may lead: only to a path of this site (pure)."""

from __future__ import annotations

from urllib.parse import urlsplit

LONGEST = 2000


def local_target(target: str | None) -> str | None:
    r"""`target` when every browser reads it as a path of this site, else None.

    Refused: other hosts and schemes, `//host`, `/\host` (browsers read `\` as `/`), control characters and white space
    (which browsers drop, so that `/\t/host` becomes `//host`), and anything that does not begin with one slash.
    """
    if not target or len(target) > LONGEST or not target.startswith("/"):
        return None
    if "\\" in target or any(character <= " " or "\x7f" <= character <= "\xa0" for character in target):
        return None
    if target.startswith("//"):
        return None
    try:
        parts = urlsplit(target)
    except ValueError:
        return None
    return None if parts.scheme or parts.netloc else target
