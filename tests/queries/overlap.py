"""How much of a query's wording its lesson already uses: the check behind llis50.jsonl.

    python tests/queries/overlap.py [lessons.jsonl]

For each query it prints the stems that the query shares with the title, abstract and lesson that answer it, and how
rare the rarest of them is: a stem that hundreds of lessons hold tells nothing, one that three hold gives it away.
It compares words with one lesson only and ranks nothing.
"""

from __future__ import annotations

import json
import re
import sys
from collections import Counter
from pathlib import Path

import Stemmer

WORD = re.compile(r"[a-z0-9]+")
_STOP_TEXT = (
    "a about after again all also an and are as at be because been before being but by can could did do does for from "
    "get got had has have he how i if in into is it its just made make may more most never no nobody not of off on "
    "one only or our out own over she should since so some somebody such than that the their them then there these "
    "they this those to too two under until up us use was we were what when where which while who whose why will "
    "with without would you your"
)
STOP = frozenset(_STOP_TEXT.split())
TELLING = 60
"""A stem in fewer lessons than this (of 1,637) is telling."""


def stems(text: str) -> set[str]:
    """The English stems of the content words of `text`."""
    words = [word for word in WORD.findall(text.lower()) if word not in STOP and len(word) > 1]
    return set(Stemmer.Stemmer("english").stemWords(words))


def main(lessons_path: Path, queries_path: Path) -> None:
    """Print a line for each query and a summary."""
    lessons = {row["id"]: row for row in map(json.loads, lessons_path.read_text(encoding="utf-8").splitlines())}
    words = {key: stems(f"{row['title']} {row['abstract']} {row['lesson']}") for key, row in lessons.items()}
    frequency = Counter(stem for found in words.values() for stem in found)
    shares = []
    for line in queries_path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        asked = stems(row["query"])
        shared = sorted(asked & words[row["lesson"]], key=frequency.__getitem__)
        telling = [f"{stem} ({frequency[stem]})" for stem in shared if frequency[stem] < TELLING]
        shares.append(len(shared) / len(asked))
        common = [f"{stem} ({frequency[stem]})" for stem in shared if frequency[stem] >= TELLING]
        print(f"{row['lesson']:>5}  telling: {', '.join(telling) or '-'}  common: {', '.join(common) or '-'}")
    print(f"{len(shares)} queries; on average {sum(shares) / len(shares):.0%} of the content words stand in the lesson")


if __name__ == "__main__":
    here = Path(__file__).resolve()
    default = here.parents[2].parent / "shared/data/llis/lessons.jsonl"
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else default, here.with_name("llis50.jsonl"))
