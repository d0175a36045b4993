"""Large pages go compressed over the line; small ones are faster as they are.

A page with a query is never compressed: what a stranger could put into it would stand next to the form's secret, and
its compressed length would tell of it (BREACH). Static files have their own, better compression (`wiki.web.static`).
"""

from __future__ import annotations

import zlib

from flask import Flask, Response, request

from wiki.config import Config

# Below this the line gains less than a phone notices, and every page view would pay for it.
LEAST_BYTES = 16_000
LEVEL = 1  # a third of the time of the usual 6, for a tenth more bytes
GZIP = 16 + zlib.MAX_WBITS


def init_app(app: Flask, config: Config) -> None:
    """Look at every answer once it is complete."""
    app.after_request(_packed)


def _packed(response: Response) -> Response:
    if response.mimetype != "text/html" or response.status_code != 200 or response.is_streamed:
        return response
    if request.query_string or "Content-Encoding" in response.headers:
        return response
    data = response.get_data()
    if len(data) < LEAST_BYTES:
        return response
    response.headers.add("Vary", "Accept-Encoding")
    if "gzip" in request.headers.get("Accept-Encoding", ""):
        packer = zlib.compressobj(LEVEL, zlib.DEFLATED, GZIP)
        response.set_data(packer.compress(data) + packer.flush())
        response.headers["Content-Encoding"] = "gzip"
    return response
