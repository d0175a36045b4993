"""A topic keeps all it has in its front matter: read back as written, refused with a sentence where it cannot be."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from wiki.entries import Entry, EntryError, parse, render, validate
from wiki.merge import merge
from wiki.topics.front import MAX_CURATED, MAX_WHY, Curated, Handover, Rule, Step, Topic

TOPIC = Topic(
    steward="annaccount22",
    deputy="bobaccount22",
    away_until=dt.date(2026, 12, 10),
    review_by=dt.date(2027, 1, 31),
    handover=Handover("caraccount22", dt.date(2026, 11, 24), "I move to Oslo: please take it."),
    rule=Rule(("backup", "disaster recovery"), ("ops",), "restore OR copy"),
    curated=(
        Curated("aaaaaaaa2222", "Why: we practise.", "Nobody had\n\ntried it.", "9" * 40),
        Curated("bbbbbbbb2222", more={"added": "by hand"}),
    ),
    left_out=("cccccccc2222",),
    reading_path=(Step("aaaaaaaa2222", "First."), Step("bbbbbbbb2222")),
)
ENTRY = Entry(
    id="abcdefgh2345",
    kind="topic",
    title="Backups",
    body="What we know.\n",
    kept_apart=("dddddddd2222",),
    topic=TOPIC,
    former_ids=("eeeeeeee2222",),
)


def test_a_topic_is_read_back_as_it_was_written() -> None:
    assert parse(render(ENTRY)) == ENTRY
    validate(ENTRY)
    shorter = replace(ENTRY, topic=replace(TOPIC, curated=TOPIC.curated[1:], handover=None, rule=Rule()))
    assert parse(render(shorter, render(ENTRY))) == shorter
    assert parse(render(replace(ENTRY, topic=Topic()), render(ENTRY))).topic == Topic()


def test_names_of_a_topic_on_other_kinds_are_left_as_they_are() -> None:
    raw = b"---\nid: abcdefgh2345\nkind: page\nrule: [whatever]\nsteward: {a: b}\n---\nText.\n"
    assert parse(raw).topic == Topic()
    assert b"rule: [whatever]\nsteward: {a: b}\n" in render(replace(parse(raw), team="ops"), raw)


def test_a_list_of_ids_alone_is_a_list_of_maps() -> None:
    topic = parse(b"---\nkind: topic\ncurated: [aaaa, bbbb, aaaa]\nreading_path:\n- cccc\n---\n").topic
    assert [one.id for one in topic.curated] == ["aaaa", "bbbb"]
    assert topic.reading_path == (Step("cccc"),)


def test_two_curators_changes_are_joined_in_the_file() -> None:
    base = render(ENTRY)
    new = Curated("ffffffff2222", "New.")
    ours = render(replace(ENTRY, topic=replace(TOPIC, curated=(*TOPIC.curated, new))), base)
    theirs = render(replace(ENTRY, topic=replace(TOPIC, curated=TOPIC.curated[::-1], left_out=())), base)
    joined = merge(base, ours, theirs)
    assert joined is not None
    assert [one.id[0] for one in parse(joined).topic.curated] == ["b", "f", "a"]
    assert parse(joined).topic.left_out == ()


@pytest.mark.parametrize(
    ("front", "words"),
    [
        ("steward: " + "x" * 81, "at most 80"),
        ("review_by: soon", "2026-11-24"),
        ("rule: just words", "map with tags"),
        ("curated: 3", "list of maps"),
        ("curated: [{why: no id}]", "needs the id"),
        ("handover: {to: " + "x" * 81 + "}", "at most 80"),
    ],
)
def test_a_file_that_cannot_be_read_says_what_to_mend(front: str, words: str) -> None:
    with pytest.raises(EntryError) as caught:
        parse(f"---\nkind: topic\n{front}\n---\n".encode())
    assert words in str(caught.value)


@pytest.mark.parametrize(
    ("topic", "words"),
    [
        (Topic(curated=tuple(Curated(f"i{n}") for n in range(MAX_CURATED + 1))), "Make two topics"),
        (Topic(curated=(Curated("aaaa"), Curated("aaaa"))), "stands twice"),
        (Topic(curated=(Curated("not one word"),)), "holds ids of entries"),
        (Topic(curated=(Curated("aaaa", "x" * (MAX_WHY + 1)),)), "why an entry matters"),
        (Topic(curated=(Curated("aaaa", passage="x" * 5000),)), "link to the rest"),
        (Topic(reading_path=(Step("aaaa", "x" * 2000),)), "reading path takes at most"),
        (Topic(left_out=("no good",)), "holds ids of entries"),
        (Topic(rule=Rule(query="x" * 600)), "takes at most 500 characters"),
        (Topic(rule=Rule(teams=("Not A Slug",))), "short names"),
        (Topic(steward="ann", deputy="ann"), "two people"),
    ],
)
def test_what_a_person_may_not_save_is_refused_with_a_sentence(topic: Topic, words: str) -> None:
    with pytest.raises(EntryError) as caught:
        validate(replace(ENTRY, topic=topic))
    assert words in str(caught.value)
