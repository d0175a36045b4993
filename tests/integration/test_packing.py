"""Large pages are compressed for those who can read that; what could tell a secret by its length is not."""

from __future__ import annotations

import gzip

from flask import Flask

from tests.integration.reading_web import client_of
from wiki.web.packing import LEAST_BYTES

CAN = {"Accept-Encoding": "gzip, br"}


def test_a_large_page_is_sent_compressed_and_whole(app: Flask) -> None:
    client = client_of(app)
    plain = client.get("/about/style")
    packed = client.get("/about/style", headers=CAN)
    assert len(plain.data) >= LEAST_BYTES
    assert "Content-Encoding" not in plain.headers
    assert packed.headers["Content-Encoding"] == "gzip"
    assert packed.headers["Content-Length"] == str(len(packed.data))
    assert len(packed.data) < len(plain.data) / 3
    assert "Accept-Encoding" in packed.headers["Vary"]
    assert "Accept-Encoding" in plain.headers["Vary"]
    assert gzip.decompress(packed.data).startswith(b"<!doctype html>")


def test_small_pages_and_pages_with_a_query_stay_as_they_are(app: Flask) -> None:
    client = client_of(app)
    assert "Content-Encoding" not in client.get("/about/style?q=guess", headers=CAN).headers
    assert "Content-Encoding" not in client.get("/watching", headers=CAN).headers
    assert "Content-Encoding" not in client.get("/palette", headers=CAN).headers
