"""One network, asked how posts and accounts are doing; everything here only reads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from postflow_desktop.domain.account import Session
from postflow_desktop.domain.errors import NetworkUnreachable
from postflow_desktop.domain.metrics import AccountMetrics, Gone, Pace, PostMetrics
from postflow_desktop.domain.network import Network


class TooManyRequests(NetworkUnreachable):
    """The network answers no more questions of this account for now (`rate_limited`)."""

    default_code = "rate_limited"

    def __init__(self, message: str, *, retry_at: datetime | None, fix: str = "") -> None:
        super().__init__(message, fix=fix)
        self.retry_at = retry_at
        """When it does again, if it said so; aware."""


class Metrics(Protocol):
    """A network's adapter for numbers.

    Methods raise NotAllowed (the sign-in is not accepted), Refused, TooManyRequests and
    NetworkUnreachable, also for replies that can't be read.
    """

    network: Network
    pace: Pace
    most: int
    """Posts that `of_posts` takes at once."""
    daily_requests: int | None
    """How many requests a day may be spent on one account; None where that is no matter."""

    def price(self, session: Session, posts: int) -> int:
        """About how many requests a question about so many posts takes."""
        ...

    def of_posts(
        self, session: Session, external_ids: Sequence[str]
    ) -> Mapping[str, PostMetrics | Gone]:
        """The numbers of own posts by id; an id that nothing usable was said about is left out."""
        ...

    def of_account(self, session: Session) -> AccountMetrics:
        """The numbers of the account itself."""
        ...
