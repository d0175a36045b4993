"""The frame of a page (everything around its content) kept for each reader.

Rendering the frame costs more than all the rest of a kept page, and it is the same for one reader until what stands in
it changes. So it is rendered once with holes, and the holes are filled for each page.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Hashable, Mapping

from flask import current_app, render_template, request, session
from markupsafe import Markup, escape

from indexer.kept import Kept
from wiki.web.presenting import form_token, page_context, standing_for_token

Pieces = list[tuple[str, bool]]

MAX_FRAMES = 512
MAX_CHARS = 8_000_000
# Stand for what is filled in; unguessable, so that no text can hold them.
_HOLE = secrets.token_hex(16)
TOKEN_HERE = secrets.token_hex(16)
"""Stands for the reader's form token in markup that is kept for several readers; `with_token` puts it in."""


def framed(template: str, **holes: str | Markup) -> str:
    """Render `template`, whose variables are `holes`, with its frame taken from memory where it is there.

    The template must only print its holes, each once and never in a condition. Text is escaped, Markup is not. A frame
    is kept for a minute and belongs to one reader, look and notice; a page with a message that is shown once is
    rendered as a whole.
    """
    if "_flashes" in session:
        return render_template(template, **holes)
    key = (template, request.script_root, tuple(page_context().items()), int(time.time() // 60))
    pieces = _pieces(template, key, holes)
    filled = {name: str(escape(value)) for name, value in holes.items()}
    filled[TOKEN_HERE] = form_token()
    return "".join(filled[piece] if odd else piece for piece, odd in pieces)


def with_token(html: str) -> Markup:
    """Kept markup with this reader's form token in it."""
    return Markup(html.replace(TOKEN_HERE, form_token()))  # noqa: S704 - rendered by a template that escapes


def _pieces(template: str, key: Hashable, holes: Mapping[str, object]) -> Pieces:
    """The template's text in order: (text, False), and between two texts (name of a hole, True)."""
    kept: Kept[Hashable, Pieces] = current_app.extensions.setdefault("hindsight-frames", Kept(MAX_FRAMES, MAX_CHARS))
    pieces = kept.get(key)
    if pieces is None:
        marked = {name: f"{_HOLE}{name}{_HOLE}" for name in holes}
        with standing_for_token(f"{_HOLE}{TOKEN_HERE}{_HOLE}"):
            html = render_template(template, **marked)
        pieces = [(piece, number % 2 == 1) for number, piece in enumerate(html.split(_HOLE))]
        kept.put(key, pieces, len(html))
    return pieces
