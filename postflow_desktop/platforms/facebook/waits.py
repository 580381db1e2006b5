"""When Facebook lets us again, by the usage that it reports (Graph API, rate limits).

There is no `Retry-After`; `X-Business-Use-Case-Usage` estimates minutes, for each Page and kind.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

_LONGEST_WAIT = timedelta(hours=24)


def retry_time(headers: Mapping[str, str], now: datetime) -> datetime | None:
    """The end of the longest wait that is reported; None if none is. Names in lower case."""
    minutes = max(_minutes(headers.get("x-business-use-case-usage", "")), default=0)
    return now + min(timedelta(minutes=minutes), _LONGEST_WAIT) if minutes > 0 else None


def _minutes(text: str) -> Iterator[int]:
    try:
        usage = json.loads(text)
    except (ValueError, RecursionError):
        return
    for uses in usage.values() if isinstance(usage, dict) else ():
        for use in uses if isinstance(uses, list) else ():
            value = use.get("estimated_time_to_regain_access") if isinstance(use, dict) else None
            if isinstance(value, int) and not isinstance(value, bool):
                yield min(value, 10**6)
