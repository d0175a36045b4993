"""The living page of the design: it is made, it measures, and no part of it needs what the policy forbids."""

from __future__ import annotations

import re

from flask import Flask

from tests.integration.reading_web import client_of, text_of


def test_the_page_of_the_design_shows_every_part_and_its_contrast(app: Flask) -> None:
    answer = client_of(app).get("/about/style")
    page = text_of(answer)
    assert "all hold in both themes" in page
    assert "too low" not in page
    for part in (
        "button-primary",
        "field-invalid",
        "badge-good",
        'class="card',
        'class="table',
        'class="empty',
        "<dialog",
        "toast-good",
        'class="tabs',
        'class="pagination',
        "diff-inline",
        'class="bars',
        'class="columns',
        "<polyline",
    ):
        assert part in page, part
    assert not re.search(r"\sstyle=|\son[a-z]+=\"", page)


def test_fields_with_an_error_name_it(app: Flask) -> None:
    page = text_of(client_of(app).get("/about/style"))
    box = re.search(r'<input[^>]* id="field-s-date"[^>]*>', page)
    assert box is not None
    assert 'aria-describedby="field-s-date-error"' in box.group(0)
    assert 'aria-invalid="true"' in box.group(0)
    group = re.search(r'<fieldset[^>]* id="field-s-topics"[^>]*>', page)
    assert group is not None
    assert "field-s-topics-error" in group.group(0)


def test_the_page_of_the_design_is_for_members(app: Flask) -> None:
    assert app.test_client().get("/about/style").status_code == 302
