"""Which page of a list is asked for."""

from __future__ import annotations

from flask import request


def page_number(name: str = "page") -> int:
    """The number given as `name` in the address or the form, from 1; what makes no sense counts as 1.

    At most six digits, so that no list is asked for rows that no database can count to.
    """
    given = request.values.get(name, "1").strip()
    return max(1, int(given)) if given.isascii() and given.isdecimal() and len(given) < 7 else 1
