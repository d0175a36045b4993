"""In which language and time zone a page is written: what the account says, else the browser, else the setting.

Catalogs are read once for a process, when somebody first reads in their language. Programs are answered in English:
under /api/ there is no other language.
"""

from __future__ import annotations

from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from babel import Locale
from babel.support import NullTranslations
from flask import Flask, g, has_request_context, request
from flask_babel import Babel, Domain
from jinja2 import pass_eval_context
from jinja2.nodes import EvalContext
from markupsafe import Markup

from wiki.config import LANGUAGES, Config
from wiki.services import services
from wiki.translations import SOURCE, read
from wiki.web.saying import catalog
from wiki.web.security import API, identity

COOKIE = "language"
ZONE_COOKIE = "zone"


class Catalogs(Domain):  # type: ignore[misc]
    """The translations of this request, from catalogs that are read when they are first asked for."""

    def get_translations(self) -> NullTranslations:
        """Those of the reader's language; for English none are needed."""
        known: NullTranslations | None = g.get("translations") if g else None
        if known is None:
            known = self._of(current_language())
            if g:
                g.translations = known
        return known

    def _of(self, language: str) -> NullTranslations:
        if language not in self.cache:
            self.cache[language] = NullTranslations() if language == SOURCE else read(language)
        found: NullTranslations = self.cache[language]
        return found


def init_app(app: Flask, config: Config) -> None:
    """Put every text of pages through the catalogs."""
    babel = Babel(app, default_locale=config.locale, locale_selector=current_language, timezone_selector=current_zone)
    babel.domain_instance = Catalogs()
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]
        gettext=str,  # ours is put in its place below
        ngettext=lambda one, many, count: catalog().ngettext(one, many, count),
        newstyle=True,
        pgettext=lambda context, text: catalog().pgettext(context, text),
    )
    app.jinja_env.globals["gettext"] = app.jinja_env.globals["_"] = _text


@pass_eval_context
def _text(context: EvalContext, text: str, /, **values: object) -> str:
    """A text of a template in the reader's language with its values, by name. Jinja's own takes twice the time, because
    it looks for places of values in every text.
    """
    found: str = catalog().gettext(text)
    if context.autoescape:
        found = Markup(found)  # noqa: S704 - from our own catalogs
    return found % values if values or "%" in found else found


def current_language() -> str:
    """The code of the language that this request is answered in; one of LANGUAGES."""
    if not has_request_context():
        return SOURCE
    found: str | None = g.get("language")
    if found is None:
        found = g.language = _choose()
    return found


def use_language(language: str) -> None:
    """Answer the rest of this request in another language; empty: in that which the reader gets now."""
    g.pop("translations", None)
    g.pop("_flask_babel", None)
    g.language = language or _choose()


def _choose() -> str:
    if request.path.startswith(API):
        return SOURCE
    for wanted in (identity().language, request.cookies.get(COOKIE)):
        if wanted in LANGUAGES:
            return wanted
    default: str = services().config.locale
    if not request.accept_languages:
        return default
    return request.accept_languages.best_match(LANGUAGES) or default


def direction() -> str:
    """`rtl` or `ltr`: how the language of this request is written."""
    return str(Locale.parse(current_language()).text_direction)


def current_zone() -> ZoneInfo | None:
    """The reader's time zone: that of the account, else what the browser told in its cookie; None where neither did."""
    if not has_request_context():
        return None
    if "zone" not in g:
        g.zone = zone_called(identity().zone) or zone_called(request.cookies.get(ZONE_COOKIE, ""))
    found: ZoneInfo | None = g.zone
    return found


def zone_called(name: str) -> ZoneInfo | None:
    """The time zone of this name (`Europe/Berlin`), None where there is none."""
    if not name or len(name) > 64:
        return None
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None
