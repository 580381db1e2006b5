"""What an organization has before it: the next posts, and which of them count on this computer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

from postflow_desktop.domain.account_health import HealthFacts, needs_somebody
from postflow_desktop.domain.coverage import Cover, coverage
from postflow_desktop.domain.notice import NoticeKind
from postflow_desktop.domain.presence import PublisherKind
from postflow_desktop.domain.text import excerpt
from postflow_desktop.domain.time import plan_instant, require_aware
from postflow_desktop.services.notifications.wording import network_name
from postflow_desktop.services.ports.accounts import AccountStore
from postflow_desktop.services.ports.notices import NoticeStore, TargetNews
from postflow_desktop.services.ports.organizations import Organization
from postflow_desktop.services.ports.posts import PostStore
from postflow_desktop.services.presence import Board, PresenceService

SOON = timedelta(hours=48)
"""Who closes PostFlow is told of what is due within this time."""
AHEAD = timedelta(days=30)
_MOST = 500
_NAMED = 8
"""So many posts are read for their first words."""
_TROUBLE = frozenset({NoticeKind.FAILED, NoticeKind.MISSED, NoticeKind.NEEDS_ATTENTION})


@dataclass(frozen=True, slots=True, kw_only=True)
class DuePost:
    """A post that has a time."""

    post_id: str
    at: datetime
    """When its first target is due, UTC."""
    title: str = ""
    """The first words; empty where they were not read."""
    covered: bool = False
    """Another computer is expected to publish it if this one is off."""

    def __post_init__(self) -> None:
        require_aware(self.at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Agenda:
    """What stands before one organization, at one moment."""

    at: datetime
    """The cluster's clock."""
    posts: tuple[DuePost, ...] = ()
    """The next first; those within 30 days."""
    attention: int = 0
    """Notices of what failed, was missed or needs somebody."""
    pause_reason: str | None = None
    """Why nothing goes out; None where it does."""
    accounts: tuple[str, ...] = ()
    """A sentence for each account that needs somebody."""


@dataclass(frozen=True, kw_only=True)
class AgendaParts:
    """What the service works with."""

    organization: Organization
    here: str
    """The machine that asks."""
    targets: TargetNews
    posts: PostStore
    notices: NoticeStore
    presence: PresenceService
    accounts: AccountStore | None = None


class AgendaService:
    """Reads the agenda of one organization; a handful of indexed queries."""

    def __init__(self, parts: AgendaParts) -> None:
        self._parts = parts

    def look(self) -> Agenda:
        """What stands before it now; NotAllowed, ClusterUnreachable."""
        parts, organization_id = self._parts, self._parts.organization.id
        board = parts.presence.board(parts.here)
        pause = parts.organization.pause
        return Agenda(
            at=board.at,
            posts=self._posts(_without(board)),
            attention=len(parts.notices.standing(organization_id, _TROUBLE)),
            pause_reason=None if pause is None else pause.reason,
            accounts=self._troubles(board.at),
        )

    def _troubles(self, now: datetime) -> tuple[str, ...]:
        accounts = self._parts.accounts
        if accounts is None:
            return ()
        return account_troubles(accounts.list(self._parts.organization.id), now)

    def _posts(self, others: Board) -> tuple[DuePost, ...]:
        parts, organization = self._parts, self._parts.organization
        first: dict[str, datetime] = {}
        for target in parts.targets.upcoming(organization.id, AHEAD.total_seconds(), limit=_MOST):
            at = first.get(target.post_id, target.scheduled_at)
            first[target.post_id] = min(at, target.scheduled_at)
        due = sorted(
            (
                DuePost(
                    post_id=post_id,
                    at=at,
                    covered=at <= others.at + SOON
                    and _is_covered(others, at, organization.timezone),
                )
                for post_id, at in first.items()
            ),
            key=lambda post: (post.at, post.post_id),
        )
        return tuple(self._named(due))

    def _named(self, due: Sequence[DuePost]) -> Sequence[DuePost]:
        organization_id = self._parts.organization.id
        named = []
        for post in due[:_NAMED]:
            found = self._parts.posts.get(organization_id, post.post_id)
            named.append(post if found is None else replace(post, title=excerpt(found.text)))
        return [*named, *due[_NAMED:]]


class NamedAccount(HealthFacts, Protocol):
    """An account that people know by a name."""

    @property
    def username(self) -> str:
        """The name at the network."""
        ...


def account_troubles(accounts: Iterable[NamedAccount], now: datetime) -> tuple[str, ...]:
    """A sentence for each account that needs somebody."""
    return tuple(
        f"@{account.username} on {network_name(account.network)}: {reason.message}"
        for account in accounts
        if (reason := needs_somebody(account, now)) is not None
    )


def _without(board: Board) -> Board:
    """The board as it is when the window on this machine is closed; its agent stays."""
    return replace(
        board,
        publishers=tuple(
            p
            for p in board.publishers
            if p.who.machine != board.here or p.who.kind is PublisherKind.AGENT
        ),
        machines=tuple(m for m in board.machines if m.machine != board.here),
    )


def _is_covered(others: Board, at: datetime, zone_name: str) -> bool:
    planned = plan_instant(at, zone_name)
    found = coverage(planned, others.at, others.publishers, others.machines)
    return found.cover is not Cover.NOBODY
