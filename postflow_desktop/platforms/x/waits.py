"""When X lets us again, by the headers of its rate limits (docs.x.com, rate limits).

There is no `Retry-After`. Each limit has `…-limit`, `…-remaining` and `…-reset` (Unix seconds): one
for 15 minutes, and for posts one for 24 hours for the account and one for the app.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

_LIMITS = ("x-rate-limit", "x-user-limit-24hour", "x-app-limit-24hour")
_LONGEST_WAIT = timedelta(hours=24)


def retry_time(headers: Mapping[str, str], now: datetime) -> datetime | None:
    """The latest reset of the limits that are used up, else of the shortest; None if unknown.

    Names of `headers` are in lower case.
    """
    used_up = [name for name in _LIMITS if headers.get(f"{name}-remaining", "").strip() == "0"]
    resets = [_unix(headers.get(f"{name}-reset")) for name in used_up or _LIMITS[:1]]
    latest = max((reset for reset in resets if reset is not None), default=None)
    return None if latest is None else min(latest, now + _LONGEST_WAIT)


def _unix(value: str | None) -> datetime | None:
    text = (value or "").strip()
    if not (text.isdecimal() and len(text) < 15):
        return None
    try:
        return datetime.fromtimestamp(int(text), UTC)
    except (ValueError, OverflowError, OSError):
        return None
