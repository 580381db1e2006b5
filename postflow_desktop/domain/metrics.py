"""What the networks tell about published posts and about accounts: counts, or that they don't say.

A missing number is never zero. Which field of which network a number comes from:

========== ======================= ========================== =================================
number     X                       LinkedIn                   Bluesky
========== ======================= ========================== =================================
impressions impression_count       impressionCount            (not told)
reach      (not told)              uniqueImpressionsCount     (not told)
likes      like_count              likeCount (reactions)      likeCount
comments   reply_count             commentCount               replyCount
shares     reposts and quotes      shareCount                 repostCount and quoteCount
saves      bookmark_count          POST_SAVE (people only)    bookmarkCount
clicks     url_link_clicks         clickCount                 (not told)
views      view_count of videos    (not told)                 (not told)
engagement engagements, else a sum a sum: LinkedIn has a rate a sum
========== ======================= ========================== =================================

Sources: docs.x.com (metrics; OpenAPI 2.167), learn.microsoft.com (organization share statistics,
member post statistics, version 202609), the lexicons `app.bsky.feed.defs` and
`app.bsky.actor.defs`; all of 2026-11-21.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

from postflow_desktop.domain.network import Network
from postflow_desktop.domain.time import require_aware

_LARGEST = 2**63 - 1
"""What the cluster can store as a whole number."""


class Untold(StrEnum):
    """Why a network tells less than it usually does, or nothing."""

    MEMBER_CLOSED = "member_closed"
    """LinkedIn: a person's numbers are for apps with a product that is given after a review."""
    AGED = "aged"
    """X: what only the owner sees ends 30 days after the post; public counts go on."""
    OWNER_ONLY = "owner_only"
    """X: what only the owner sees was not given to this app."""
    NO_VIEW = "no_view"
    """Bluesky: the account's own server does not count and asks nobody who does."""


_SENTENCES: Mapping[Untold, str] = {
    Untold.MEMBER_CLOSED: "LinkedIn tells the numbers of people's posts only to apps that it has "
    "reviewed (Community Management API); this account's app is none of them.",
    Untold.AGED: "X tells clicks and its own count of engagements for 30 days only; later they "
    "stay as they were told last.",
    Untold.OWNER_ONLY: "X did not tell this app what only the owner of a post sees.",
    Untold.NO_VIEW: "The server of this account counts no reactions, and asks none that does.",
}


READ_FROM: Final = frozenset({Network.BLUESKY, Network.LINKEDIN, Network.X})
"""The networks whose numbers PostFlow reads."""


def sentence(reason: Untold | None) -> str:
    """The reason for people; empty where there is none."""
    return "" if reason is None else _SENTENCES[reason]


_WORDS: Mapping[str, str] = {"views": "video views"}


def not_told(names: Sequence[str], title: str) -> str:
    """Which numbers the network of that title leaves out; empty where it tells all."""
    words = (_WORDS.get(name, name) for name in names)
    return f"Not told by {title}: {', '.join(words)}." if names else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PostMetrics:
    """The numbers of one post since it went out; None is what the network does not tell."""

    impressions: int | None = None
    """How often it was shown."""
    reach: int | None = None
    """How many people it was shown to."""
    likes: int | None = None
    comments: int | None = None
    shares: int | None = None
    saves: int | None = None
    clicks: int | None = None
    """On links; on LinkedIn on anything in the post."""
    views: int | None = None
    """Of its videos."""
    engagement: int | None = None
    """Everything that people did with it: the network's own count, else `reactions`."""
    reason: Untold | None = None

    @property
    def numbers(self) -> dict[str, int | None]:
        """All of them by name, in the order in which people read them."""
        return {name: getattr(self, name) for name in NUMBERS}

    @property
    def untold(self) -> tuple[str, ...]:
        """The names of those that are not told."""
        return tuple(name for name, value in self.numbers.items() if value is None)

    @property
    def reactions(self) -> int | None:
        """The sum of what is told of likes, comments, shares, saves and clicks."""
        found = [self.likes, self.comments, self.shares, self.saves, self.clicks]
        known = [value for value in found if value is not None]
        return sum(known) if known else None

    def with_engagement(self) -> PostMetrics:
        """With the sum where the network has no count of its own."""
        return self if self.engagement is not None else replace(self, engagement=self.reactions)

    def after(self, before: PostMetrics | None) -> PostMetrics:
        """These, and of an earlier measurement what a network tells for a time only."""
        if before is None or self.reason is not Untold.AGED:
            return self
        clicks = before.clicks if self.clicks is None else self.clicks
        counts = [value for value in (self.engagement, before.engagement) if value is not None]
        return replace(self, clicks=clicks, engagement=max(counts, default=None))


def with_numbers(numbers: Mapping[str, int | None], *, reason: Untold | None = None) -> PostMetrics:
    """From numbers by name; those that are not there are not told."""
    return PostMetrics(**{**dict(numbers), "reason": reason})  # type: ignore[arg-type]  # by name


NUMBERS: Final = tuple(field.name for field in fields(PostMetrics) if field.name != "reason")
"""The names of a post's numbers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountMetrics:
    """The numbers of an account now; None is what the network does not tell."""

    followers: int | None = None
    following: int | None = None
    posts: int | None = None
    reason: Untold | None = None

    @property
    def numbers(self) -> dict[str, int | None]:
        """All of them by name."""
        return {"followers": self.followers, "following": self.following, "posts": self.posts}

    @property
    def untold(self) -> tuple[str, ...]:
        """The names of those that are not told."""
        return tuple(name for name, value in self.numbers.items() if value is None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Gone:
    """The network has no such post (any more)."""


GONE: Final = Gone()


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasuredPost:
    """What is kept about a post on one account."""

    organization_id: str
    post_id: str
    account_id: str
    network: Network
    external_id: str
    url: str
    metrics: PostMetrics
    fetched_at: datetime
    """When these numbers were told, on the cluster's clock; where none ever were, when the network
    was asked first."""
    asked_at: datetime
    """When the network was asked last, whatever came of it."""
    gone_at: datetime | None = None
    """When it was found to be no longer on the network."""

    def __post_init__(self) -> None:
        for moment in (self.fetched_at, self.asked_at, self.gone_at):
            require_aware(moment)


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountDay:
    """What is kept about an account for one day (UTC): the last measurement of that day."""

    organization_id: str
    account_id: str
    network: Network
    day: date
    metrics: AccountMetrics
    fetched_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How often a post is measured as it grows older."""

    first: timedelta
    """Its age at the first time."""
    steps: tuple[tuple[timedelta, timedelta], ...]
    """(below this age, so often), by age; beyond the last one it is not measured any more."""

    @property
    def longest(self) -> timedelta:
        """The age beyond which nothing is measured."""
        return self.steps[-1][0]

    def next_at(self, published_at: datetime, last: datetime | None) -> datetime | None:
        """When it is to be measured again; None where it is too old for that."""
        at = published_at + self.first
        if last is not None:
            age = last - published_at
            every = next((every for below, every in self.steps if age < below), None)
            if every is None:
                return None
            at = last + every
        return at if at - published_at <= self.longest else None


_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)
OFTEN: Final = Pace(
    first=timedelta(minutes=15),
    steps=(
        (_DAY, _HOUR),
        (3 * _DAY, 3 * _HOUR),
        (7 * _DAY, 6 * _HOUR),
        (30 * _DAY, _DAY),
        (90 * _DAY, 7 * _DAY),
    ),
)
"""Where asking is free."""
SPARING: Final = Pace(
    first=_HOUR,
    steps=((_DAY, 6 * _HOUR), (7 * _DAY, _DAY), (30 * _DAY, 3 * _DAY), (90 * _DAY, 14 * _DAY)),
)
"""Where a question is paid for, or taken from a small daily allowance that posting needs too."""


def count(value: object) -> int | None:
    """A count as a network sends it; None for anything that is no whole number of 0 or more."""
    if isinstance(value, bool) or not isinstance(value, int):
        return None
    return value if 0 <= value <= _LARGEST else None


def total(*values: int | None) -> int | None:
    """The sum of what is told; None where nothing is."""
    known = [value for value in values if value is not None]
    return count(sum(known)) if known else None
