"""What a page view costs: processor time of all processes for each request, over connections that stay open."""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Iterator
from html import unescape
from urllib.parse import urlsplit

import httpx

from bench.measure import timed
from bench.processes import cpu_ms
from bench.rows import Row
from bench.server import PASSWORD, Server, gunicorn
from bench.setting import Setting

PART = "pages"
REQUESTS = 2000
CONNECTIONS = 2
LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


def views(setting: Setting) -> Iterator[Row]:
    """A cached entry for somebody signed in, against the barest page on the same gunicorn."""
    server = setting.server
    cookie = sign_in(server)
    found = setting.client.get("/api/v1/entries", params={"kind": "lesson", "limit": 1}).json()["entries"][0]
    workers, threads = 2, 4
    with gunicorn("bench.hello:application()", workers, threads) as (address, pid):
        load(address, "/", "", 200)
        bare, bare_rate = cost(address, pid, "/", "")
    load(server.url, found["url"], cookie, 200)
    mine, rate = cost(server.url, server.pid, found["url"], cookie)
    yield Row(PART, "view of a cached entry, CPU", mine, "ms", at_most=1.5, reference=bare, against="bare Flask page")
    yield Row(PART, "view of a cached entry", rate, "requests/s", at_least=1000, reference=bare_rate, against="bare")
    for name, path in (
        ("home", "/"),
        ("list of lessons", "/browse?kind=lesson"),
        ("history", f"/history/{found['id']}"),
    ):
        load(server.url, path, cookie, 50)
        each, _ = cost(server.url, server.pid, path, cookie, 400)
        yield Row(PART, f"{name}, CPU", each, "ms", reference=bare, against="bare Flask page")


def sign_in(server: Server) -> str:
    """Sign in as a person does; the cookie to send."""
    with httpx.Client(base_url=server.url, follow_redirects=True) as browser:
        page = browser.get("/sign-in")
        match = TOKEN.search(page.text)
        if match is None:
            raise RuntimeError("the sign-in page has no form")
        form = {"name": "bench", "password": PASSWORD, "csrf_token": unescape(match.group(1))}
        answer = browser.post("/sign-in", data=form)
        if answer.status_code != 200 or "/sign-in" in str(answer.url):
            raise RuntimeError(f"signing in failed with {answer.status_code}")
        return "; ".join(f"{name}={value}" for name, value in browser.cookies.items())


def cost(url: str, pid: int, path: str, cookie: str, requests: int = REQUESTS) -> tuple[float, float]:
    """Milliseconds of processor time for each request, and requests a second."""
    before = cpu_ms(pid)
    with timed() as clock:
        load(url, path, cookie, requests)
    return (cpu_ms(pid) - before) / requests, requests / clock.seconds


def load(url: str, path: str, cookie: str, requests: int) -> None:
    """Ask for one page so many times over a few connections. Raises RuntimeError for anything but 200."""
    address = urlsplit(url)
    lines = [f"GET {path} HTTP/1.1", f"Host: {address.netloc}", "Accept: text/html"]
    asked = "\r\n".join([*lines, *([f"Cookie: {cookie}"] if cookie else []), "", ""]).encode("latin-1")
    problems: list[str] = []

    def ask() -> None:
        with socket.create_connection((address.hostname or "", address.port or 80), timeout=30) as line:
            for _ in range(requests // CONNECTIONS):
                line.sendall(asked)
                status = _answered(line)
                if status != 200:
                    problems.append(f"{path} answered {status}")
                    return

    threads = [threading.Thread(target=ask) for _ in range(CONNECTIONS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if problems:
        raise RuntimeError(problems[0])


def _answered(line: socket.socket) -> int:
    """Read one answer to its end; its status.

    By hand, because whoever asks shares the machine with the server: http.client takes a third of what a page costs.
    """
    held = bytearray()
    while (end := held.find(b"\r\n\r\n")) < 0:
        _receive(line, held)
    length = LENGTH.search(held, 0, end)
    if length is None:
        raise RuntimeError("an answer does not say how long it is")
    while len(held) < end + 4 + int(length.group(1)):
        _receive(line, held)
    return int(held[9:12])


def _receive(line: socket.socket, held: bytearray) -> None:
    received = line.recv(1 << 18)
    if not received:
        raise RuntimeError("the server hung up in the middle of an answer")
    held += received
