"""What a form sends is for the program, whatever language its page is read in."""

from __future__ import annotations

from html.parser import HTMLParser

from flask import Flask

from tests.integration.editor_web import Writer, text_of
from tests.integration.reading_web import publish

GERMAN = {"Accept-Language": "de"}
LEFT_OUT = {"csrf_token"}
# What a page is asked for with an argument; pages of other arguments come by in the tests of their own.
ASKED = ("entry_id", "topic_id", "path")


class Values(HTMLParser):
    """What the forms of a page send that nobody has typed: names and values of hidden fields, choices and buttons."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, str, str]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        chosen = tag == "input" and given.get("type") in {"hidden", "radio", "checkbox"}
        if (chosen or tag in {"option", "button"}) and given.get("name") not in LEFT_OUT:
            self.found.append((tag, given.get("name") or "", given.get("value") or ""))


def addresses(app: Flask, entries: list[tuple[str, str]]) -> set[str]:
    """The pages of an administrator, those about an entry for each of the entries, given as id and path."""
    urls = app.url_map.bind("localhost")
    found = set()
    for rule in app.url_map.iter_rules():
        if "GET" in (rule.methods or ()) and rule.arguments <= set(ASKED) and not rule.rule.startswith("/api/"):
            for entry_id, path in entries if rule.arguments else entries[:1]:
                known = {"entry_id": entry_id, "topic_id": entry_id, "path": path}
                found.add(urls.build(rule.endpoint, {name: known[name] for name in rule.arguments}))
    return found


def test_forms_send_the_same_in_every_language(app: Flask) -> None:
    root = Writer(app, "root", "administrator", ["ops"])
    lessons = [publish(app, f"A lesson {status}", status=status) for status in ("observation", "identified")]
    others = [publish(app, f"One {kind}", kind=kind) for kind in ("after-action-review", "topic", "page")]
    for lesson in lessons:
        app.extensions["hindsight"].library.add_action(lesson.id, {"what": "Ask"}, viewer=root.viewer)
    entries = [(entry.id, entry.path.removesuffix(".md")) for entry in (*lessons, *others)]
    checked = 0
    for address in sorted(addresses(app, entries)):
        english, german = root.client.get(address), root.client.get(address, headers=GERMAN)
        if english.mimetype == "text/html" and english.status_code == 200:
            ours, theirs = Values(text_of(english)).found, Values(text_of(german)).found
            # The chooser of languages offers the others.
            assert [one for one in theirs if one[1] != "language"] == [one for one in ours if one[1] != "language"], (
                address
            )
            checked += 1
    assert checked > 60
