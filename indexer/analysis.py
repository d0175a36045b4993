"""Text into terms: one analyser for what is indexed, asked, highlighted and mended.

A word is lower-cased, its Latin and Greek accents are folded, stop words go and Snowball stems it. Identifiers
(`INV-2041`, `s3a://bucket`, `foo_bar()`, `10.2.0.14`) give their parts and, as one more term, the whole. Runs of
Chinese, Japanese or Korean text, which has no blanks, give overlapping pairs of characters.

`ANALYSER_VERSION` goes up whenever the same text would give other terms; the manifest then asks for a rebuild.
"""

from __future__ import annotations

import re
import threading
import unicodedata
from bisect import bisect_right
from collections.abc import Callable, Collection, Iterator, Sequence
from functools import lru_cache
from itertools import accumulate
from operator import itemgetter
from typing import NamedTuple

import Stemmer
from whoosh.lang import has_stopwords, stopwords_for_language

from indexer.kept import Kept

ANALYSER_VERSION = 3

WHOLE = "="
"""First character of a term that is a whole identifier; no plain term can begin with it."""

LONGEST_TERM = 64
LONGEST_WHOLE = 120

# The list of Lucene and bm25s; a longer one costs recall in questions ("who", "not only").
ENGLISH_STOP_WORDS: frozenset[str] = frozenset(
    """a an and are as at be but by for if in into is it no not of on or such that the their then there these they
    this to was will with""".split()  # noqa: SIM905 - a list of words reads better than one of quotes
)

_WORD = re.compile(r"\w+")
_BLANK = {code: " " for code in range(128) if not _WORD.match(chr(code))}
# Possessive and only from the start of a word: a text of 10,000 letters is looked at once, not once for each letter.
_WHOLE = re.compile(r"(?<!\w)(?:\w++(?:(?:://|::|->|[-._:/@#+\\])\w++)++(?:\(\))?|\w++(?:\(\)|://)|#\d++)")
_UNDERSCORED = re.compile(r"(?<!\w)\w++")
_CJK = re.compile(
    "[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0002fa1f\u3131-\u318e]+"
)
_FOLDABLE = re.compile("[\u00c0-\u024f\u1e00-\u1fff\u0370-\u03ff\u0401\u0451\ufb00-\ufb06\uff01-\uff5e]")
_LETTERS = str.maketrans(
    {"ø": "o", "đ": "d", "ł": "l", "æ": "ae", "œ": "oe", "ß": "ss", "þ": "th", "ð": "d", "ı": "i", "ё": "е"}
)


Piece = tuple[str, int, int, bool]

MOST_REMEMBERED = 200_000
"""Words whose terms are remembered, some 50 MB, and those that `find` met, at most as much again."""
MOST_CHARACTERS = 4_000_000
"""Of the texts that `find` met, the words that are remembered with each: whole lines of Chinese or Japanese."""


class Token(NamedTuple):
    """A term with where it stands: `position` counts words, `start` and `end` are character offsets.

    A whole identifier has the position of its first part.
    """

    term: str
    position: int
    start: int
    end: int


class _Met(NamedTuple):
    """What texts were searched before: their words, the words of each term, and by each text's hash those of its words
    that have not just one term."""

    words: set[str]
    spelled: dict[str, tuple[str, ...]]
    texts: Kept[int, tuple[str, ...]]

    @classmethod
    def nothing(cls) -> _Met:
        """What is known before the first text."""
        return cls(set(), {}, Kept(MOST_REMEMBERED, MOST_CHARACTERS))


def fold(text: str) -> str:
    """Lower case without the accents of Latin and Greek letters; other scripts keep their marks."""
    text = text.casefold()
    if text.isascii() or not (_FOLDABLE.search(text) or max(text) >= "\u0300"):
        return text
    out: list[str] = []
    for char in unicodedata.normalize("NFC", text):
        if _FOLDABLE.match(char):
            out.extend(c for c in unicodedata.normalize("NFKD", char) if not unicodedata.combining(c))
        elif not "\u0300" <= char <= "\u036f":
            out.append(char)
    return "".join(out).casefold().translate(_LETTERS)


class Analyser:
    """The analyser of one language; `none` neither stems nor drops stop words. Safe to share between threads.

    Raises ValueError for a language that Snowball does not know.
    """

    def __init__(self, language: str = "english") -> None:
        self.language = language
        self.stop_words = _stop_words(language)
        self._stem: Callable[[str], str] = _stemmer(language)
        self.stop_terms = frozenset(self._stem(fold(word)) for word in self.stop_words)
        self._known: dict[str, tuple[Piece, ...]] = {}
        self._met = _Met.nothing()
        self._meeting = threading.Lock()

    def tokens(self, text: str, *, keep_stop_words: bool = False) -> Iterator[Token]:
        """The terms of `text` in order, whole identifiers after their parts."""
        position = 0
        starts: dict[int, int] = {}
        for match in _WORD.finditer(text):
            start = match.start()
            starts[start] = position
            for term, begin, end, stop in self._pieces(match.group()):
                if keep_stop_words or not stop:
                    yield Token(term, position, start + begin, start + end)
                position += 1
        for whole in _wholes(text):
            yield Token(WHOLE + fold(whole.group()), starts.get(whole.start(), 0), whole.start(), whole.end())

    def find(self, texts: Sequence[str], wanted: Collection[str]) -> list[list[Token]]:
        """For each text its tokens whose term is wanted: what `tokens` says, many times faster. Positions are 0.

        What a text is made of is remembered, so that of one that comes again only the words that a wanted term is
        spelled by are looked for. All texts are gone through as one, because most of what each costs is the same.
        """
        found: list[list[Token]] = [[] for _ in texts]
        begins = [0, *accumulate(len(text) + 1 for text in texts)]
        for term, start, end in self._found("\n".join(texts), self._spellings(texts, wanted), wanted):
            number = bisect_right(begins, start) - 1  # no word goes on behind a line's end
            found[number].append(Token(term, 0, start - begins[number], end - begins[number]))
        identifiers = {term for term in wanted if term.startswith(WHOLE)}
        if identifiers:
            for number, text in enumerate(texts):
                found[number] += _found_whole(text, identifiers)
        return found

    def _found(self, text: str, words: set[str], wanted: Collection[str]) -> list[tuple[str, int, int]]:
        """(term, start, end) of the wanted terms, in order, where those words stand in a text."""
        found: list[tuple[str, int, int]] = []
        for word in words:
            pieces = [piece for piece in self._pieces(word) if piece[0] in wanted and not piece[3]]
            for start in _places(text, word) if pieces else ():
                found += [(term, start + begin, start + end) for term, begin, end, _ in pieces]
        found.sort(key=itemgetter(1))
        return found

    def _spellings(self, texts: Sequence[str], wanted: Collection[str]) -> set[str]:
        """The words that may have a wanted term and stand in one of the texts: more than do, and none less.

        Words of several terms, such as lines of Japanese, are always among them: all of them under each of their terms
        would be too much to remember.
        """
        met = self._met
        if len(met.words) + sum(len(text) + 1 for text in texts) // 2 > MOST_REMEMBERED:  # so many words at most
            met = self._met = _Met.nothing()
        likely: set[str] = set()
        for text in texts:
            several = met.texts.get(hash(text))
            if several is None:
                several = self._meet(met, text)
                met.texts.put(hash(text), several, sum(map(len, several)))
            likely.update(several)
        for term in wanted:
            likely.update(met.spelled.get(term, ()))
        return likely

    def _meet(self, met: _Met, text: str) -> tuple[str, ...]:
        """Remember the words of a text by their terms; those that have not just one come back."""
        new = _words(text).difference(met.words)
        plain = [word for word in new if len(word) <= LONGEST_TERM and len(self._pieces(word)) == 1]
        with self._meeting:
            for word in plain:
                [(term, *_)] = self._pieces(word)
                held = met.spelled.get(term, ())
                if word not in held:
                    met.spelled[term] = (*held, word)
                met.words.add(word)  # last, so that a word that was met is found from its term
        return tuple(new.difference(plain))

    def postings(self, text: str, *, keep_stop_words: bool = False, first: int = 0) -> dict[str, list[int]]:
        """Term to its positions, from `first` upwards: what `tokens` says, several times faster."""
        found: dict[str, list[int]] = {}
        position = first
        starts: dict[int, int] = {}
        for match in _WORD.finditer(text):
            starts[match.start()] = position
            for term, _, _, stop in self._pieces(match.group()):
                if keep_stop_words or not stop:
                    held = found.get(term)
                    if held is None:
                        found[term] = [position]
                    else:
                        held.append(position)
                position += 1
        for whole in _wholes(text):
            found.setdefault(WHOLE + fold(whole.group()), []).append(starts.get(whole.start(), first))
        return found

    def terms(self, text: str, *, keep_stop_words: bool = False) -> list[str]:
        """The terms of `text` in order, repeated as often as they occur."""
        return [token.term for token in self.tokens(text, keep_stop_words=keep_stop_words)]

    def is_stop(self, word: str) -> bool:
        """Whether `word` is dropped because it says nothing in this language."""
        return word.lower() in self.stop_words

    def uncounted(self, term: str) -> bool:
        """Whether a term does not count in the length of a text: stop words and whole identifiers."""
        return term.startswith(WHOLE) or term in self.stop_terms

    def word(self, word: str) -> tuple[str, ...]:
        """The terms of one word (a run of letters, digits and underscores), stop words included."""
        return tuple(piece[0] for piece in self._pieces(word))

    def _pieces(self, word: str) -> tuple[Piece, ...]:
        """(term, start, end, whether it is a stop word) of the parts of a word, remembered."""
        known = self._known.get(word)
        if known is None:
            known = tuple((t, start, end, self.is_stop(word[start:end])) for t, start, end in self._parts(word))
            if len(self._known) >= MOST_REMEMBERED:
                self._known = {}
            if len(word) <= LONGEST_TERM:
                self._known[word] = known
        return known

    def _parts(self, word: str) -> Iterator[tuple[str, int, int]]:
        """(term, start, end) of the parts of a word: between underscores, and pairs of Chinese characters."""
        for part in re.finditer(r"[^_]+", word):
            begin = part.start()
            text = part.group()
            previous = 0
            for run in _CJK.finditer(text):
                if run.start() > previous:
                    yield self._term(text[previous : run.start()]), begin + previous, begin + run.start()
                chars = run.group()
                for i in range(max(1, len(chars) - 1)):
                    offset = begin + run.start() + i
                    yield chars[i : i + 2], offset, offset + len(chars[i : i + 2])
                previous = run.end()
            if previous < len(text):
                yield self._term(text[previous:]), begin + previous, begin + len(text)

    def _term(self, text: str) -> str:
        return self._stem(fold(text)[:LONGEST_TERM])


def _words(text: str) -> set[str]:
    """The runs of letters, digits and underscores in a text."""
    if text.isascii():  # half the time, which is most of what finding words in passages takes
        return set(text.translate(_BLANK).split())
    return set(_WORD.findall(text))


def _places(text: str, word: str) -> Iterator[int]:
    """Where a run of letters, digits and underscores stands in a text with nothing of the kind before or after it."""
    start = text.find(word)
    while start >= 0:
        end = start + len(word)
        if not (_within(text[start - 1 : start]) or _within(text[end : end + 1])):
            yield start
        start = text.find(word, end)


def _found_whole(text: str, wanted: Collection[str]) -> Iterator[Token]:
    """The wanted identifiers of a text, in order."""
    if text.isascii():  # looking for each is a fraction of looking for all that there are
        lowered = text.lower()
        if not any(term.removeprefix(WHOLE) in lowered for term in wanted):
            return
    for whole in _wholes(text):
        term = WHOLE + fold(whole.group())
        if term in wanted:
            yield Token(term, 0, whole.start(), whole.end())


def _within(char: str) -> bool:
    return char.isalnum() or char == "_"


def _wholes(text: str) -> Iterator[re.Match[str]]:
    """The identifiers of `text` that have parts, and those held together by underscores alone."""
    for match in _WHOLE.finditer(text):
        if match.end() - match.start() <= LONGEST_WHOLE:
            yield match
    if "_" in text:
        for match in _UNDERSCORED.finditer(text):
            if match.end() - match.start() <= LONGEST_WHOLE and "_" in match.group().strip("_"):
                yield match


@lru_cache(maxsize=8)
def analyser(language: str) -> Analyser:
    """The shared analyser of a language (it remembers the stems of words it has seen)."""
    return Analyser(language)


def _stop_words(language: str) -> frozenset[str]:
    if language == "none":
        return frozenset()
    if language == "english":
        return ENGLISH_STOP_WORDS
    code = _CODES.get(language, language)
    return frozenset(stopwords_for_language(code)) if has_stopwords(code) else frozenset()


def _stemmer(language: str) -> Callable[[str], str]:
    if language == "none":
        return str
    if language not in Stemmer.algorithms():
        known = ", ".join(sorted(Stemmer.algorithms()))
        raise ValueError(f"there is no stemmer for {language!r}: take none or one of {known}")
    stemmer = Stemmer.Stemmer(language)
    return lambda word: str(stemmer.stemWord(word))


_CODES = {
    "danish": "da", "dutch": "nl", "finnish": "fi", "french": "fr", "german": "de", "hungarian": "hu",
    "italian": "it", "norwegian": "no", "portuguese": "pt", "russian": "ru", "spanish": "es", "swedish": "sv",
    "turkish": "tr",
}  # fmt: skip
