"""What X lets an account do, by the headers of its rate limits (docs.x.com, rate limits).

There is no `Retry-After`. Each limit has `…-limit`, `…-remaining` and `…-reset` (Unix seconds): one
for 15 minutes, and for posts one for 24 hours for the account and one for the app.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from postflow_desktop.domain.quota import Quota

_WINDOWS = {"x-rate-limit": 900, "x-user-limit-24hour": 86_400, "x-app-limit-24hour": 86_400}
_LIMITS = tuple(_WINDOWS)
_OF_APP = "x-app-limit-24hour"
_LONGEST_WAIT = timedelta(hours=24)


def retry_time(headers: Mapping[str, str], now: datetime) -> datetime | None:
    """The latest reset of the limits that are used up, else of the shortest; None if unknown.

    Names of `headers` are in lower case.
    """
    used_up = [name for name in _LIMITS if headers.get(f"{name}-remaining", "").strip() == "0"]
    resets = [_unix(headers.get(f"{name}-reset")) for name in used_up or _LIMITS[:1]]
    latest = max((reset for reset in resets if reset is not None), default=None)
    return None if latest is None else min(latest, now + _LONGEST_WAIT)


def quotas(headers: Mapping[str, str]) -> tuple[Quota, ...]:
    """What the headers of a reply to a post say; limits that are told in part are left out.

    Names of `headers` are in lower case.
    """
    found = []
    for name, seconds in _WINDOWS.items():
        limit, remaining = (_number(headers.get(f"{name}-{end}")) for end in ("limit", "remaining"))
        resets_at = _unix(headers.get(f"{name}-reset"))
        if limit is not None and remaining is not None and resets_at is not None:
            found.append(
                Quota(
                    seconds=seconds,
                    limit=limit,
                    remaining=remaining,
                    resets_at=resets_at,
                    of_app=name == _OF_APP,
                )
            )
    return tuple(found)


def _number(value: str | None) -> int | None:
    text = (value or "").strip()
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else None


def _unix(value: str | None) -> datetime | None:
    text = (value or "").strip()
    if not (text.isdecimal() and len(text) < 15):
        return None
    try:
        return datetime.fromtimestamp(int(text), UTC)
    except (ValueError, OverflowError, OSError):
        return None
