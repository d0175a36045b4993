"""People whom entries name and who have no account here, over the API; the desk's operation settles their claims."""

from __future__ import annotations

from typing import Any

from wiki.api.operations import Answer, Call
from wiki.api.problems import Problem
from wiki.curation import names
from wiki.curation.names import Named
from wiki.services import services

ACTS = {"claim": names.claim, "withdraw": names.withdraw}


def index(call: Call) -> Answer:
    """Everybody of whom the caller may see an entry."""
    if call.viewer.account_id is None:
        raise Problem(403, "Sign in, or send a token: names are shown to accounts.")
    offset, limit = call.query.get("offset", 0), call.query.get("limit", 50)
    rows = names.unknown(services(), call.viewer)
    return Answer({"names": [document(row) for row in rows[offset : offset + limit]], "total": len(rows)})


def document(row: Named) -> dict[str, Any]:
    """One of them."""
    return {
        "name": row.name,
        "shown": row.shown,
        "entries": len(row.entry_ids),
        "known": row.known.account_id if row.known else None,
        "claims": [
            {"account": one.account_id, "name": one.display_name, "asked_at": one.asked_at.isoformat()}
            for one in row.claims
        ],
    }


def claim(call: Call) -> Answer:
    """Say that a name means the caller, or take that back."""
    sentence = ACTS[call.body["act"]](services(), call.body["name"], call.viewer)
    return Answer({"sentence": sentence, "commit": None})
