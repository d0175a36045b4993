"""/healthz: whether the wiki answers, which content it serves, and how far the indexes have followed.

Open to everybody and cheap: it is asked by supervisors, proxies and tests, and tells no names and no text.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, current_app, jsonify
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue

from indexer import PartStatus
from wiki.progress import Behind
from wiki.services import services
from wiki.web.security import public

bp = Blueprint("health", __name__)


@bp.record_once
def _prepare(state: BlueprintSetupState) -> None:
    state.app.extensions["hindsight-behind"] = Behind(state.app.extensions["hindsight"].store)


@bp.get("/healthz")
@public
def healthz() -> ResponseReturnValue:
    """200 with the state of content and index; `behind` counts entries that are not followed yet."""
    from wiki import __version__

    parts = services()
    index = parts.index.status(behind=current_app.extensions["hindsight-behind"])
    answer = jsonify(
        status="ok",
        version=__version__,
        content={"commit": parts.store.tip() or ""},
        index={
            "keyword": _part(index.keyword),
            "semantic": _part(index.semantic),
            "entries": index.entries,
            "passages": index.passages,
            "message": index.message,
        },
    )
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _part(part: PartStatus) -> dict[str, Any]:
    return {"ready": part.ready, "behind": part.behind}
