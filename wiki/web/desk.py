"""The page one writes on, made from what is known at each moment: nothing here decides or stores anything."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from flask import g, render_template, url_for
from markupsafe import Markup

from wiki.catalog import CatalogEntry
from wiki.diffs import Line
from wiki.entries import KINDS
from wiki.people import Draft, Team
from wiki.sections import Prompt, Section, Template, shape, without_empty, without_hints
from wiki.services import services
from wiki.viewer import Viewer
from wiki.web.bundle import editor_bundle
from wiki.web.related import Related
from wiki.web.security import current_viewer
from wiki.web.templates_of_kinds import template_of
from wiki.web.writing import GUIDED, Writing
from wiki.words import say

DETAILS = frozenset({"kind", "tags", "team", "date", "audience"})

# An error of a field, or of the whole form where the first part is None.
FieldError = tuple[str | None, str]


@dataclass(frozen=True, slots=True)
class Desk:
    """What the text is for: an entry being changed (`item`) or a new one of `kind`. `address` takes the form."""

    kind: str
    template: Template
    item: CatalogEntry | None
    draft: str
    address: str = ""

    @property
    def action(self) -> str:
        """Where the form is sent."""
        if self.address:
            return self.address
        if self.item is not None:
            return url_for("editor.edit", entry_id=self.item.id)
        return url_for("editor.new_kind", kind=self.kind)

    def adapted(self, writing: Writing) -> Writing:
        """The writing once its kind was changed: headings of the old template that nobody filled in are dropped."""
        if writing.kind == self.kind or writing.kind not in KINDS:
            return writing
        body = without_empty(without_hints(writing.body, self.template), self.template)
        return replace(writing, body=body if body.strip() else template_of(writing.kind).start)


@dataclass(frozen=True, slots=True)
class Field:
    """A section as a form field; `hidden` where there is nothing to write in (no text before the first heading)."""

    number: int
    section: Section
    prompt: Prompt | None
    hidden: bool

    @property
    def asks(self) -> bool:
        """Whether something is said below its label."""
        return self.prompt is not None and bool(self.prompt.hint or self.prompt.example)


@dataclass(frozen=True, slots=True)
class Option:
    """A box to tick."""

    value: str
    label: str
    chosen: bool


def desk_page(
    desk: Desk,
    writing: Writing,
    status: int = 200,
    *,
    errors: Sequence[FieldError] = (),
    **more: Any,
) -> tuple[str, int]:
    """The editor with this writing in it; `more` as for `desk_context`."""
    return render_template("editor/editor.html", **desk_context(desk, writing, errors=errors, **more)), status


def desk_context(
    desk: Desk,
    writing: Writing,
    *,
    errors: Sequence[FieldError] = (),
    kept: Draft | None = None,
    related: Related | None = None,
    preview: Markup | None = None,
    changes: Sequence[Line] | None = None,
    signed_out: bool = False,
    notice: str | None = None,
) -> dict[str, Any]:
    """What the editor's templates need.

    `kept` is the stored draft that the writing comes from; `related` fills the panel and `preview` shows the text,
    `changes` what publishing would change,
    where a button without scripts asked for them.
    """
    template = desk.template if writing.kind == desk.kind or writing.kind not in KINDS else template_of(writing.kind)
    guided = writing.mode == GUIDED and template.guided
    sections = writing.sections(template) if guided else ()
    return {
        "desk": desk,
        "item": desk.item,
        "writing": writing,
        "errors": [sentence if not name else (f"field-{name}", sentence) for name, sentence in errors],
        "field_errors": {name: sentence for name, sentence in errors if name},
        "guided": guided,
        "can_guide": template.guided,
        "lead": template.lead if not template.guided and desk.item is None else None,
        "fields": form_fields(sections, template),
        "shape": shape(sections) if guided else "",
        "details_open": bool(desk.item or writing.tags or writing.date or DETAILS & {name for name, _ in errors}),
        "kinds": [(kind.slug, kind.label) for kind in KINDS.values()],
        "teams": team_options(writing),
        "audiences": audience_options(writing.audience, current_viewer()),
        "recurrences": _recurrences(writing),
        "kept": kept,
        "related": related,
        "preview": preview,
        "changes": changes,
        "signed_out": signed_out,
        "notice": notice,
        "bundle": editor_bundle(),
        "nonce": g.get("csp_nonce", ""),
        "attach_url": _attach_url(desk, writing),
        "largest_file": services().config.max_attachment_bytes,
    }


def _attach_url(desk: Desk, writing: Writing) -> str:
    """Where pasted files go: beside the entry, or with the draft while there is none."""
    if desk.item is not None:
        return url_for("attachments.upload", entry_id=desk.item.id)
    return url_for("drafts.hold", key=writing.draft) if writing.draft.startswith("new:") else ""


def form_fields(sections: Sequence[Section], template: Template) -> list[Field]:
    """The fields of the guided form, each with what its prompt says."""
    found = []
    for number, section in enumerate(sections):
        prompt = template.prompt(section) if section.heading else None
        hidden = not section.heading and not section.text.strip()
        found.append(Field(number, section, prompt, hidden))
    return found


def _teams() -> dict[str, Team]:
    return {team.slug: team for team in services().people.teams.all()}


def team_options(writing: Writing) -> list[tuple[str, str]]:
    """Every team as (slug, name), the one that the writing names among them even where it is no team any more."""
    names = {"": say("No team")} | {slug: team.name for slug, team in _teams().items()}
    names.setdefault(writing.team, writing.team)
    return list(names.items())


def audience_options(chosen: Sequence[str], viewer: Viewer) -> list[Option]:
    """The teams that an entry may be kept to: the viewer's own, every one for administrators, and those chosen."""
    teams = _teams()
    mine = set(teams) if viewer.audiences is None else set(viewer.audiences)
    slugs = sorted(mine | set(chosen), key=lambda slug: teams[slug].name.casefold() if slug in teams else slug)
    return [Option(slug, teams[slug].name if slug in teams else slug, slug in chosen) for slug in slugs]


def _recurrences(writing: Writing) -> list[dict[str, Any]]:
    """The experiences that this one repeats, with their titles where the viewer may see them."""
    if not writing.recurrence_of:
        return []
    known = services().catalog.entries_by_id(writing.recurrence_of, current_viewer())
    return [
        {
            "id": entry_id,
            "title": known[entry_id].title if entry_id in known else entry_id,
            "entry": known.get(entry_id),
        }
        for entry_id in writing.recurrence_of
    ]
