"""The local read replica: what every screen reads, offline too. Rows are frozen and small."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from postflow_desktop.domain.account import AccountStatus
from postflow_desktop.domain.network import Network
from postflow_desktop.domain.post import Post, PostStatus
from postflow_desktop.domain.target import Target, TargetError
from postflow_desktop.services.ports.attempts import AttemptHistory


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarRow:
    """One post on the calendar."""

    post_id: str
    at: datetime
    """When it is planned, or went out; UTC."""
    title: str
    """The first words."""
    status: PostStatus
    failure_code: str | None
    networks: tuple[Network, ...]
    account_ids: tuple[str, ...]
    has_media: bool
    movable: bool
    """Every target is pending (or it is a draft with a date)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountRow:
    """A connected account without its tokens."""

    id: str
    network: Network
    username: str
    display_name: str | None
    status: AccountStatus
    service: str
    last_error_code: str | None
    last_error_message: str | None
    token_expires_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PostDetail:
    """A post with everything that became of it, for inspector and composer."""

    post: Post
    targets: tuple[Target, ...]
    attempts: tuple[AttemptHistory, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AttentionRow:
    """A target that a person should look at: failed, missed or needs attention."""

    target_id: str
    post_id: str
    account_id: str
    username: str
    network: Network
    status: str
    at: datetime
    title: str
    error: TargetError | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PostHit:
    """A post found by its words, or a row of a list."""

    post_id: str
    title: str
    status: PostStatus
    at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """Numbers beside the navigation."""

    drafts: int
    planned: int
    attention: int


class Replica(Protocol):
    """Reads of one workspace; called on the replica's own thread. Never asks the cluster."""

    def calendar(
        self,
        organization_id: str,
        start: datetime,
        end: datetime,
        *,
        account_ids: frozenset[str] | None = None,
    ) -> Sequence[CalendarRow]:
        """Posts from start (included) to end (excluded), by time; only these accounts if given."""
        ...

    def post(self, organization_id: str, post_id: str) -> PostDetail | None:
        """One post, or None."""
        ...

    def accounts(self, organization_id: str) -> Sequence[AccountRow]:
        """Accounts by network and name."""
        ...

    def attention(self, organization_id: str) -> Sequence[AttentionRow]:
        """What a person should look at, newest first; at most 500."""
        ...

    def drafts(self, organization_id: str) -> Sequence[PostHit]:
        """Drafts, last changed first; at most 500."""
        ...

    def search(self, organization_id: str, words: str, *, limit: int = 20) -> Sequence[PostHit]:
        """Posts whose words begin like these (full text), best first."""
        ...

    def counts(self, organization_id: str) -> Counts:
        """Numbers beside the navigation."""
        ...


class Link(StrEnum):
    """How the replica stands to the cluster."""

    STARTING = "starting"
    """Nothing was read yet."""
    SYNCING = "syncing"
    LIVE = "live"
    OFFLINE = "offline"


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncState:
    """Shown in the foot of the navigation."""

    link: Link
    since: datetime
    message: str = ""
    """Why it is offline."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What changed in the replica: nouns (`posts`, `schedules`, …) with their ids."""

    noun: str
    ids: frozenset[str]
    """Empty: more than can be listed; read again."""
