"""What comes before serving: the lock on the instance, the listening socket, and what the terminal is told."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import json
import os
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

from wiki.composition import prepare_instance
from wiki.config import Config, ConfigError
from wiki.supervisor import Supervisor

BACKLOG = 1024


class AlreadyServedError(ConfigError):
    """Another process serves this instance."""


@contextlib.contextmanager
def instance_lock(config: Config) -> Iterator[Callable[[str], None]]:
    """Hold the instance for this process. Gives a function that writes down at which address it is served.

    The lock is the kernel's and goes with the process, whatever ends it. Raises AlreadyServedError.
    """
    config.run_path.mkdir(parents=True, exist_ok=True)
    path = config.run_path / "serve.lock"
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise AlreadyServedError(_who(path, config)) from None
        _write(descriptor, "")
        yield lambda url: _write(descriptor, url)
    finally:
        os.close(descriptor)


def _write(descriptor: int, url: str) -> None:
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, json.dumps({"pid": os.getpid(), "url": url}).encode(), 0)


def _who(path: Path, config: Config) -> str:
    try:
        found = json.loads(path.read_text("utf-8"))
        who = f"process {int(found['pid'])}" + (f" at {found['url']}" if found["url"] else "")
    except (OSError, ValueError, KeyError, TypeError):
        who = "another process"
    return f"The instance {config.instance} is already served by {who}. Stop it first, or choose another --instance."


def listen(config: Config) -> socket.socket:
    """The listening socket. Raises ConfigError that says what to do when the address cannot be used."""
    family = socket.AF_INET6 if ":" in config.host else socket.AF_INET
    try:
        return socket.create_server((config.host, config.port), family=family, backlog=BACKLOG)
    except socket.gaierror:
        raise ConfigError(f"HOST={config.host} is no address of this machine. Try 127.0.0.1 or 0.0.0.0.") from None
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            hint = "Stop what uses it, or choose another with PORT=8001 (PORT=0 takes a free one)."
            raise ConfigError(f"Port {config.port} is in use. {hint}") from None
        if error.errno == errno.EACCES:
            raise ConfigError(f"Port {config.port} is not for ordinary users. Choose one from 1024.") from None
        raise ConfigError(f"Cannot listen on {config.host}:{config.port}: {error.strerror}.") from None


def address_of(listener: socket.socket, host: str) -> str:
    """The address to open in a browser on this machine."""
    port = listener.getsockname()[1]
    shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)  # noqa: S104
    return f"http://{shown}:{port}"


def first_account_link(config: Config, url: str) -> str | None:
    """The one-time link that makes the first account, or None when there is an account."""
    from wiki.people import People

    people = People(config.people_url)
    try:
        secret = people.first_account_link_token()
    finally:
        people.close()
    return None if secret is None else f"{(config.base_url or url).rstrip('/')}/first-account/{secret}"


def serve(config: Config, say: Callable[[str], None]) -> None:
    """Prepare the instance and serve it until told to stop. Raises ConfigError when it cannot begin."""
    config.instance.mkdir(parents=True, exist_ok=True)
    with instance_lock(config) as announce, listen(config) as listener:
        prepare_instance(config)
        url = address_of(listener, config.host)
        announce(url)
        say(f"Hindsight serves {config.instance} at {url}")
        link = first_account_link(config, url)
        if link is not None:
            say(f"There is no account yet. Create the first one here (this link works once):\n  {link}")
        say("Stop it with Ctrl+C.")
        Supervisor(config, listener, say).run()
    say("Stopped.")
