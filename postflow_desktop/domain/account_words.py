"""What is left for an account, in sentences that commands and cards share. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from postflow_desktop.domain.account_use import AccountUse, CapUse
from postflow_desktop.domain.quota import Quota

_WINDOWS = {900: "quarter of an hour", 3600: "hour", 86_400: "day"}


def limit_lines(use: AccountUse, clock: Callable[[datetime], str]) -> Sequence[str]:
    """How much may still go out, the shortest window first; `clock` writes a moment.

    What the network said counts before what PostFlow counted itself.
    """
    told = {quota.seconds for quota in use.quotas if not quota.of_app}
    lines = [(quota.seconds, _told(quota, clock)) for quota in use.quotas]
    lines += [(cap.seconds, _counted(cap)) for cap in use.caps if cap.seconds not in told]
    found = [line for _, line in sorted(lines)]
    if use.blocked_until is not None and use.blocked_until > use.at:
        found.insert(0, f"Nothing more is taken until {clock(use.blocked_until)}")
    return found


def _told(quota: Quota, clock: Callable[[datetime], str]) -> str:
    whose = " for the developer app" if quota.of_app else ""
    return (
        f"{quota.posts_left:,} of {quota.posts:,} posts left in this {_window(quota.seconds)}"
        f"{whose}, until {clock(quota.resets_at)}"
    )


def _counted(cap: CapUse) -> str:
    return f"{cap.left:,} of {cap.posts:,} posts left for one {_window(cap.seconds)}"


def _window(seconds: int) -> str:
    return _WINDOWS.get(seconds) or f"window of {max(1, round(seconds / 60))} minutes"
