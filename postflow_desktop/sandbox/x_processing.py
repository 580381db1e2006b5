"""What the sandbox's X does with videos and GIFs after they came: it works on them for a while.

Every question about the state goes one step further: pending, in progress, and then succeeded or
failed. A real X goes by the clock; nothing here waits.
"""

from __future__ import annotations

from collections.abc import Iterable

from postflow_desktop.sandbox.exchange import Json
from postflow_desktop.sandbox.films import has_mark, seconds_of

MAX_SECONDS = 1200.0
"""For accounts without a subscription (X's changelog of 2026-09-01)."""
_CHECK_AFTER = 1


def begun(category: str, pieces: Iterable[bytes]) -> Json:
    """What is kept of an upload that has to be worked on."""
    every = list(pieces)
    sound = category != "tweet_video" or (has_mark(every, b"moov") and has_mark(every, b"avc1"))
    seconds = seconds_of(every) if category == "tweet_video" else None
    return {"asked": 0, "sound": sound, "seconds": seconds}


def asked(work: Json) -> Json:
    """The same after one more question."""
    return {**work, "asked": work["asked"] + 1}


def is_ready(work: Json | None) -> bool:
    """Whether a post may carry it; what needs no work is ready at once."""
    return work is None or state_of(work) == "succeeded"


def state_of(work: Json) -> str:
    """The state in X's words."""
    if work["asked"] == 0:
        return "pending"
    if work["asked"] == 1:
        return "in_progress"
    return "succeeded" if work["sound"] else "failed"


def info_of(work: Json) -> Json:
    """`processing_info` of an answer."""
    state = state_of(work)
    info: Json = {"state": state}
    if state in {"pending", "in_progress"}:
        info["check_after_secs"] = _CHECK_AFTER
    if state == "in_progress":
        info["progress_percent"] = 50
    if state == "succeeded":
        info["progress_percent"] = 100
    if state == "failed":
        info["error"] = {
            "code": 1,
            "name": "InvalidMedia",
            "message": "Unsupported video format",
        }
    return info


def is_too_long(work: Json | None) -> bool:
    """Whether an account may not post a video of that length."""
    return work is not None and (work["seconds"] or 0.0) > MAX_SECONDS
