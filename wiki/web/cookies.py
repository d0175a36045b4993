"""The session cookie: the key that signs it, its name, and when it is marked Secure."""

from __future__ import annotations

import hashlib
import os
import secrets
from pathlib import Path

from flask import Flask, has_request_context, request
from flask.sessions import SecureCookieSessionInterface
from itsdangerous import BadData, URLSafeSerializer, URLSafeTimedSerializer

from wiki.config import Config
from wiki.people.rules import digest, name_key


class TlsAwareSessions(SecureCookieSessionInterface):
    """Flask's signed cookies, marked Secure by setting or whenever the browser came by TLS.

    One server may answer on http://127.0.0.1 and, through a proxy, by TLS; so `auto` decides for each answer.
    """

    digest_method = staticmethod(hashlib.sha256)

    def __init__(self, config: Config) -> None:
        self._mode = config.secure_cookies
        self._tls_outside = (config.base_url or "").lower().startswith("https://")
        self._serializer: tuple[object, URLSafeTimedSerializer | None] = (None, None)

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        """Flask's own, made once for a key instead of once a request."""
        key, known = self._serializer
        if key != app.secret_key:
            known = super().get_signing_serializer(app)
            self._serializer = (app.secret_key, known)
        return known

    def get_cookie_secure(self, app: Flask) -> bool:
        """Whether the cookie of this answer goes over TLS only."""
        if self._mode != "auto":
            return self._mode == "yes"
        return self._tls_outside or (has_request_context() and request.is_secure)


class KnownBrowsers:
    """A signed cookie that says: from this browser, somebody has signed in by this name before.

    It opens nothing. It only keeps the guesses of strangers from locking out the owner of a name.
    """

    def __init__(self, secret: str) -> None:
        self.name = cookie_name(secret) + "_known"
        self._signer = URLSafeSerializer(secret, salt="known browser", signer_kwargs={"digest_method": hashlib.sha256})

    def issue(self, name: str) -> str:
        """The cookie for a browser that has just signed in by `name`."""
        return str(self._signer.dumps([secrets.token_hex(8), digest(name_key(name))]))

    def check(self, cookie: str | None, name: str) -> str | None:
        """The browser's identifier, if the cookie is ours and about this very name."""
        try:
            browser, about = self._signer.loads(cookie or "")
        except (BadData, TypeError, ValueError):
            return None
        return str(browser) if about == digest(name_key(name)) else None


def cookie_name(secret: str | bytes) -> str:
    """A name of this instance's own: browsers keep cookies by host without the port, and two wikis may share one."""
    key = secret.encode() if isinstance(secret, str) else secret
    return "hindsight_" + hashlib.sha256(b"cookie name" + key).hexdigest()[:8]


def ensure_secret(path: Path) -> str:
    """The key in `path`, made at the first call (mode 0600). Processes that race for it all get the same one.

    A complete file is linked into place, which fails when another was there first; so nobody reads half a key.
    Raises ValueError when the file holds no usable key.
    """
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        mine = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
        handle = os.open(mine, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w") as file:
            file.write(secrets.token_hex(32))
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(mine, path)
        except FileExistsError:
            pass
        finally:
            mine.unlink()
    key = path.read_text("utf-8").strip()
    if len(key) < 32:
        raise ValueError(f"{path} holds no key of 32 characters or more. Delete it, and the next start makes one.")
    return key
