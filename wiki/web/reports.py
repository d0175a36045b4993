"""What the index reports of its answers, in the reader's language.

The indexer speaks English and knows nothing of catalogs. Its sentences are few, so they are recognised here, one after
the other, with the values in them; what is not known stays as it is.
"""

from __future__ import annotations

import re

from flask_babel import gettext

from wiki.translations import SOURCE
from wiki.web.locales import current_language
from wiki.web.saying import translate
from wiki.words import Said, say

# The longer before what it begins with.
SENTENCES = (
    say("The title is what you asked for."),
    say("Shares %(words)s and is close in meaning.", words=""),
    say("Shares %(words)s.", words=""),
    say("Close in meaning, in other words."),
    say("Fits the filters."),
    say("This lesson is retired: it no longer holds, so it ranks lower."),
    say("This lesson was rejected, so it ranks lower."),
    say("This lesson was replaced by another one, so it ranks lower."),
    say("It is validated."),
    say("It is a lesson learned."),
    say("It was applied once and held."),
    say("It was applied %(count)s times and held.", count=""),
    say("These results are by words only."),
    say("Nothing holds the quoted phrase or the beginning asked for, so its words were searched one by one."),
    say("Search by meaning is not set up."),
    say("Search by meaning is being prepared."),
    say("The search model was changed and entries are being read anew."),
    say("Search by meaning knows %(count)s%% of the passages so far.", count=""),
    say(
        "Search by meaning knows %(count)s of %(total)s passages, about %(minutes)s min left",
        count="",
        total="",
        minutes="",
    ),
    say("Search by meaning knows %(count)s of %(total)s passages", count="", total=""),
    say("The search model is loading; search by meaning will be there in a moment"),
    say("The search model has more questions than it can answer; try again in a moment"),
    say("The search model did not answer in time"),
    say("The indexer is not running, so search by meaning has to wait"),
    say("The indexer is not running, so new entries are not found yet"),
    say("The indexer is stopping"),
)
_VALUES = {"words": "“[^”]*”(?:(?:, | and )“[^”]*”)*"}
_QUOTED = re.compile("“([^”]*)”")
_NUMBER = r"[\d,]+"
_PLACE = re.compile(r"%\\\((\w+)\\\)s")


def _shape(sentence: Said) -> re.Pattern[str]:
    escaped = re.escape(sentence.pattern).replace("%%", "%")
    return re.compile(_PLACE.sub(lambda place: f"(?P<{place[1]}>{_VALUES.get(place[1], _NUMBER)})", escaped))


_SHAPES = tuple((sentence, _shape(sentence)) for sentence in SENTENCES)


def reported(text: str | None) -> str:
    """Sentences of the index, translated as far as they are known; an empty text for None."""
    if current_language() == SOURCE:
        return text or ""
    said: list[str] = []
    rest = text or ""
    while found := _begins(rest):
        sentence, end = found
        said.append(translate(sentence))
        dot = "." if rest.startswith(".", end) else ""
        said[-1] += dot
        rest = rest[end + len(dot) :].lstrip()
    return " ".join([*said, rest] if rest else said)


def _begins(text: str) -> tuple[Said, int] | None:
    """The known sentence that the text begins with, and where it ends."""
    for sentence, shape in _SHAPES:
        if match := shape.match(text):
            values = {name: _listed(value) if name == "words" else value for name, value in match.groupdict().items()}
            return Said(sentence.pattern, values), match.end()
    return None


def _listed(words: str) -> str:
    """The words as the reader's language quotes and lists them."""
    *some, last = [str(gettext("“%(text)s”", text=word)) for word in _QUOTED.findall(words)]
    return str(gettext("%(some)s and %(last)s", some=", ".join(some), last=last)) if some else last
