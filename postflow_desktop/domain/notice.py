"""A notice: something that a person should know, replaced by what follows it under the same key."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from postflow_desktop.domain.time import require_aware


class NoticeKind(StrEnum):
    """What happened (`notifications.kind`)."""

    FAILED = "failed"
    NEEDS_ATTENTION = "needs_attention"
    MISSED = "missed"
    SKIPPED = "skipped"
    """Missed, and the rule for what is late says that nobody is asked."""
    PUBLISHED = "published"
    ACCOUNT_EXPIRED = "account_expired"
    ACCOUNT_EXPIRING = "account_expiring"
    COVERAGE = "coverage"
    """No computer is expected to be on when something is due."""
    PREFLIGHT = "preflight"
    """A post goes out in some minutes."""


class Urgency(StrEnum):
    """How loud a notice is on a desktop."""

    SILENT = "silent"
    """In the list only."""
    NORMAL = "normal"
    HIGH = "high"


class NoticeAction(StrEnum):
    """What a notice offers to do."""

    OPEN = "open"
    RETRY = "retry"
    RECONNECT = "reconnect"
    PUBLISH_NOW = "publish_now"
    RESCHEDULE = "reschedule"
    HOLD = "hold"
    EDIT = "edit"
    LATER = "later"
    """One hour later."""

    @property
    def words(self) -> str:
        """What stands on its button."""
        return _WORDS[self]


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One notice as everybody in the organization sees it."""

    key: str
    """Stable: `target:ID`, `account:ID`, `coverage:TARGET`, `preflight:TARGET`."""
    organization_id: str
    kind: NoticeKind
    title: str
    text: str
    """What happened and what is kept."""
    at: datetime
    """When it was raised last, on the cluster's clock."""
    fix: str = ""
    """What to do."""
    post_id: str | None = None
    target_id: str | None = None
    account_id: str | None = None
    url: str | None = None
    due_at: datetime | None = None
    """When what it is about goes out, for notices ahead of it."""
    read_by: frozenset[str] = frozenset()
    """The members who have seen it."""
    withdrawn: bool = False
    """Settled elsewhere meanwhile: shown as done, and taken off every desktop."""

    def __post_init__(self) -> None:
        for moment in (self.at, self.due_at):
            require_aware(moment)

    @property
    def urgency(self) -> Urgency:
        """How loud it is."""
        return _URGENCY[self.kind]

    @property
    def actions(self) -> tuple[NoticeAction, ...]:
        """What it offers, the most likely first."""
        return _ACTIONS[self.kind]


_WORDS = {
    NoticeAction.OPEN: "Open",
    NoticeAction.RETRY: "Retry",
    NoticeAction.RECONNECT: "Reconnect",
    NoticeAction.PUBLISH_NOW: "Publish now",
    NoticeAction.RESCHEDULE: "Reschedule",
    NoticeAction.HOLD: "Hold",
    NoticeAction.EDIT: "Edit",
    NoticeAction.LATER: "+1 h",
}

_URGENCY: dict[NoticeKind, Urgency] = {
    NoticeKind.FAILED: Urgency.HIGH,
    NoticeKind.NEEDS_ATTENTION: Urgency.HIGH,
    NoticeKind.MISSED: Urgency.HIGH,
    NoticeKind.SKIPPED: Urgency.SILENT,
    NoticeKind.PUBLISHED: Urgency.SILENT,
    NoticeKind.ACCOUNT_EXPIRED: Urgency.NORMAL,
    NoticeKind.ACCOUNT_EXPIRING: Urgency.NORMAL,
    NoticeKind.COVERAGE: Urgency.NORMAL,
    NoticeKind.PREFLIGHT: Urgency.HIGH,
}

_ACTIONS = {
    NoticeKind.FAILED: (NoticeAction.RETRY, NoticeAction.OPEN),
    NoticeKind.NEEDS_ATTENTION: (NoticeAction.OPEN,),
    NoticeKind.MISSED: (NoticeAction.PUBLISH_NOW, NoticeAction.RESCHEDULE),
    NoticeKind.SKIPPED: (NoticeAction.PUBLISH_NOW, NoticeAction.RESCHEDULE),
    NoticeKind.PUBLISHED: (NoticeAction.OPEN,),
    NoticeKind.ACCOUNT_EXPIRED: (NoticeAction.RECONNECT,),
    NoticeKind.ACCOUNT_EXPIRING: (NoticeAction.RECONNECT,),
    NoticeKind.COVERAGE: (NoticeAction.OPEN,),
    NoticeKind.PREFLIGHT: (NoticeAction.HOLD, NoticeAction.EDIT, NoticeAction.LATER),
}

SILENT = frozenset(kind for kind, urgency in _URGENCY.items() if urgency is Urgency.SILENT)
"""Kinds that stand in the list only, unless a person wishes otherwise."""
