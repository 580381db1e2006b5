"""Where measurements are kept, and whose turn it is to measure an account."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from postflow_desktop.domain.account import SocialAccount
from postflow_desktop.domain.metrics import (
    AccountDay,
    AccountMetrics,
    MeasuredPost,
    PostMetrics,
)
from postflow_desktop.domain.network import Network


@dataclass(frozen=True, slots=True, kw_only=True)
class OutPost:
    """A post that is out on an account, with what was measured of it."""

    post_id: str
    external_id: str
    url: str
    published_at: datetime
    measured: MeasuredPost | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasuringTurn:
    """The right to ask a network about an account, until the lease ends."""

    organization_id: str
    account_id: str
    owner: str
    now: datetime
    """The cluster's time when it was taken."""
    spent: int = 0
    """Requests of this day (UTC) so far."""
    has_account_day: bool = False
    """The account's own numbers of this day are there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnEnd:
    """How a turn went."""

    next_at: datetime
    """No turn before that, but for a person who asks."""
    spent: int = 0
    """Requests that it took."""
    blocked_until: datetime | None = None
    """The network answers nothing before that, whoever asks."""
    error: str | None = None
    """What went wrong, for people."""


class AnalyticsStore(Protocol):
    """`analytics`, `accountMetrics`, `metricTurns`; times are the cluster's. ClusterUnreachable."""

    def out(self, organization_id: str, account_id: str, since: datetime) -> Sequence[OutPost]:
        """What was planned for `since` or later and is out, by time."""
        ...

    def put(self, account: SocialAccount, post: OutPost, metrics: PostMetrics) -> MeasuredPost:
        """Keep a measurement of now; there is one per post and account."""
        ...

    def put_silent(self, account: SocialAccount, post: OutPost) -> MeasuredPost:
        """The network was asked and said nothing about it; the last numbers stay."""
        ...

    def put_gone(self, account: SocialAccount, post: OutPost) -> MeasuredPost:
        """It is not on the network any more; the last numbers stay."""
        ...

    def of_post(self, organization_id: str, post_id: str) -> Sequence[MeasuredPost]:
        """What is kept about a post, one for each account."""
        ...

    def put_account(
        self, turn: MeasuringTurn, network: Network, metrics: AccountMetrics
    ) -> AccountDay:
        """Keep an account's numbers of now as those of the turn's day."""
        ...

    def account_days(
        self, organization_id: str, account_id: str, *, limit: int
    ) -> Sequence[AccountDay]:
        """An account's days, the last first."""
        ...

    def take(
        self, account: SocialAccount, owner: str, *, lease_seconds: float, on_demand: bool = False
    ) -> MeasuringTurn | None:
        """The turn; None while another has it, or before its time (unless a person asks)."""
        ...

    def end(self, turn: MeasuringTurn, end: TurnEnd) -> None:
        """Give the turn back; nothing happens if the lease was lost."""
        ...

    def blocked_until(self, organization_id: str, account_id: str) -> datetime | None:
        """Until when the network answers nothing, if that lies ahead."""
        ...
