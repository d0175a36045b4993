"""What a change did to an entry, in a few facts that a list can show: which sections, how many words (pure).

The texts are bodies, without front matter. A section is what stands under a `## heading`; sections of one name count
as one, and what stands before the first heading has the empty name.
"""

from __future__ import annotations

from dataclasses import dataclass

from wiki.diffs import Summary, count_words, summary
from wiki.sections import cut

MAX_CHARS = 60_000
"""Both texts together; longer ones are told by their length alone, since a list must not wait for them."""


@dataclass(frozen=True, slots=True)
class Touched:
    """The titles of sections whose text changed, that are new, and that are gone, each in the order of the text;
    and the words that came and went. `named` says whether either text has headings at all."""

    changed: tuple[str, ...]
    new: tuple[str, ...]
    gone: tuple[str, ...]
    words: Summary
    named: bool = True

    def __bool__(self) -> bool:
        return bool(self.changed or self.new or self.gone or self.words.added or self.words.removed)


def touched(old: str, new: str) -> Touched:
    """What became of one text in the next."""
    if old == new:
        return Touched((), (), (), Summary(0, 0))
    if len(old) + len(new) > MAX_CHARS:
        before, after = count_words(old), count_words(new)
        return Touched((), (), (), Summary(max(0, after - before), max(0, before - after)))
    one, other = _sections(old), _sections(new)
    return Touched(
        changed=tuple(title for key, (title, text) in other.items() if key in one and one[key][1] != text),
        new=tuple(title for key, (title, _) in other.items() if key not in one),
        gone=tuple(title for key, (title, _) in one.items() if key not in other),
        words=summary(old, new),
        named=len(one) > 1 or len(other) > 1,
    )


def begun(text: str) -> Touched:
    """What a first version is: its words."""
    return Touched((), (), (), Summary(count_words(text), 0), named=False)


def _sections(text: str) -> dict[str, tuple[str, str]]:
    """Title and text by key. What stands before the first heading is always there, so that it is never new or gone."""
    found: dict[str, tuple[str, str]] = {"": ("", "")}
    for section in cut(text):
        title, before = found.get(section.key, (section.title, ""))
        found[section.key] = (title, f"{before}\n{section.text}")
    return found
