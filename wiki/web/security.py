"""Who is asking, and what a page may do in the browser: the one place for both.

`init_app(app, config)` is called once by `create_app`. It sets up Flask-Login on signed cookies, the check of CSRF
tokens, the rule that reading is for members, the headers of every answer and, by setting, ProxyFix. Pages, the API
and templates then ask `current_viewer()`; views that need more than reading say so with `@require(Role.AUTHOR)`.

A request acts for somebody by one of two ways, never both: under /api/ by `Authorization: Bearer`, else by the session.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial, wraps
from typing import Any, ParamSpec, TypeVar, cast
from urllib.parse import urlencode

from flask import (
    Flask,
    Response,
    abort,
    after_this_request,
    current_app,
    g,
    redirect,
    render_template,
    request,
    session,
)
from flask_login import LoginManager, UserMixin, current_user, login_user, logout_user
from flask_wtf.csrf import CSRFError, CSRFProtect
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.middleware.proxy_fix import ProxyFix

from wiki.config import Config
from wiki.people.reading import Session
from wiki.services import services
from wiki.viewer import ANONYMOUS, Role, Viewer
from wiki.web.cookies import KnownBrowsers, TlsAwareSessions, cookie_name, ensure_secret
from wiki.web.redirects import local_target
from wiki.web.saying import translate
from wiki.words import say

P = ParamSpec("P")
R = TypeVar("R")

API = "/api/"
STATIC = "/static/"
STRANGERS_BYTES = 2_000_000  # a long text of somebody whose session has ended; no uploads
SESSION_LIFETIME = timedelta(days=30)
KNOWN_LIFETIME = timedelta(days=365)
OPEN_PATHS = frozenset({"/healthz", "/favicon.ico", "/robots.txt"})
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=(), browsing-topics=()",
}
POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self' 'nonce-NONCE'; img-src 'self' data: blob:; "
    "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)


class SignedIn(UserMixin):  # type: ignore[misc]
    """What Flask-Login holds for a session."""

    def __init__(self, found: Session) -> None:
        self.found = found

    def get_id(self) -> str:
        """The signed cookie's content; `account_id.epoch`, so that raising the epoch ends every session."""
        return f"{self.found.viewer.account_id}.{self.found.epoch}"


@dataclass(frozen=True, slots=True)
class Identity:
    """Whom this request acts for. `scope` is a token's (read or write); a session has none and may do all. `told`:
    whether a session's account may have open notices. `language` and `zone`: what its account reads in, or empty."""

    viewer: Viewer
    via: str
    scope: str | None = None
    told: bool = False
    language: str = ""
    zone: str = ""


NEEDS_ROLE = {
    Role.READER: say("This needs the role of a reader. Ask an administrator for it."),
    Role.AUTHOR: say("This needs the role of an author. Ask an administrator for it."),
    Role.FACILITATOR: say("This needs the role of a facilitator. Ask an administrator for it."),
    Role.ADMINISTRATOR: say("This needs the role of an administrator. Ask an administrator for it."),
}
NOBODY = Identity(ANONYMOUS, "nobody")


def init_app(app: Flask, config: Config) -> None:
    """Put the application behind sign-in, CSRF checks, headers and, where proxies are configured, ProxyFix."""
    app.secret_key = ensure_secret(config.secret_path)
    app.session_interface = TlsAwareSessions(config)
    app.extensions["hindsight-known-browsers"] = KnownBrowsers(app.secret_key)
    app.config.update(
        SESSION_COOKIE_NAME=cookie_name(app.secret_key),
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_REFRESH_EACH_REQUEST=False,
        PERMANENT_SESSION_LIFETIME=SESSION_LIFETIME,
        WTF_CSRF_CHECK_DEFAULT=False,  # _guard checks, after it knows whether a session is in use
        WTF_CSRF_TIME_LIMIT=None,  # a form may stay open for as long as its session
    )
    if config.proxy_hops:
        hops = config.proxy_hops
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    manager = LoginManager(app)
    manager.session_protection = None  # addresses change on phones; the cookie is signed and HttpOnly
    manager.user_loader(_load)
    csrf = CSRFProtect(app)
    app.register_error_handler(CSRFError, _csrf_refused)
    app.before_request(lambda: _guard(csrf, config))
    app.after_request(_headers)


# --- who is asking ---------------------------------------------------------------------------------------------------


def identity() -> Identity:
    """Whom this request acts for; looked up once a request."""
    found = g.get("identity")
    if found is None:
        found = g.identity = _identify()
    return cast(Identity, found)


def current_viewer() -> Viewer:
    """The viewer of this request, or ANONYMOUS."""
    return identity().viewer


def current_scope() -> str | None:
    """`read` or `write` of the API token in use; None when a session is in use or nobody is signed in."""
    return identity().scope


def _identify() -> Identity:
    secret = bearer()
    if secret is not None:
        found = services().people.tokens.check(secret)
        return Identity(found[0], "token", found[1]) if found else NOBODY
    user = current_user._get_current_object()
    return _by_session(user.found) if isinstance(user, SignedIn) else NOBODY


def _by_session(found: Session) -> Identity:
    return Identity(found.viewer, "session", told=found.told, language=found.language, zone=found.zone)


def bearer() -> str | None:
    """The secret of `Authorization: Bearer` on a path of the API, or None."""
    if not request.path.startswith(API):
        return None
    kind, _, secret = request.headers.get("Authorization", "").partition(" ")
    return secret.strip() if kind.lower() == "bearer" else None


def _load(session_id: str) -> SignedIn | None:
    account_id, _, epoch = session_id.partition(".")
    found = services().people.session(account_id)
    if found is None or str(found.epoch) != epoch:
        return None
    return SignedIn(found)


def sign_in(account_id: str) -> None:
    """Start a fresh session for the account; nothing of the one before is kept, so a planted cookie is worth nothing.

    Raises LookupError when the account is gone or not active.
    """
    found = services().people.session(account_id)
    if found is None:
        raise LookupError(account_id)
    session.clear()
    session.permanent = True
    login_user(SignedIn(found))
    session.pop("_id", None)  # Flask-Login's digest of address and browser: not used, so not kept
    session["day"] = _today()
    g.identity = _by_session(found)
    after_this_request(partial(_remember_browser, services().people.accounts.get(account_id).name))


def known_browser(name: str) -> str | None:
    """An identifier of this browser if somebody has signed in from it by `name` before, else None."""
    known = _known_browsers()
    return known.check(request.cookies.get(known.name), name)


def _remember_browser(name: str, response: Response) -> Response:
    if known_browser(name) is None:
        known = _known_browsers()
        response.set_cookie(
            known.name,
            known.issue(name),
            max_age=KNOWN_LIFETIME,
            httponly=True,
            samesite="Lax",
            secure=current_app.session_interface.get_cookie_secure(current_app),
        )
    return response


def _known_browsers() -> KnownBrowsers:
    return cast(KnownBrowsers, current_app.extensions["hindsight-known-browsers"])


def sign_out() -> None:
    """End this browser's session."""
    logout_user()
    session.clear()
    g.identity = NOBODY


def _today() -> int:
    return datetime.now(UTC).toordinal()


# --- what a view may ask ---------------------------------------------------------------------------------------------


def require(role: Role) -> Callable[[Callable[P, R]], Callable[P, Any]]:
    """Decorator: only for viewers with at least `role`. Others are sent to sign in, or told whom to ask (403)."""

    def decorate(view: Callable[P, R]) -> Callable[P, Any]:
        @wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> Any:
            refused = refuse_unless(role)
            return view(*args, **kwargs) if refused is None else refused

        return guarded

    return decorate


def refuse_unless(role: Role) -> Any:
    """None when the viewer has at least `role`, else the answer to give; raises 403 for those who are signed in."""
    viewer = current_viewer()
    if viewer.role is None:
        return ask_to_sign_in()
    if not viewer.has(role):
        abort(403, description=NEEDS_ROLE[role])
    return None


def public(view: Callable[P, R]) -> Callable[P, R]:
    """Decorator: open to everybody, also where reading is for members (signing in, help for it)."""
    view.open_to_everybody = True  # type: ignore[attr-defined]
    return view


def reading(view: Callable[P, R]) -> Callable[P, R]:
    """Decorator: a POST that only reads (a long question), so that it is open wherever reading is."""
    view.only_reads = True  # type: ignore[attr-defined]
    return view


def safe_redirect(target: str | None, fallback: str = "/") -> Any:
    """Redirect (303) to `target` when it is a path of this site, else to `fallback`."""
    return redirect(local_target(target) or fallback, 303)


def wants_json() -> bool:
    """Whether the caller is a program or one of our scripts rather than somebody reading a page."""
    return (
        request.path.startswith(API)
        or request.is_json
        or "X-CSRFToken" in request.headers
        or request.accept_mimetypes.best == "application/json"
    )


def problem(status: int, title: str, detail: str) -> Response:
    """A problem document (RFC 9457)."""
    import json

    body = json.dumps({"type": "about:blank", "title": translate(title), "status": status, "detail": translate(detail)})
    answer = Response(body + "\n", status, mimetype="application/problem+json")
    if status == 401:
        answer.headers["WWW-Authenticate"] = 'Bearer realm="Hindsight"'
    return answer


def ask_to_sign_in() -> Any:
    """The answer to somebody who has to sign in first: to the sign-in page and back, or 401 for programs.

    A form that was sent is answered by a page that holds its text, since a redirect would lose it.
    """
    if wants_json():
        detail = say("This access token is not valid.") if bearer() else say("Sign in, or send an access token.")
        return problem(401, say("Unauthorized"), detail)
    if request.method in {"GET", "HEAD"}:
        here = request.full_path if request.query_string else request.path
        return redirect("/sign-in" if here == "/" else "/sign-in?" + urlencode({"next": here}), 302)
    return kept_text(
        401, say("You are signed out"), say("Sign in again in another tab, then copy your text from here.")
    )


def kept_text(status: int, title: str, message: str) -> tuple[str, int]:
    """A page that refuses a form but shows what was typed into it, for copying; never passwords."""
    return render_template("people/kept_text.html", title=title, message=message, texts=_typed()), status


def _typed() -> list[tuple[str, str]]:
    try:
        fields = list(request.form.items(multi=True))
    except RequestEntityTooLarge:
        return []
    hidden = ("csrf_token", "password", "secret")
    return [(name, value) for name, value in fields if value.strip() and not any(word in name for word in hidden)]


# --- every request ---------------------------------------------------------------------------------------------------


def _guard(csrf: CSRFProtect, config: Config) -> Any:
    """Before each request: sign-in where reading needs it, CSRF where a session could be misused."""
    g.csp_nonce = secrets.token_urlsafe(16)  # for the style elements that the editor makes
    if request.path.startswith(STATIC) or request.path in OPEN_PATHS:
        return None
    asks = request.method in {"GET", "HEAD", "OPTIONS"}
    who = identity()
    if not asks and who.viewer.role is None:
        request.max_content_length = STRANGERS_BYTES
    if who.viewer.role is None and not _is_open(config, asks):
        return ask_to_sign_in()
    if who.via == "session" and session.get("day") != _today():
        session["day"] = _today()  # signs the cookie anew: a session lasts 30 days from its last use
    if not asks and (who.via == "session" or not request.path.startswith(API)):
        csrf.protect(apply_exemptions=True)
    return None


def _is_open(config: Config, asks: bool) -> bool:
    """Whether somebody without an account may reach this view; what a role is needed for is the view's own matter."""
    view = current_app.view_functions.get(request.endpoint or "")
    if getattr(view, "open_to_everybody", False):
        return True
    if not config.public or bearer() is not None:
        return False
    return asks or getattr(view, "only_reads", False)


def _csrf_refused(error: CSRFError) -> Any:
    if wants_json():
        return problem(
            400, say("Bad Request"), say("The form's protection token is missing or old. Load the page again.")
        )
    message = say(
        "This page had been open since before you last signed in. Go back, load it again and send the form again."
    )
    return kept_text(400, say("Nothing was changed"), message)


def _headers(response: Response) -> Response:
    """After each request: the headers, unless the view set its own (an attachment has a stricter policy)."""
    headers = response.headers
    present = {name.lower() for name, _ in headers}
    for name, value in HEADERS.items():
        if name.lower() not in present:
            headers.add(name, value)
    if "content-security-policy" not in present:
        headers.add("Content-Security-Policy", POLICY.replace("NONCE", g.get("csp_nonce", "")))
    if "cache-control" not in present:
        headers.add("Cache-Control", "private, no-cache")
    return response
