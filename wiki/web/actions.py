"""What the editor's buttons do short of publishing, each answered with the editor again: no script is needed.

With scripts most of them happen in place; the buttons and their names are the same.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from flask import abort

from wiki.diffs import inline
from wiki.services import services
from wiki.web import related
from wiki.web.desk import Desk, desk_page
from wiki.web.preview import rendered
from wiki.web.related import Question, Related
from wiki.web.security import current_viewer
from wiki.web.writing import FREE, GUIDED, Writing, citation_of, insert_citation, published_body
from wiki.words import say

Action = Callable[[str, Desk, Writing], Any]


def perform(name: str, argument: str, desk: Desk, writing: Writing) -> Any:
    """Do what the button called `name` says (for `argument`, an entry's id, where it is about one); 400 for no such."""
    action = ACTIONS.get(name)
    if action is None:
        return desk_page(desk, writing, 400, errors=[(None, f"There is no button called {name[:40]}.")])
    return action(argument, desk, writing)


def ask_related(desk: Desk, writing: Writing) -> Related:
    """The panel for a writing as a whole."""
    question = Question(
        title=writing.title,
        body=writing.body,
        kind=writing.kind,
        draft=writing.draft,
        exclude=frozenset(writing.recurrence_of) | ({desk.item.id} if desk.item else frozenset()),
    )
    return related.find(question, current_viewer())


def _preview(_: str, desk: Desk, writing: Writing) -> Any:
    return desk_page(desk, writing, preview=rendered(published_body(writing, desk.template), current_viewer()))


def _changes(_: str, desk: Desk, writing: Writing) -> Any:
    if desk.item is None:
        return _preview("", desk, writing)
    _, entry, _ = services().library.read(desk.item.id, current_viewer())
    return desk_page(desk, writing, changes=inline(entry.body, published_body(writing, desk.template)))


def _related(_: str, desk: Desk, writing: Writing) -> Any:
    return desk_page(desk, writing, related=ask_related(desk, writing))


def _switch(mode: str, desk: Desk, writing: Writing) -> Any:
    return desk_page(desk, replace(writing, mode=FREE if mode == FREE else GUIDED))


def _kind(_: str, desk: Desk, writing: Writing) -> Any:
    return desk_page(desk, writing)


def _cite(entry_id: str, desk: Desk, writing: Writing) -> Any:
    entry = services().catalog.entries_by_id([entry_id], current_viewer()).get(entry_id)
    if entry is None:
        return _related("", desk, writing)
    related.record(writing.draft, entry.id, "cited")
    changed = insert_citation(writing, citation_of(entry.id, entry.title))
    return desk_page(desk, changed, related=ask_related(desk, changed), notice=say("Cited at the end of your text."))


def _recur(entry_id: str, desk: Desk, writing: Writing) -> Any:
    if entry_id not in services().catalog.entries_by_id([entry_id], current_viewer()):
        return _related("", desk, writing)
    changed = replace(writing, recurrence_of=tuple(dict.fromkeys([*writing.recurrence_of, entry_id])))
    return desk_page(
        desk, changed, related=ask_related(desk, changed), notice=say("Noted: the same thing happened again.")
    )


def _unrecur(entry_id: str, desk: Desk, writing: Writing) -> Any:
    kept = tuple(i for i in writing.recurrence_of if i != entry_id)
    return desk_page(desk, replace(writing, recurrence_of=kept))


def _dismiss(entry_id: str, desk: Desk, writing: Writing) -> Any:
    related.record(writing.draft, entry_id, "not-related")
    return _related("", desk, writing)


def _keep(_: str, desk: Desk, writing: Writing) -> Any:
    account = current_viewer().account_id
    if account is None:
        abort(401)
    services().people.drafts.save(account, writing.draft, writing.payload())
    return desk_page(desk, writing, notice=say("Draft saved. You find it under My drafts."))


ACTIONS: dict[str, Action] = {
    "preview": _preview,
    "changes": _changes,
    "related": _related,
    "mode": _switch,
    "kind": _kind,
    "cite": _cite,
    "recur": _recur,
    "unrecur": _unrecur,
    "dismiss": _dismiss,
    "draft": _keep,
}
