"""A target: one post for one account at one time, and the states it goes through.

pending → claimed → sending → published
   ↑          │        ├→ processing → published | failed
   └──────────┴────────┼→ failed
                       └→ reconciling → published | pending | needs_attention
pending → canceled | missed
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from postflow_desktop.domain.network import Network
from postflow_desktop.domain.outcome import PublishResult
from postflow_desktop.domain.pause import Pause
from postflow_desktop.domain.post import PostStatus
from postflow_desktop.domain.step import Step, StepStatus
from postflow_desktop.domain.time import require_aware


class TargetStatus(StrEnum):
    """The states of a target (`schedules.status`)."""

    PENDING = "pending"
    CLAIMED = "claimed"
    SENDING = "sending"
    PROCESSING = "processing"
    RECONCILING = "reconciling"
    PUBLISHED = "published"
    FAILED = "failed"
    MISSED = "missed"
    NEEDS_ATTENTION = "needs_attention"
    CANCELED = "canceled"


UNDER_WAY = frozenset(
    {
        TargetStatus.CLAIMED,
        TargetStatus.SENDING,
        TargetStatus.PROCESSING,
        TargetStatus.RECONCILING,
    }
)
"""Somebody is at it, or was when the power went."""

OPEN_STATES = UNDER_WAY | {TargetStatus.PENDING}
"""Planned or under way; such a target from a queue has its slot to itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lease:
    """Who holds a target, until when on the cluster's clock."""

    owner: str
    """The process."""
    machine: str
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    """The barrier's mark: this attempt may have sent something."""

    attempt_id: str
    step: int
    machine: str
    process: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetError:
    """The last thing that went wrong, for people."""

    code: str
    message: str
    fix: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """One post for one account at one time."""

    id: str
    organization_id: str
    post_id: str
    account_id: str
    network: Network
    status: TargetStatus
    scheduled_at: datetime
    not_before: datetime
    """Earliest next try: `scheduled_at`, later after a back-off."""
    content_hash: str
    created_at: datetime
    updated_at: datetime
    timezone: str | None = None
    local_time: str | None = None
    from_queue: bool = False
    """Its time is a slot of its account's queue, not one that somebody chose."""
    fence: int = 0
    lease: Lease | None = None
    intent: Intent | None = None
    wire: str | None = None
    """The exact request of the step that is next, stored before it is first sent and reused byte
    for byte."""
    steps: tuple[Step, ...] = ()
    """In order, the post first; empty where the post is all there is."""
    tries: int = 0
    sender_deaths: int = 0
    reconciliations: int = 0
    claimed_at: datetime | None = None
    """When it was last claimed, on the cluster's clock."""
    accepted_at: datetime | None = None
    """When it was found due and let through, late or not; None until then, and after a hold."""
    hold: Pause | None = None
    """The hold of this target alone; the pauses of its account and organization are theirs."""
    last_error: TargetError | None = None
    result: PublishResult | None = None
    published_at: datetime | None = None
    sandbox_machine: str | None = None
    rev: int = 1

    def __post_init__(self) -> None:
        for moment in (self.scheduled_at, self.not_before, self.published_at, self.claimed_at):
            require_aware(moment)

    @property
    def step(self) -> int:
        """The number of the step that is next; as many as there are where all are out."""
        return next((s.n for s in self.steps if not s.is_out), len(self.steps))

    @property
    def is_begun(self) -> bool:
        """Whether something of it is out, whatever became of the rest."""
        return any(step.is_out for step in self.steps) or self.status is TargetStatus.PUBLISHED

    @property
    def is_complete(self) -> bool:
        """Whether every step is out; never true without steps."""
        return bool(self.steps) and self.step == len(self.steps)

    def state_of(self, step: Step) -> str:
        """How a step stands, in the words of the target's states."""
        if step.is_out:
            return StepStatus.PUBLISHED.value
        if self.status in (TargetStatus.PUBLISHED, TargetStatus.CANCELED):
            return TargetStatus.CANCELED.value
        return self.status.value if step.n == self.step else StepStatus.PENDING.value


def attempt_id(target_id: str, step: int, fence: int) -> str:
    """The id of an attempt; a second writer with the same fence collides with it."""
    return f"{target_id}#{step}#{fence}"


def step_of(attempt: str) -> int:
    """The number of the step that an attempt was made for."""
    parts = attempt.split("#")
    return int(parts[1]) if len(parts) == 3 else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class PostSummary:
    """What a post's targets make of the post."""

    status: PostStatus
    failure_code: str | None = None
    failure_reason: str | None = None
    scheduled_at: datetime | None = None
    """The earliest time among its open targets, else among all that count."""
    published_at: datetime | None = None
    """When the last target went out, once all are out."""


def derive_post_status(targets: Iterable[Target]) -> PostSummary:
    """The post's status from its targets, canceled ones aside; first match wins."""
    counted = [target for target in targets if target.status is not TargetStatus.CANCELED]
    waiting = [target for target in counted if target.status is TargetStatus.PENDING]
    pending = [target for target in waiting if not target.is_begun]
    # Between two parts of a thread nobody holds the target, and it is under way all the same.
    unsettled = [t for t in counted if t.status in UNDER_WAY or (t in waiting and t.is_begun)]
    scheduled_at = min((t.scheduled_at for t in pending + unsettled or counted), default=None)
    if unsettled:
        return PostSummary(status=PostStatus.PUBLISHING, scheduled_at=scheduled_at)
    if pending:
        queued = all(target.from_queue for target in pending)
        status = PostStatus.QUEUED if queued else PostStatus.SCHEDULED
        return PostSummary(status=status, scheduled_at=scheduled_at)
    bad = [target for target in counted if target.status in _BAD]
    if bad:
        code = "partial" if any(target.is_begun for target in counted) else bad[0].status.value
        reason = next((t.last_error.message for t in bad if t.last_error), None)
        return PostSummary(
            status=PostStatus.FAILED,
            failure_code=code,
            failure_reason=reason,
            scheduled_at=scheduled_at,
        )
    if counted:
        last = max((t.published_at for t in counted if t.published_at), default=None)
        return PostSummary(
            status=PostStatus.PUBLISHED, scheduled_at=scheduled_at, published_at=last
        )
    return PostSummary(status=PostStatus.DRAFT)


_BAD = frozenset({TargetStatus.FAILED, TargetStatus.MISSED, TargetStatus.NEEDS_ATTENTION})
