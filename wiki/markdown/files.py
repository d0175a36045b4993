"""Files named beside an entry (`![plan](plan.png)`): from the name in the text to the address of the file.

An entry `lessons/2026/11/slug.md` keeps its files in `lessons/2026/11/slug/`. A bare name means a file of the entry
itself, so that the text stays right when the entry is moved; a name with folders is seen from the entry's folder, as
other programs that read Markdown see it, and `other.md` is the entry of that file.
"""

from __future__ import annotations

import posixpath
import re
from html import escape, unescape
from urllib.parse import quote, unquote

_RELATIVE = re.compile(r'(<(?:img|a) (?:[^>]*? )?(?:src|href)=")(?![A-Za-z][\w+.-]*:|[/\\#?])([^"]+)"')


def place_files(html: str, entry_path: str) -> str:
    """Rendered HTML with its relative addresses made absolute, for the entry at `entry_path` (`folder/slug.md`)."""
    folder, name = posixpath.split(entry_path.removesuffix(".md"))

    def replace(match: re.Match[str]) -> str:
        target, mark, rest = _cut(unescape(match[2]))
        path = unquote(target)
        if "/" in path or path.endswith(".md"):
            joined = posixpath.normpath(posixpath.join(folder, path))
        else:
            joined = posixpath.join(folder, name, path)
        if joined.startswith(".."):
            return f'{match[1]}#"'
        address = f"/wiki/{joined.removesuffix('.md')}" if joined.endswith(".md") else f"/attachments/{joined}"
        return f'{match[1]}{escape(quote(address) + mark + rest)}"'

    return _RELATIVE.sub(replace, html)


def _cut(target: str) -> tuple[str, str, str]:
    """A target before and after its first `#` or `?`."""
    found = re.search(r"[#?]", target)
    return (target[: found.start()], found[0], target[found.end() :]) if found else (target, "", "")
