"""How people react to a sandbox post: the same for the same post and age, never less with time.

Most of it comes in the first hours and then ebbs away, as on real networks; some posts do far
better than others. Nobody is behind it.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from math import exp

_FAST_HOURS, _SLOW_HOURS = 2.0, 48.0
_FAST_SHARE = 0.45
_LEAST, _MOST = 60, 4000
"""How often a post is shown in the end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reactions:
    """What became of a post so far."""

    impressions: int
    reach: int
    likes: int
    replies: int
    reposts: int
    quotes: int
    saves: int
    clicks: int
    profile_visits: int


def reactions(post_id: str, posted_at: datetime, now: datetime) -> Reactions:
    """The numbers of a post at that time."""
    hours = max(0.0, (now - posted_at).total_seconds() / 3600)
    fast = _FAST_SHARE * (1 - exp(-hours / _FAST_HOURS))
    shown = fast + (1 - _FAST_SHARE) * (1 - exp(-hours / _SLOW_HOURS))
    # Few posts do very well: the square keeps most of them small.
    impressions = (_LEAST + (_MOST - _LEAST) * _luck(post_id, "shown") ** 2) * shown

    def part(name: str, least: float, most: float) -> int:
        return int(impressions * (least + (most - least) * _luck(post_id, name)))

    return Reactions(
        impressions=int(impressions),
        reach=part("reach", 0.6, 0.85),
        likes=part("likes", 0.01, 0.06),
        replies=part("replies", 0.001, 0.012),
        reposts=part("reposts", 0.002, 0.015),
        quotes=part("quotes", 0.0, 0.004),
        saves=part("saves", 0.001, 0.01),
        clicks=part("clicks", 0.004, 0.04),
        profile_visits=part("visits", 0.002, 0.015),
    )


def followers(account: str, started_at: datetime, now: datetime) -> int:
    """How many follow an account: some from the start, and a few more every day."""
    days = max(0.0, (now - started_at).total_seconds() / 86400)
    return int(80 + 900 * _luck(account, "followers") + days * (1 + 5 * _luck(account, "growth")))


def following(account: str) -> int:
    """How many an account follows; it stays the same."""
    return int(20 + 200 * _luck(account, "following"))


def _luck(name: str, what: str) -> float:
    """Between 0 and 1, the same every time."""
    digest = hashlib.sha256(f"{what}:{name}".encode()).digest()
    return int.from_bytes(digest[:4], "big") / 2**32
