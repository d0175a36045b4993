"""What people are told, in their language: sentences of the core are translated where a page is about to show them."""

from __future__ import annotations

from datetime import date
from typing import Any

import flask
from babel.support import NullTranslations
from flask import g
from flask_babel import get_translations, gettext, ngettext
from markupsafe import Markup

from wiki.web.formats import day, number
from wiki.words import Said

__all__ = ["catalog", "flash", "gettext", "ngettext", "translate"]


def catalog() -> NullTranslations:
    """The translations of this request. A page asks some fifty times, and finding out is most of what a text costs, so
    what was found (`locales.Catalogs`) is asked for first.
    """
    known: NullTranslations | None = g.get("translations") if g else None
    return get_translations() if known is None else known


def translate(said: str | Exception) -> str:
    """A sentence (or the one that an error carries) in the reader's language; what no catalog has stays English."""
    text = said if isinstance(said, str) else str(said)
    if isinstance(text, Markup):
        return text
    if not isinstance(text, Said):
        return str(gettext(text)) if text else ""  # gettext("") would be the catalog's header
    if text.many is not None:
        pattern = str(catalog().ngettext(text.pattern, text.many, text.number))
    else:
        pattern = str(catalog().gettext(text.pattern))
    values = {name: _value(value) for name, value in text.values.items()}
    return pattern % values if values else pattern


def _value(value: Any) -> Any:
    if isinstance(value, list):
        return ", ".join(str(_value(one)) for one in value)
    if isinstance(value, date):
        return day(value)
    if type(value) is int:
        return number(value)
    return translate(value) if isinstance(value, Said) else value


def flash(said: str | Exception, category: str = "message") -> None:
    """Tell the reader on the next page, in their language."""
    flask.flash(translate(said), category)
