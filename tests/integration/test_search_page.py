"""The search page, over a searcher that answers what the test says."""

from __future__ import annotations

from pathlib import Path

from flask import Flask

from indexer import Document, Filters, Results, SearchRequest
from tests.integration.ranking_world import searcher_of
from tests.integration.reading_web import client_of, hit_for, publish, text_of, with_searcher


def test_the_page_asks_what_its_address_says(app: Flask) -> None:
    told = with_searcher(app, Results((), 0, "keyword"))
    client_of(app, teams=("billing",)).get(
        "/search?q=%20cut%20over%00&mode=keyword&kind=lesson&kind=topic&tag=db&year=2024&page=3"
    )
    assert told.asked == [
        SearchRequest(
            text="cut over",
            mode="keyword",
            audiences=frozenset({"billing"}),
            filters=Filters(kind=("lesson", "topic"), tag=("db",), year=("2024",)),
            limit=10,
            offset=20,
            facets=True,
        )
    ]


def test_a_result_shows_its_passage_with_marks_and_why(app: Flask) -> None:
    entry = publish(app, "A <cut> over", team="billing", date="2024-05-06")
    with_searcher(app, Results((hit_for(entry, "We <moved> the database.", [(3, 10)]),), 1, "hybrid"))
    page = client_of(app).get("/search?q=moved").get_data(as_text=True)
    assert "We <mark>&lt;moved&gt;</mark> the database." in page
    assert "A &lt;cut&gt; over" in page
    assert "Holds your words." in page
    assert "6 May 2024" in page
    assert "1 result" in page


def test_what_the_index_still_knows_but_the_reader_may_not_see_is_not_shown(app: Flask) -> None:
    app.extensions["hindsight"].people.teams.ensure("billing", "Billing")
    secret = publish(app, "Secret", audience=("billing",))
    with_searcher(app, Results((hit_for(secret, "the secret passage"),), 1, "hybrid"))
    page = text_of(client_of(app).get("/search?q=secret"))
    assert "the secret passage" not in page
    assert ">Secret<" not in page


def test_facets_work_without_scripts_and_chips_take_them_away(app: Flask) -> None:
    entry = publish(app, "Found")
    facets = {"kind": {"lesson": 3, "topic": 2}, "tag": {f"t{n}": 20 - n for n in range(12)}, "year": {"2024": 1}}
    with_searcher(app, Results((hit_for(entry),), 5, "hybrid", facets=facets))
    page = text_of(client_of(app).get("/search?q=x&kind=lesson&tag=gone&mode=keyword"))
    assert 'name="kind" value="lesson" checked' in page
    assert 'name="kind" value="topic">' in page
    assert 'name="tag" value="gone" checked' in page
    assert "5 more" in page
    assert 'href="/search?q=x&mode=keyword&tag=gone" aria-label="Remove the filter Lesson"' in page
    assert 'name="year"' not in page
    assert 'name="mode" value="keyword" checked' in page


def test_suggestion_degraded_and_empty_states_are_honest(app: Flask) -> None:
    client = client_of(app)
    away = "Searching by meaning is away for the moment."
    with_searcher(app, Results((), 0, "hybrid", degraded=away, suggestion="certificate"))
    page = text_of(client.get("/search?q=certifcate"))
    assert away in page
    assert '<a href="/search?q=certificate">certificate</a>' in page
    assert "Nothing found" in page
    assert "Nothing fits with these filters" in text_of(client.get("/search?q=x&kind=lesson"))
    assert "no more results" in text_of(client.get("/search?q=x&page=4"))
    assert "Ask in your own words" in text_of(client.get("/search"))


def test_a_search_that_was_too_much_for_the_model_can_be_asked_again(app: Flask) -> None:
    busy = "The search model has more questions than it can answer. These results are by words only."
    entry = publish(app, "Found")
    with_searcher(app, Results((hit_for(entry),), 1, "keyword", degraded=busy, retry_after=2))
    page = text_of(client_of(app).get("/search?q=x&kind=lesson"))
    assert busy + ' <a href="/search?q=x&kind=lesson">Search again</a>' in page


def test_paging_keeps_the_question(app: Flask) -> None:
    entry = publish(app, "Found")
    with_searcher(app, Results((hit_for(entry),), 35, "hybrid"))
    page = text_of(client_of(app).get("/search?q=a+%26+b&tag=x&page=2"))
    assert "Page 2 of 4" in page
    assert 'rel="next" href="/search?q=a+%26+b&tag=x&page=3"' in page
    assert 'rel="prev" href="/search?q=a+%26+b&tag=x"' in page


def test_odd_addresses_are_answered(app: Flask) -> None:
    client = client_of(app)
    for query in (
        "page=-1",
        "page=9999999999",
        "page=x",
        "mode=evil",
        "kind=" + "x" * 5000,
        "q=" + "a" * 9000,
        "tag=%00",
    ):
        assert client.get(f"/search?q=y&{query}").status_code == 200, query
    assert client.get("/search?" + "&".join(f"tag=t{n}" for n in range(200)) + "&q=x").status_code == 200


def test_teams_are_called_by_their_names_everywhere(app: Flask) -> None:
    app.extensions["hindsight"].people.teams.ensure("ksc", "Kennedy")
    entry = publish(app, "Pump", team="ksc")
    with_searcher(app, Results((hit_for(entry),), 1, "hybrid", facets={"team": {"ksc": 1, "gone": 2}}))
    client = client_of(app)
    for address in ("/search?q=pump", "/browse", entry.url, "/kind/lesson"):
        assert "Kennedy" in client.get(address).text, address
    assert "gone" in client.get("/search?q=pump").text


def test_a_search_within_a_topic_asks_among_what_belongs_to_it(app: Flask) -> None:
    parts = app.extensions["hindsight"]
    parts.people.teams.create("board", "Board")
    topic = publish(app, "Certificates", kind="topic")
    linked = publish(app, "A linked certificate", f"It ran out, see [[{topic.id}]].")
    publish(app, "A certificate elsewhere", "It ran out.")
    hidden = publish(app, "Certificates of the board", kind="topic", audience=("board",))
    publish(app, "Under the board's", f"It ran out, see [[{hidden.id}]].")
    told = with_searcher(app, Results((), 0, "keyword"))
    client = client_of(app)
    page = text_of(client.get(f"/search?q=ran&topic={topic.id}"))
    assert "In “Certificates”" in page
    assert f'name="topic" value="{topic.id}"' in page
    other = text_of(client.get(f"/search?q=ran&topic={hidden.id}"))
    assert "In a topic that is not there" in other
    assert "Certificates of the board" not in other
    client.get("/search?q=ran&topic=nonsense")
    assert [asked.filters.within for asked in told.asked] == [frozenset({linked.id}), frozenset(), frozenset()]
    assert f'name="topic" value="{topic.id}"' in text_of(client.get(topic.url))


def test_only_what_is_named_is_found_within(tmp_path: Path) -> None:
    searcher = searcher_of(tmp_path, [Document(n, f"Valve {n}", "A frozen valve.") for n in "abc"])

    def found(*within: str) -> list[str]:
        asked = SearchRequest("valve", filters=Filters(within=frozenset(within)), facets=True)
        return sorted(hit.id for hit in searcher.search(asked).hits)

    assert found("a", "c", "gone") == ["a", "c"]
    assert found() == []
