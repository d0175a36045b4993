"""A team that holds a review, through the test client: its lead and those who take part."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from flask import Flask

from tests.integration.editor_web import Writer, text_of
from wiki.reviews.store import Reviews
from wiki.reviews.types import QUESTIONS, Phase


@dataclass
class Team:
    """A lead and people who take part in one open review."""

    lead: Writer
    others: list[Writer]
    review: str

    @property
    def address(self) -> str:
        """The review's page."""
        return f"/reviews/{self.review}"

    @property
    def phase(self) -> Phase:
        """Where the review stands, as it is kept."""
        return Reviews(self.lead.services.people.database).get(self.review).phase

    def nameless(self, writer: Writer, **texts: str) -> Any:
        """Somebody answers without a name, as a browser does: the page first, then the form."""
        page = text_of(writer.get(f"{self.address}/answer?nameless=1"))
        ticket = re.search(r'name="ticket" value="([^"]+)"', page)
        assert ticket
        fields = {f"answer-{name}": texts.get(name, "") for name in QUESTIONS}
        return writer.post(f"{self.address}/answer", 200, ticket=ticket[1], **{"as": "nameless"}, **fields)

    def named(self, writer: Writer, **texts: str) -> Any:
        """Somebody gives an answer with their name."""
        fields = {f"answer-{name}": texts.get(name, "") for name in QUESTIONS}
        return writer.post(f"{self.address}/answer", 200, act="give", **fields)

    def discuss(self) -> None:
        """The lead begins the discussion."""
        self.lead.post(f"{self.address}/phase", to="discussing")

    def publish(self) -> Any:
        """The lead publishes; the answer."""
        return self.lead.post(f"{self.address}/phase", to="published")


def team(app: Flask, names: tuple[str, ...] = ("bob", "cem", "dai", "eva"), **opening: str) -> Team:
    """`ada` opens a review and invites the others."""
    lead = Writer(app)
    others = [Writer(app, name) for name in names]
    answer = lead.post("/reviews/new", **{"title": "The move of the billing database", "date": "2026-11-20"} | opening)
    review = answer.headers["Location"].rsplit("/", 1)[1]
    for name in names:
        lead.post(f"/reviews/{review}/people", person=name)
    return Team(lead, others, review)
