"""Posts that count as older than they are, so that a sample's past has the numbers of a past.

Only how people react goes by it; what a network says about a post's time stays as it is.
"""

from __future__ import annotations

from datetime import datetime

from postflow_desktop.sandbox.exchange import Answer, Call, json_answer
from postflow_desktop.sandbox.state import State

_KIND = "ages"
_MOST = 1000


def seems_posted(state: State, external_id: str, posted_at: datetime) -> datetime:
    """Since when people react to a post."""
    known = state.get(_KIND, external_id)
    if known is None:
        return posted_at
    return min(posted_at, datetime.fromisoformat(known["postedAt"]))


def keep_ages(state: State, call: Call) -> Answer:
    """`POST /sandbox/ages`: `{"ages": {"<id of a post>": "2026-11-01T09:00:00Z"}}`."""
    # A page in a browser can't send this type to another origin without asking first.
    is_json = call.headers.get("content-type", "").startswith("application/json")
    told = (call.json() or {}).get("ages") if is_json and call.method == "POST" else None
    if not isinstance(told, dict) or len(told) > _MOST:
        return _bad()
    moments = {external_id: _moment(text) for external_id, text in told.items()}
    kept = {external_id: at for external_id, at in moments.items() if at is not None}
    if len(kept) < len(told):
        return _bad()
    for external_id, at in kept.items():
        state.put(_KIND, external_id, {"postedAt": at.isoformat()})
    return json_answer({"kept": len(kept)})


def _moment(text: object) -> datetime | None:
    try:
        moment = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return moment if moment.tzinfo else None


def _bad() -> Answer:
    message = f"ages is an object of at most {_MOST} ids of posts with times in RFC 3339"
    return json_answer({"error": "InvalidRequest", "message": message}, 400)
