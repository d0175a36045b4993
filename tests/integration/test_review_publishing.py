"""Publishing a review: what stands in the fields is kept, two at once make one entry, and a kill loses nothing."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from flask import Flask

from tests.integration.editor_web import Writer, text_of
from tests.integration.reviews_world import Team, team
from wiki.reviews.store import Reviews
from wiki.reviews.types import Phase


def test_publishing_keeps_what_stands_in_the_fields_first(app: Flask) -> None:
    """Also without scripts, or before they are there: the button belongs to the form of the joint text."""
    five = team(app, writers="all")
    five.named(five.lead, supposed="x")
    five.discuss()
    page = text_of(five.lead.get(five.address))
    assert f'form="ui-editor" formaction="{five.address}/phase" name="to" value="published"' in page
    bob, typed = five.others[0], {"to": "published", "part-improve": "Watch the disk"}
    bob.json("PUT", f"{five.address}/text", {"base": 0, "parts": {"improve": "Buy a disk"}})
    met = text_of(five.lead.post(f"{five.address}/phase", 409, base="0", **typed))
    assert "Two of you wrote in" in met
    assert ">\nWatch the disk</textarea>" in met
    entry = five.lead.post(f"{five.address}/phase", 303, base="1", **typed).headers["Location"]
    assert "Watch the disk" in text_of(five.lead.get(entry))
    assert five.lead.post(f"{five.address}/phase", 303, base="1", **typed).headers["Location"] == entry
    late = five.lead.post(f"{five.address}/phase", 409, base="2", **typed | {"part-improve": "Watch every disk"})
    assert "Watch every disk" in text_of(late)


def test_publishing_pressed_by_two_at_once_makes_one_entry(five: Team) -> None:
    for writer in (five.lead, *five.others):
        five.named(writer, supposed=f"said by {writer.name}")
    five.discuss()
    before, token, found = five.lead.services.store.tip(), five.lead.token(), []

    def press() -> None:
        client = five.lead.app.test_client()
        client.set_cookie(*_session(five.lead))
        found.append(
            client.post(
                f"{five.address}/phase",
                data={"csrf_token": token, "to": "published", "base": "0", "part-factors": "disk"},
            )
        )

    threads = [threading.Thread(target=press) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {answer.status_code for answer in found} == {303}
    assert len({answer.headers["Location"] for answer in found}) == 1
    commits = list(five.lead.services.store.walk(before))
    assert len(commits) == 1
    assert five.lead.body_of(five.review).count("said by") == 5


def _session(writer: Writer) -> tuple[str, str]:
    name = writer.app.config["SESSION_COOKIE_NAME"]
    return name, writer.client.get_cookie(name).value


@pytest.mark.parametrize("cut", ["before the commit", "after the commit"])
def test_a_kill_while_publishing_neither_loses_nor_doubles(
    five: Team, cut: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    five.named(five.lead, supposed="kept through the kill")
    five.discuss()
    target = (five.lead.services.library, "create") if cut == "before the commit" else (Reviews, "finish")

    class Killed(BaseException):
        pass

    def die(*_: Any, **__: Any) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(*target, die)
        with pytest.raises(Killed):
            five.publish()
    assert five.phase is Phase.PUBLISHING
    assert "was cut off" in text_of(five.lead.get(five.address))
    refused = five.lead.post(f"{five.address}/phase", 400, to="closed", reason="x")
    assert "being published right now" in text_of(refused)
    before = five.lead.services.store.tip()
    five.publish()
    five.publish()
    commits = list(five.lead.services.store.walk(before))
    assert len(commits) == (1 if cut == "before the commit" else 0)
    assert five.lead.body_of(five.review).count("kept through the kill") == 1


def test_a_text_that_cannot_be_an_entry_leaves_the_review_open(five: Team) -> None:
    five.named(five.lead, supposed="y" * 15_000)
    five.discuss()
    object.__setattr__(five.lead.services.config, "max_body_bytes", 1000)
    page = text_of(five.lead.post(f"{five.address}/phase", 400, to="published"))
    assert "at most 1,000 are possible" in page
    assert five.phase is Phase.DISCUSSING
