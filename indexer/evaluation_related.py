"""How good are related past experiences? Found where there are some, silent where there are none.

On a judged set each query serves as a draft: the title of its own document, where that is in the corpus, and its
text, of which only the first half is written yet unless the whole is asked for. Strangers are texts about something
else entirely, for which nothing must be shown.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from indexer.documents import RelatedRequest
from indexer.evaluation import JudgedSet
from indexer.search import Searcher

SHOWN = 5


@dataclass(frozen=True, slots=True)
class JudgedDraft:
    """A draft and the ids of the entries that should be shown for it; none for a stranger."""

    request: RelatedRequest
    answers: Collection[str]


def drafts_of(judged: JudgedSet, whole: bool = False) -> list[JudgedDraft]:
    """The queries of a set as drafts of the documents that they are: half-written, or `whole`."""
    written = str if whole else first_half
    titles = {document.id: document.title for document in judged.documents}
    bodies = {document.id: document.body for document in judged.documents}
    return [
        JudgedDraft(
            RelatedRequest(
                titles.get(name, ""), written(bodies.get(name, text)), exclude=frozenset({name}), audiences=None
            ),
            tuple(judged.judgements[name]),
        )
        for name, text in judged.queries.items()
    ]


def strangers_of(texts: Iterable[str]) -> list[JudgedDraft]:
    """Texts for which nothing is to be shown."""
    return [JudgedDraft(RelatedRequest("", text, audiences=None), ()) for text in texts]


def first_half(text: str) -> str:
    """The first half of the words of a text."""
    words = text.split()
    return " ".join(words[: max(1, len(words) // 2)])


def evaluate_related(searcher: Searcher, drafts: Sequence[JudgedDraft]) -> dict[str, float]:
    """`found@5`: the share of drafts with answers that are shown one; `silent`: the share of the others that are
    shown nothing; `shown`: entries shown for a draft with answers, on average; `p50_ms` and `p95_ms` of one request.

    Shares of nothing are 1.
    """
    found: list[bool] = []
    silent: list[bool] = []
    shown: list[int] = []
    times: list[float] = []
    for draft in drafts:
        results = searcher.related(draft.request)
        times.append(results.took_ms)
        ids = {hit.id for hit in results.hits[:SHOWN]}
        if draft.answers:
            found.append(bool(ids & set(draft.answers)))
            shown.append(len(ids))
        else:
            silent.append(not ids)
    p50, p95 = np.percentile(times, (50, 95)) if times else (0.0, 0.0)
    return {
        "drafts": len(drafts),
        "found@5": round(float(np.mean(found)), 4) if found else 1.0,
        "silent": round(float(np.mean(silent)), 4) if silent else 1.0,
        "shown": round(float(np.mean(shown)), 2) if shown else 0.0,
        "p50_ms": round(float(p50), 2),
        "p95_ms": round(float(p95), 2),
    }
