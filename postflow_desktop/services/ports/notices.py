"""Notices of an organization (`notifications`), and what they are raised from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from postflow_desktop.domain.notice import Notice, NoticeKind
from postflow_desktop.domain.target import Target


class NoticeStore(Protocol):
    """`notifications`; one document per organization and key. Times are the cluster's."""

    def put(self, notice: Notice) -> Notice | None:
        """Store, or replace what stands under its key; unread again. The time is the cluster's.

        None where the same thing (kind, title, text, due time) stands there already: nothing
        changed, and who has seen it has seen it.
        """
        ...

    def withdraw(self, organization_id: str, key: str) -> bool:
        """It is settled; False where there was nothing to withdraw."""
        ...

    def recent(
        self, organization_id: str, *, since: datetime | None = None, limit: int = 100
    ) -> Sequence[Notice]:
        """Newest first, withdrawn ones too."""
        ...

    def of_keys(self, organization_id: str, keys: Sequence[str]) -> Sequence[Notice]:
        """What stands under these keys, withdrawn ones too."""
        ...

    def standing(
        self, organization_id: str, kinds: frozenset[NoticeKind], *, limit: int = 500
    ) -> Sequence[Notice]:
        """Those of these kinds that are not withdrawn, newest first."""
        ...

    def mark_read(self, organization_id: str, user_id: str, keys: Sequence[str] | None) -> int:
        """This member has seen these (all, where None); how many were unread."""
        ...

    def take_for_mail(
        self, organization_id: str, user_id: str, owner: str, *, lease_seconds: float
    ) -> MailTurn | None:
        """The turn to mail this member; None while somebody has it or has to wait.

        Only notices count that were raised after the first turn: old ones are no news.
        """
        ...

    def mailed(self, turn: MailTurn, told: Sequence[Notice], *, summary: bool) -> None:
        """One mail went out with these; they are not mailed to this member again."""
        ...

    def end_mail(self, turn: MailTurn, error: str | None = None, *, retry_in: float = 0.0) -> None:
        """Give the turn back; after an error nobody has it for so many seconds."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class MailTurn:
    """The right to mail one member for a while, with what is not mailed to them yet."""

    organization_id: str
    user_id: str
    owner: str
    now: datetime
    """The cluster's clock when it was taken."""
    waiting: tuple[Notice, ...]
    """Oldest first; of the last two days, neither withdrawn nor seen by them."""
    singly_at: tuple[datetime, ...] = ()
    """When single notices were mailed last."""
    summed_at: datetime | None = None
    """When a summary was mailed last."""
    failures: int = 0
    """Turns in a row that ended with an error."""


class TargetNews(Protocol):
    """Targets as the recurring work looks at them; every query is scoped by organization."""

    def ended(self, organization_id: str, *, since: datetime, limit: int = 200) -> Sequence[Target]:
        """Published, failed, missed or in need of attention since then, oldest change first."""
        ...

    def upcoming(
        self, organization_id: str, seconds: float, *, limit: int = 500
    ) -> Sequence[Target]:
        """Pending ones that are due within so many seconds, the next first."""
        ...

    def of_ids(self, organization_id: str, target_ids: Sequence[str]) -> Sequence[Target]:
        """These targets, as far as they are there."""
        ...


class SettledListener(Protocol):
    """Who wants to know at once how targets ended."""

    def settled(self, target: Target) -> None:
        """A target was settled; never raises, and takes no time for what went well."""
        ...
