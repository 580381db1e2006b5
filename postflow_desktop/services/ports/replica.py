"""The local read replica: what every screen reads, offline too. Rows are frozen and small."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from postflow_desktop.domain.account import AccountStatus
from postflow_desktop.domain.metrics import MeasuredPost
from postflow_desktop.domain.network import Network
from postflow_desktop.domain.notice import Notice
from postflow_desktop.domain.own_rules import OwnRules
from postflow_desktop.domain.pause import Pause
from postflow_desktop.domain.post import Post, PostStatus
from postflow_desktop.domain.target import Target, TargetError
from postflow_desktop.domain.telling import NoticeWishes
from postflow_desktop.services.ports.attempts import AttemptHistory
from postflow_desktop.services.ports.organizations import OrganizationSettings, Role


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
    held: bool = False
    """A person holds one of its targets; what its accounts and its organization are under lies
    with them."""


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
    pause: Pause | None = None
    """Why nothing of it goes out, who said so, since when."""
    preflight_minutes: int = 0
    """So long before its time a post is announced once more; 0: not at all."""
    user_id: str = ""
    """Its own id on the network."""
    last_error_fix: str | None = None
    last_error_at: datetime | None = None
    last_checked_at: datetime | None = None
    """When the network said last that the sign-in works."""
    last_refreshed_at: datetime | None = None
    scopes: tuple[str, ...] = ()
    """What was allowed on the network's page; empty where the network doesn't say."""
    renews: bool = True
    """Whether its sign-in is renewed without a person."""
    renewable_until: datetime | None = None

    @property
    def ends_at(self) -> datetime | None:
        """When a person has to sign in again; None where that is not known."""
        return self.renewable_until if self.renews else self.token_expires_at


@dataclass(frozen=True, slots=True, kw_only=True)
class PostDetail:
    """A post with everything that became of it, for inspector and composer."""

    post: Post
    targets: tuple[Target, ...]
    attempts: tuple[AttemptHistory, ...]
    metrics: tuple[MeasuredPost, ...] = ()
    """How it is doing on the accounts that were measured."""


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
class OrganizationRow:
    """An organization with its people, as screens need it."""

    settings: OrganizationSettings
    pause: Pause | None = None
    """Why nothing of it goes out, who said so, since when."""
    roles: Mapping[str, Role] = field(default_factory=dict)
    """By the id of the person."""
    names: Mapping[str, str] = field(default_factory=dict)
    """Names of people, or where there is none their e-mail addresses, by id."""
    rules: Mapping[Network, OwnRules] = field(default_factory=dict)
    """What the organization changed of the networks' rules."""


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

    def pause(self, organization_id: str) -> Pause | None:
        """Why nothing of the organization goes out; None where it does."""
        ...

    def organization(self, organization_id: str) -> OrganizationRow | None:
        """Its settings, its pause and its people; None before it was read."""
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

    def posts_of(self, organization_id: str, target_ids: Sequence[str]) -> Mapping[str, PostHit]:
        """The posts of these targets, by target; what is not known here is left out."""
        ...

    def notices(self, organization_id: str, *, limit: int = 100) -> Sequence[Notice]:
        """Notices, newest first, withdrawn ones too; at most 500."""
        ...

    def unread_notices(self, organization_id: str, user_id: str) -> int:
        """How many wait for that member: not seen, not settled, not for the list only."""
        ...

    def notice_wishes(self, user_id: str) -> NoticeWishes:
        """How that person wants to be told; the defaults where nothing is known here."""
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
    clock_slip: timedelta = timedelta()
    """How far the cluster is ahead of this machine's clock, as they were compared last."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What changed in the replica: nouns (`posts`, `schedules`, …) with their ids."""

    noun: str
    ids: frozenset[str]
    """Empty: more than can be listed; read again."""
