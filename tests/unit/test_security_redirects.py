"""Where `next` may lead: nowhere but here, whatever a browser makes of it."""

from __future__ import annotations

from urllib.parse import urljoin, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wiki.web.redirects import local_target

BASE = "https://wiki.example/sign-in"


@pytest.mark.parametrize(
    "target", ["/", "/wiki/lessons/a", "/search?q=a%20b&kind=lesson#top", "/wiki/%2F%2Fevil", "/a//b"]
)
def test_paths_of_this_site_are_kept(target: str) -> None:
    assert local_target(target) == target


@pytest.mark.parametrize(
    "target",
    [
        None,
        "",
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "\\/evil.example",
        "https:evil.example",
        "https://evil.example",
        "javascript:alert(1)",
        "data:text/html,x",
        "evil.example",
        "?next=/",
        "/\t/evil.example",
        "/\n/evil.example",
        "\t//evil.example",
        " //evil.example",
        "/\x00/evil.example",
        "/a\r\nSet-Cookie: a=b",
        "/\u00a0/evil.example",
        "/" + "a" * 3000,
        "//[bad",
    ],
)
def test_everything_else_is_refused(target: str | None) -> None:
    assert local_target(target) is None


HOSTILE = st.text(st.sampled_from("/\\:?#@.[]%\t\n\r \x00ahtpsevil"), max_size=24)


@given(st.one_of(HOSTILE, HOSTILE.map(lambda tail: "/" + tail), st.text(max_size=30)))
def test_whatever_passes_stays_on_the_host(target: str) -> None:
    kept = local_target(target)
    if kept is None:
        return
    seen_by_a_browser = kept.replace("\\", "/").translate({9: None, 10: None, 13: None})
    assert urlsplit(urljoin(BASE, seen_by_a_browser)).netloc == "wiki.example"
    assert kept.startswith("/")
    assert not kept.startswith("//")
