"""A thousand pages of six kilobytes on a real server: processor time of all processes for a search.

The peers were measured on as many pages of that size. Their processor time hardly moves with what else the machine
does, so it is what can be compared.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import httpx

from bench import collection
from bench.measure import each_ms, median, percentile
from bench.pages import sign_in
from bench.processes import cpu_ms
from bench.rows import Row
from bench.server import Server

PART = "thousand"
PAGES = 1000
BYTES = 6000
REQUESTS = 200
WARM = 200
"""Questions before the first that counts, so that each process has loaded what it needs: the peers ran for minutes."""


def rows(data: Path, root: Path) -> Iterator[Row]:
    """A search by words, by both, and by both again, each of the page and of the API."""
    pool = collection.real_sentences(data)
    server = Server((root / "thousand").absolute())
    if not server.instance.exists():
        folder = root / "thousand-pages"
        write(pool, folder)
        server.wiki("import", str(folder))
    token = server.account()
    server.start()
    try:
        server.wait_index("keyword")
        server.wait_index("semantic")
        cookie = sign_in(server)
        with httpx.Client(base_url=server.url, timeout=60) as client:
            for what, headers, path in (
                ("API", {"Authorization": f"Bearer {token}"}, "/api/v1/search"),
                ("page", {"Cookie": cookie}, "/search"),
            ):
                for question in collection.questions(pool, WARM, seed=99):
                    _get(client, path, headers, question, "keyword")
                yield from costs(what, server, pool, lambda q, m, p=path, h=headers: _get(client, p, h, q, m))  # type: ignore[misc]
    finally:
        server.stop()


def write(pool: list[str], folder: Path) -> None:
    """The pages as Markdown files of three sections each, about as long as the peers' pages."""
    folder.mkdir(parents=True, exist_ok=True)
    for number, document in enumerate(collection.documents(pool, 3 * PAGES, seed=6)):
        text = document.body
        if number % 3 == 0:
            page, body = document.title, []
        body.append(text.replace("## Part", f"## {document.title}, part"))
        if number % 3 == 2:
            whole = "\n\n".join(body)[:BYTES]
            (folder / f"page-{number // 3}.md").write_text(f"# {page}\n\n{whole}\n", encoding="utf-8")


def costs(what: str, server: Server, pool: list[str], get: Callable[[str, str], None]) -> Iterator[Row]:
    """Milliseconds of all processes for each request, one after the other."""
    asked = collection.questions(pool, REQUESTS, seed=len(what))
    two = [" ".join(question.split()[:2]) for question in asked]
    for name, mode, texts, target in (
        ("keyword, two words", "keyword", two, 8.0),
        ("keyword, a question", "keyword", asked, 8.0),
        ("hybrid, distinct", "hybrid", asked, 30.0),
        ("hybrid, the same again", "hybrid", asked[:1] * REQUESTS, 15.0),
    ):
        get(texts[0], mode)
        before = cpu_ms(server.pid)
        times = each_ms(lambda n, t=texts, m=mode: get(t[n], m), len(texts))  # type: ignore[misc]
        cpu = (cpu_ms(server.pid) - before) / len(texts)
        note = f"median {median(times):.1f}, p95 {percentile(times, 0.95):.1f} ms on the wall"
        yield Row(PART, f"search of 1,000 pages of 6 kB, {what}, {name}: CPU", cpu, "ms", target, note=note)


def _get(client: httpx.Client, path: str, headers: dict[str, str], question: str, mode: str) -> None:
    client.get(path, params={"q": question, "mode": mode}, headers=headers).raise_for_status()
