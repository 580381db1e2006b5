"""What a Bluesky server lets an account write, by its rate headers (docs.bsky.app, rate limits).

`RateLimit-Limit`, `-Remaining`, `-Reset` (Unix seconds) and `RateLimit-Policy` (`5000;w=3600`)
count points, of which creating a record takes three; as of 2026-04-21.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime

from postflow_desktop.domain.quota import Quota

POINTS_OF_A_POST = 3
_POLICY = re.compile(r"\s*(\d{1,9})\s*;\s*w=(\d{1,6})\s*")


def quotas(headers: Mapping[str, str]) -> tuple[Quota, ...]:
    """The one limit of a reply, or nothing; names of `headers` are in lower case."""
    policy = _POLICY.fullmatch(headers.get("ratelimit-policy", ""))
    limit, remaining, reset = (
        _number(headers.get(f"ratelimit-{name}")) for name in ("limit", "remaining", "reset")
    )
    if policy is None or limit is None or remaining is None or reset is None:
        return ()
    seconds = int(policy.group(2))
    if not seconds:
        return ()
    return (
        Quota(
            seconds=seconds,
            limit=limit,
            remaining=remaining,
            resets_at=datetime.fromtimestamp(reset, UTC),
            cost=POINTS_OF_A_POST,
        ),
    )


def _number(value: str | None) -> int | None:
    text = (value or "").strip()
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 12 else None
