"""What somebody typed into a form, and what is wrong with it: shown again together, so that nothing is typed twice.

Passwords are never shown again.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from flask import make_response, render_template, request

from wiki.people import PeopleError


@dataclass
class Answers:
    """`values` by field name, and `errors`: a sentence by field name, "" for the form as a whole."""

    values: dict[str, str] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of_request(cls, *names: str) -> Answers:
        """The named fields of the form that was sent; a missing one is empty."""
        return cls({name: request.form.get(name, "") for name in names})

    def refuse(self, error: PeopleError) -> Answers:
        """Add a refusal to the field that it is about."""
        self.errors[error.field or ""] = str(error)
        return self

    def error(self, name: str) -> str | None:
        """The sentence at this field, or None."""
        return self.errors.get(name)

    def __getitem__(self, name: str) -> str:
        return self.values.get(name, "")

    @property
    def summary(self) -> list[str | tuple[str, str]]:
        """For `error_summary`: sentences, those of a field with the id of its input."""
        return [sentence if not name else (f"field-{name}", sentence) for name, sentence in self.errors.items()]


def form_page(template: str, answers: Answers, **context: Any) -> Any:
    """The page with its form; 400 when something is refused. Never stored by a cache, since it may show a secret."""
    answer = make_response(render_template(template, form=answers, **context), 400 if answers.errors else 200)
    answer.headers["Cache-Control"] = "no-store"
    return answer
