"""Asking a network about one account and its posts, and keeping what it says."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import TypeVar

from postflow_desktop.domain.account import Session, SocialAccount
from postflow_desktop.domain.errors import ClusterUnreachable, NotAllowed, PostFlowError
from postflow_desktop.domain.metrics import AccountDay, Gone, MeasuredPost, PostMetrics
from postflow_desktop.domain.network import Network
from postflow_desktop.services.ports.analytics import (
    AnalyticsStore,
    MeasuringTurn,
    OutPost,
    TurnEnd,
)
from postflow_desktop.services.ports.metrics import Metrics, TooManyRequests
from postflow_desktop.services.ports.sessions import SessionSource

LEASE_SECONDS = 300.0
"""A turn asks about so few posts that it ends long before."""
IDLE = timedelta(minutes=15)
"""So soon an account is looked at again, for posts that went out meanwhile."""
AFTER_TROUBLE = timedelta(hours=1)
UNSAID_BLOCK = timedelta(minutes=15)
"""Where a network takes no more questions and does not say until when."""
_LONGEST_BLOCK, _SHORTEST_BLOCK = timedelta(hours=24), timedelta(minutes=1)
SETTLING = timedelta(hours=1)
"""A post so young that a network does not show may be on its way there."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasuringParts:
    """What measuring works with; `owner` names this process in leases."""

    analytics: AnalyticsStore
    sessions: SessionSource
    metrics: Mapping[Network, Metrics]
    owner: str

    def new_owner(self) -> str:
        """The holder of one turn."""
        return f"{self.owner}/{uuid.uuid4().hex}"


class Measurement:
    """One turn on an account; a context manager that gives the turn back, also after trouble."""

    def __init__(self, parts: MeasuringParts, account: SocialAccount, turn: MeasuringTurn) -> None:
        self._parts = parts
        self._account = account
        self._turn = turn
        self._metrics = parts.metrics[account.network]
        self._session: Session | None = None
        self._spent = 0

    def __enter__(self) -> Measurement:
        return self

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        # Without the cluster the lease ends by itself; a bug leaves it, so that it is not repeated.
        if error is None or (
            isinstance(error, PostFlowError) and not isinstance(error, ClusterUnreachable)
        ):
            self._parts.analytics.end(self._turn, self._end(error))

    def affordable(self, posts: Sequence[OutPost]) -> Sequence[OutPost]:
        """The first of these: as many as this day's allowance of requests lets ask about."""
        most = self._metrics.daily_requests
        if most is None or not posts:
            return posts
        session, left = self._opened(), most - self._turn.spent - self._spent
        count = len(posts)
        while count and self._price(session, count) > left:
            count -= 1
        return posts[:count]

    def posts(self, posts: Sequence[OutPost]) -> Iterator[MeasuredPost]:
        """Ask about these and keep what is said, batch by batch."""
        for start in range(0, len(posts), self._metrics.most):
            batch = posts[start : start + self._metrics.most]
            ids = [post.external_id for post in batch]
            self._spent += self._metrics.price(self._opened(), len(batch))
            said = self._ask(partial(self._of_posts, ids))
            for post in batch:
                yield self._keep(post, said.get(post.external_id))

    def account(self) -> AccountDay:
        """Ask about the account itself and keep it as this day's."""
        self._spent += 1
        numbers = self._ask(self._metrics.of_account)
        return self._parts.analytics.put_account(self._turn, self._account.network, numbers)

    def _of_posts(
        self, external_ids: Sequence[str], session: Session
    ) -> Mapping[str, PostMetrics | Gone]:
        return self._metrics.of_posts(session, external_ids)

    def _keep(self, post: OutPost, said: PostMetrics | Gone | None) -> MeasuredPost:
        store, account = self._parts.analytics, self._account
        if isinstance(said, PostMetrics):
            before = None if post.measured is None else post.measured.metrics
            return store.put(account, post, said.after(before))
        if said is None or self._turn.now - post.published_at < SETTLING:
            return store.put_silent(account, post)
        return store.put_gone(account, post)

    def _ask(self, ask: Callable[[Session], T]) -> T:
        """With fresh tokens once more where the network does not take the session."""
        try:
            return ask(self._opened())
        except NotAllowed:
            self._session = self._open(forced=True)
        return ask(self._session)

    def _opened(self) -> Session:
        if self._session is None:
            self._session = self._open(forced=False)
        return self._session

    def _open(self, *, forced: bool) -> Session:
        account = self._account
        return self._parts.sessions.open(account.organization_id, account.id, force_refresh=forced)

    def _price(self, session: Session, posts: int) -> int:
        most = self._metrics.most
        whole, rest = divmod(posts, most)
        return whole * self._metrics.price(session, most) + self._metrics.price(session, rest)

    def _end(self, error: BaseException | None) -> TurnEnd:
        now = self._turn.now
        if isinstance(error, TooManyRequests):
            until = error.retry_at or now + UNSAID_BLOCK
            until = min(max(until, now + _SHORTEST_BLOCK), now + _LONGEST_BLOCK)
            return TurnEnd(
                next_at=until, spent=self._spent, blocked_until=until, error=error.message
            )
        if isinstance(error, PostFlowError):
            return TurnEnd(next_at=now + AFTER_TROUBLE, spent=self._spent, error=error.message)
        return TurnEnd(next_at=now + IDLE, spent=self._spent)
