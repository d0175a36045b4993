"""Every setting of the program, typed, with its default and its environment name, in one table.

The table is what `load_config` reads, what `python -m wiki settings` prints and what docs/settings.md is tested
against, so that a setting cannot exist without being documented.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any


class ConfigError(ValueError):
    """A setting cannot be used; the message says which one and what it takes."""


def _int(low: int, high: int) -> Callable[[str], int]:
    def convert(text: str) -> int:
        value = int(text)
        if not low <= value <= high:
            raise ValueError(f"a whole number from {low} to {high}")
        return value

    return convert


def _choice(*names: str) -> Callable[[str], str]:
    def convert(text: str) -> str:
        if text not in names:
            raise ValueError("one of " + ", ".join(names))
        return text

    return convert


LANGUAGES = {"en": "English", "de": "Deutsch"}
"""Languages of the interface by their code, each under its own name; all but English have a catalog in
wiki/translations."""


@dataclass(frozen=True, slots=True)
class Setting:
    """One row of the table: the field of `Config`, its environment name, its default, a reader and what it is for."""

    field: str
    env: str
    default: Any
    convert: Callable[[str], Any]
    help: str


SETTINGS: tuple[Setting, ...] = (
    Setting("instance", "HINDSIGHT_INSTANCE", Path("instance"), Path, "folder that holds all data of this wiki"),
    Setting("host", "HOST", "127.0.0.1", str, "address to listen on; 0.0.0.0 for the local network"),
    Setting("port", "PORT", 8000, _int(0, 65535), "port to listen on"),
    Setting("site_name", "HINDSIGHT_NAME", "Hindsight", str, "name shown at the top of every page"),
    Setting("read", "HINDSIGHT_READ", "members", _choice("members", "public"), "who may read without signing in"),
    Setting("base_url", "HINDSIGHT_BASE_URL", None, str, "public address, for links in feeds and invitations"),
    Setting("database_url", "HINDSIGHT_DATABASE_URL", None, str, "SQLAlchemy URL of the people database"),
    Setting("language", "HINDSIGHT_LANGUAGE", "english", str, "language of the keyword search's stemmer"),
    Setting(
        "locale",
        "HINDSIGHT_LOCALE",
        "en",
        _choice(*LANGUAGES),
        "language of the interface where neither account nor browser asks for one",
    ),
    Setting("model", "HINDSIGHT_MODEL", "bundled", str, "sentence-transformers model: bundled, a name or a path"),
    Setting(
        "proxy_hops",
        "HINDSIGHT_PROXY_HOPS",
        0,
        _int(0, 10),
        "reverse proxies in front that set X-Forwarded-*",
    ),
    Setting(
        "secure_cookies",
        "HINDSIGHT_SECURE_COOKIES",
        "auto",
        _choice("auto", "yes", "no"),
        "cookies over TLS only",
    ),
    Setting("workers", "HINDSIGHT_WORKERS", 0, _int(0, 64), "web processes; 0 takes one for each core, at least 2"),
    Setting("threads", "HINDSIGHT_THREADS", 4, _int(1, 64), "threads of each web process"),
    Setting(
        "encoder_threads",
        "HINDSIGHT_ENCODER_THREADS",
        0,
        _int(0, 64),
        "threads of the encoder; 0 leaves it to torch",
    ),
    Setting("max_body_bytes", "HINDSIGHT_MAX_BODY", 1_000_000, _int(1_000, 20_000_000), "longest text of an entry"),
    Setting(
        "max_attachment_bytes",
        "HINDSIGHT_MAX_ATTACHMENT",
        10_000_000,
        _int(1_000, 200_000_000),
        "largest attached file",
    ),
)


@dataclass(frozen=True)
class Config:
    """The settings in force. Sizes are bytes; `instance` is absolute."""

    instance: Path
    host: str = "127.0.0.1"
    port: int = 8000
    site_name: str = "Hindsight"
    read: str = "members"
    base_url: str | None = None
    database_url: str | None = None
    language: str = "english"
    locale: str = "en"
    model: str = "bundled"
    proxy_hops: int = 0
    secure_cookies: str = "auto"
    workers: int = 0
    threads: int = 4
    encoder_threads: int = 0
    max_body_bytes: int = 1_000_000
    max_attachment_bytes: int = 10_000_000
    testing: bool = False

    @property
    def max_request_bytes(self) -> int:
        """Largest request that is read: an attachment, or an overlong text that is to be shown again."""
        return self.max_attachment_bytes + 10 * self.max_body_bytes

    @property
    def public(self) -> bool:
        """Whether reading needs no account."""
        return self.read == "public"

    @property
    def content_path(self) -> Path:
        """The bare git repository: the truth about entries."""
        return self.instance / "content.git"

    @property
    def people_url(self) -> str:
        """SQLAlchemy URL of the people database."""
        return self.database_url or f"sqlite:///{self.instance / 'people.db'}"

    @property
    def secret_path(self) -> Path:
        """File (0600) with the key that signs sessions."""
        return self.instance / "secret_key"

    @property
    def held_path(self) -> Path:
        """Pictures pasted into drafts that have no entry yet."""
        return self.instance / "held"

    @property
    def run_path(self) -> Path:
        """Locks and sockets of the running processes."""
        return self.instance / "run"

    @property
    def socket_path(self) -> Path:
        """The indexer's Unix socket."""
        return self.run_path / "indexer.sock"

    @property
    def derived_path(self) -> Path:
        """Everything that can be deleted and comes back from content."""
        return self.instance / "derived"

    @property
    def catalog_path(self) -> Path:
        """The derived catalog."""
        return self.derived_path / "catalog.db"

    @property
    def index_path(self) -> Path:
        """Everything that the indexer writes."""
        return self.derived_path / "index"


def load_config(environ: Mapping[str, str] | None = None, **overrides: Any) -> Config:
    """Read the settings from `environ` (the process's by default); overrides that are not None win.

    Raises ConfigError with a sentence that names the setting and what it takes.
    """
    env = os.environ if environ is None else environ
    known = {f.name for f in fields(Config)}
    unknown = set(overrides) - known
    if unknown:
        raise ConfigError(f"there is no setting {', '.join(sorted(unknown))}")
    values: dict[str, Any] = {}
    for setting in SETTINGS:
        text = env.get(setting.env, "")
        if overrides.get(setting.field) is not None:
            values[setting.field] = overrides[setting.field]
        elif text:
            values[setting.field] = _read(setting, text)
        else:
            values[setting.field] = setting.default
    values["instance"] = Path(values["instance"]).absolute()
    values["testing"] = bool(overrides.get("testing", False))
    return Config(**values)


def _read(setting: Setting, text: str) -> Any:
    try:
        return setting.convert(text)
    except ValueError as error:
        raise ConfigError(f"{setting.env}={text!r} cannot be used: it takes {error}") from error
