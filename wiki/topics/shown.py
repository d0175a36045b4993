"""What a topic's page shows, for pages and programs: the list in its order, what cited passages have become, what the
rule proposes, and what a successor needs to know."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass

from indexer import SearchRequest
from wiki.catalog import CatalogEntry, Version
from wiki.catalog.topics import Item, Proposals, TopicFacts
from wiki.diffs import Span
from wiki.diffs import words as compared
from wiki.library import NotFound
from wiki.library.standing import today
from wiki.services import Services
from wiki.topics import handing
from wiki.topics.citing import stands_in, successor
from wiki.topics.front import Rule, Topic
from wiki.topics.handing import Person
from wiki.topics.keeping import topic_of
from wiki.topics.people import names, person
from wiki.viewer import Viewer

PER_PAGE = 30
PROPOSED = 20
MAX_FOUND = 200
DECISIONS = 30
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Shown:
    """An entry of the list. `number` counts from 1 among those that the viewer sees. `changed` is set where its
    source no longer says what `item.passage` cites; then `now` is what stands there instead (empty: nothing like it),
    and `spans` tells the two apart."""

    number: int
    item: Item
    changed: bool = False
    now: str = ""
    spans: Sequence[Span] = ()


@dataclass(frozen=True, slots=True)
class TopicPage:
    """A topic as its page shows it. `may_keep`: the viewer may change the list; `overdue`: review-by is past."""

    facts: TopicFacts
    people: dict[str, str]
    items: list[Shown]
    total: int
    page: int
    proposals: Proposals
    proposal_page: int
    steps: int
    may_keep: bool
    overdue: bool
    offered_to_me: bool

    @property
    def pages(self) -> int:
        """Pages of the curated list."""
        return max(1, -(-self.total // PER_PAGE))

    @property
    def proposal_pages(self) -> int:
        """Pages of what is proposed."""
        return max(1, -(-self.proposals.total // PROPOSED))


def topic_page(parts: Services, topic_id: str, viewer: Viewer, *, page: int = 1, proposal_page: int = 1) -> TopicPage:
    """The page of a topic; a page number beyond the end means the last one. Raises NotFound."""
    catalog = parts.catalog
    facts = catalog.topics.facts(topic_id, viewer)
    if facts is None:
        raise NotFound("There is no such topic, or it is not shared with you.")
    items, total = catalog.topics.items(topic_id, viewer, (page - 1) * PER_PAGE, PER_PAGE)
    if not items and total:
        page = -(-total // PER_PAGE)
        items, total = catalog.topics.items(topic_id, viewer, (page - 1) * PER_PAGE, PER_PAGE)
    may_keep = handing.may_keep(Topic(steward=facts.steward, deputy=facts.deputy), viewer)
    proposals = Proposals((), 0)
    if may_keep and facts.rule:
        proposals, proposal_page = _proposals(parts, facts, viewer, proposal_page)
    return TopicPage(
        facts=facts,
        people=names(parts, (facts.steward, facts.deputy, facts.offered_to)),
        items=[shown(parts, item, (page - 1) * PER_PAGE + place) for place, item in enumerate(items, 1)],
        total=total,
        page=page,
        proposals=proposals,
        proposal_page=proposal_page,
        steps=len(catalog.topics.steps(topic_id, viewer)),
        may_keep=may_keep,
        overdue=facts.review_by is not None and facts.review_by < today(),
        offered_to_me=bool(facts.offered_to) and facts.offered_to == viewer.account_id,
    )


def shown(parts: Services, item: Item, number: int) -> Shown:
    """An entry of the list, its cited passage held against the source as it is now."""
    if not item.passage or item.revision == item.entry.revision:
        return Shown(number, item)
    body = parts.store.blob(item.entry.revision).decode("utf-8", "replace")
    if stands_in(item.passage, body):
        return Shown(number, item)
    now = successor(item.passage, body.split("\n---\n", 1)[-1])
    return Shown(number, item, True, now, compared(item.passage, now) if now else ())


def _proposals(parts: Services, facts: TopicFacts, viewer: Viewer, page: int) -> tuple[Proposals, int]:
    found = found_by(parts, facts.rule, viewer)
    answer = parts.catalog.topics.proposals(facts.entry.id, facts.rule, found, viewer, (page - 1) * PROPOSED, PROPOSED)
    if not answer.items and answer.total:
        page = -(-answer.total // PROPOSED)
        answer = parts.catalog.topics.proposals(
            facts.entry.id, facts.rule, found, viewer, (page - 1) * PROPOSED, PROPOSED
        )
    return answer, page


def proposals_of(parts: Services, topic_id: str, viewer: Viewer, offset: int, limit: int) -> Proposals:
    """What a topic's rule proposes and nobody has accepted or dismissed. Raises NotFound."""
    facts = parts.catalog.topics.facts(topic_id, viewer)
    if facts is None:
        raise NotFound("There is no such topic, or it is not shared with you.")
    found = found_by(parts, facts.rule, viewer)
    return parts.catalog.topics.proposals(topic_id, facts.rule, found, viewer, offset, limit)


def found_by(parts: Services, rule: Rule, viewer: Viewer) -> list[str]:
    """The ids of what the rule's query finds by its words: the same each time, whatever the encoder is doing."""
    if not rule.query:
        return []
    asked = SearchRequest(text=rule.query, mode="keyword", audiences=viewer.audiences, limit=MAX_FOUND)
    return [hit.id for hit in parts.searcher.search(asked).hits]


@dataclass(frozen=True, slots=True)
class Handing:
    """All that a successor needs of a topic, and what the viewer may do now."""

    entry: CatalogEntry
    topic: Topic
    steward: Person | None
    deputy: Person | None
    offered_to: Person | None
    decisions: list[Version]
    contacts: list[tuple[str, str, int]]
    path: list[tuple[CatalogEntry, str]]
    waiting: list[CatalogEntry]
    changed: list[Shown]
    proposed: int
    overdue: bool
    may_decide: bool
    may_step_in: bool
    may_take_on: bool


def handing_page(parts: Services, topic_id: str, viewer: Viewer) -> Handing:
    """Open matters, decisions, contacts and the reading path of a topic. Raises NotFound."""
    entry, topic = topic_of(parts, topic_id, viewer)
    catalog = parts.catalog
    steward, deputy = person(parts, topic.steward), person(parts, topic.deputy)
    items, _ = catalog.topics.items(topic_id, viewer, 0, 10_000)
    now = dt.datetime.now(dt.UTC)
    versions = [one for one in catalog.history(entry.id, DECISIONS) if viewer.may_see(one.audience)]
    return Handing(
        entry=entry,
        topic=topic,
        steward=steward,
        deputy=deputy,
        offered_to=person(parts, topic.handover.to) if topic.handover else None,
        decisions=versions,
        contacts=_contacts(parts, items, topic),
        path=catalog.topics.steps(topic_id, viewer),
        waiting=[one.entry for one in items if one.entry.status in ("observation", "identified", "action-under-way")],
        changed=[one for place, item in enumerate(items, 1) if (one := shown(parts, item, place)).changed],
        proposed=proposals_of(parts, topic_id, viewer, 0, 0).total if topic.rule else 0,
        overdue=topic.review_by is not None and topic.review_by < today(),
        may_decide=handing.may_decide(topic, viewer) and viewer.can_write,
        may_step_in=handing.may_step_in(topic, viewer, steward, now),
        may_take_on=not topic.steward and viewer.can_curate,
    )


def _contacts(parts: Services, items: Sequence[Item], topic: Topic) -> list[tuple[str, str, int]]:
    """Who wrote what the topic holds, as (account id, name, entries), those who wrote most of it first."""
    counted: dict[str, int] = {}
    written: dict[str, str] = {}
    for item in items:
        made = item.entry.created
        if made.author_id and made.author_id != "system":
            counted[made.author_id] = counted.get(made.author_id, 0) + 1
            written[made.author_id] = made.author_name
    known = parts.people.names([*counted, topic.steward, topic.deputy])
    ranked = sorted(counted.items(), key=lambda pair: (-pair[1], written[pair[0]]))[:12]
    return [(one, known.get(one, written[one]), count) for one, count in ranked]


def asked_about(parts: Services, text: str, viewer: Viewer) -> list[str]:
    """The topics that a search is about, by id: those whose title, or a tag of whose rule, stands in its words."""
    words = frozenset(_WORD.findall(text.casefold()))
    if not words:
        return []
    return [topic for topic, names in parts.catalog.topics.named(viewer) if any(_named(name, words) for name in names)]


def _named(name: str, words: frozenset[str]) -> bool:
    """Whether all words of a name, short ones aside, are among those."""
    wanted = {word for word in _WORD.findall(name.casefold()) if len(word) > 2}
    return bool(wanted) and wanted <= words
