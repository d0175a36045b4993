"""What people judged while they wrote, as a judged set: so that a team measures models and settings on its own past.

Each entry beside which something was cited, opened or called not related is a question: its title and text. What was
cited is graded 2, what was opened 1, what somebody called not related 0, unless somebody else cited it. The folder is
in the BEIR layout, which `python -m indexer eval` reads. It says nothing of who judged; the texts are those of all
entries, restricted ones included, so it belongs where a backup belongs.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from indexer.evaluation import JudgedSet, write_set
from wiki.catalog import Catalog
from wiki.content import ContentStore
from wiki.library import LibraryError
from wiki.people.judgements import Judgements
from wiki.source import document

GRADES = {"cited": 2, "opened": 1, "not-related": 0}


@dataclass(frozen=True, slots=True)
class Exported:
    """How much was written: entries, questions and judgements."""

    entries: int
    questions: int
    judgements: int


def export_judgements(catalog: Catalog, store: ContentStore, judgements: Judgements, folder: Path) -> Exported:
    """Write `corpus.jsonl`, `queries.jsonl` and `qrels/test.tsv` into `folder`, which is empty or new.

    Judgements of entries that are gone, and of drafts that were never published, are left out. Raises LibraryError
    where the folder cannot be taken.
    """
    if folder.exists() and not folder.is_dir():
        raise LibraryError(f"{folder} is a file. Name a folder.")
    if folder.is_dir() and any(folder.iterdir()):
        raise LibraryError(f"{folder} is not empty. Name a new or empty folder.")
    entries = [document(entry, store.blob(entry.revision)) for entry in catalog.everything()[1]]
    texts = {entry.id: f"{entry.title}\n{entry.body}" for entry in entries}
    grades: dict[str, dict[str, float]] = {}
    for subject, entry_id, verdict in judgements.of_entries():
        if subject in texts and entry_id in texts and subject != entry_id:
            given = grades.setdefault(subject, {})
            given[entry_id] = max(given.get(entry_id, 0), GRADES[verdict])
    ordered = {subject: dict(sorted(given.items())) for subject, given in sorted(grades.items())}
    questions = {subject: texts[subject] for subject in ordered}
    write_set(JudgedSet(folder.name, tuple(entries), questions, ordered), folder)
    return Exported(len(entries), len(questions), sum(map(len, ordered.values())))
