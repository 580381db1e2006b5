"""Writing down how a target goes on, with everything that follows from it."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from threading import Lock

from postflow_desktop.domain.errors import PostFlowError
from postflow_desktop.domain.outcome import Outcome, OutcomeKind
from postflow_desktop.domain.target import Target, TargetStatus
from postflow_desktop.services.ports.targets import Settlement
from postflow_desktop.services.publishing.failpoints import Failpoint, reach
from postflow_desktop.services.publishing.parts import PublishingParts
from postflow_desktop.services.publishing.stepping import for_step
from postflow_desktop.services.publishing.summaries import refresh_summary
from postflow_desktop.services.publishing.timings import MAX_TRIES

log = logging.getLogger("postflow_desktop.publishing")

REPAIRED_AT_ONCE = 200
_TRIED_AGAIN = frozenset({OutcomeKind.NOT_SENT, OutcomeKind.REJECTED_FOR_NOW})


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """How many targets this process settled, by how they ended."""

    published: int
    failed: int
    needs_attention: int
    missed: int


class Settler:
    """Settles targets, keeps their posts' status in step, and counts."""

    def __init__(self, parts: PublishingParts) -> None:
        self._parts = parts
        self._ends: Counter[TargetStatus] = Counter()
        self._last_published: datetime | None = None
        self._lock = Lock()

    def by_evidence(self, target: Target, attempt: str, settlement: Settlement) -> bool:
        """What an attempt's own evidence says; False if the target has moved on."""
        of_step = for_step(settlement, target, attempt)
        targets = self._parts.targets
        return self._follow(targets.settle_attempt(target.organization_id, attempt, of_step))

    def by_holder(self, target: Target, settlement: Settlement) -> bool:
        """What the holder of a claim or reconciliation decides; False if it is not held."""
        of_step = for_step(settlement, target)
        return self._follow(self._parts.targets.settle_hold(target, of_step))

    def show(self, target: Target) -> None:
        """Bring its post in step with it."""
        parts = self._parts
        refresh_summary(parts.posts, parts.targets, target.organization_id, target.post_id)

    def repair(self, organization_ids: Sequence[str]) -> None:
        """Bring posts in step that a process left behind when it died after settling."""
        parts = self._parts
        for organization_id in organization_ids:
            for post_id in parts.posts.overdue(organization_id, limit=REPAIRED_AT_ONCE):
                refresh_summary(parts.posts, parts.targets, organization_id, post_id)

    def max_tries(self, target: Target, outcome: Outcome) -> int:
        """The organization's limit; asked for only where this outcome leads to another try."""
        gates = self._parts.gates
        if gates is None or outcome.kind not in _TRIED_AGAIN:
            return MAX_TRIES
        return gates.max_tries(target.organization_id) or MAX_TRIES

    def heed(self, target: Target, outcome: Outcome) -> None:
        """Where the network said when to come back, no machine bothers it before, for any post.

        The same where its headers say that nothing is left; that little is left is written down,
        so that the others don't count on more. Else nothing is written.
        """
        budgets = self._parts.budgets
        scarce = [quota for quota in outcome.quotas if quota.is_scarce]
        used_up = [quota.resets_at for quota in scarce if not quota.posts_left]
        until = max([*used_up, *([outcome.retry_at] if outcome.retry_at else [])], default=None)
        if budgets is None:
            return
        try:
            for quota in scarce:
                if not quota.of_app:
                    budgets.told(target, quota)
            if until is not None:
                budgets.block(target, until)
        except PostFlowError as error:
            # This target waits by itself; the account's other ones will hear it themselves.
            log.info("A block was not noted.", extra={"reason": error.message})

    def counts(self) -> Counts:
        """What this process settled so far."""
        with self._lock:
            return Counts(
                published=self._ends[TargetStatus.PUBLISHED],
                failed=self._ends[TargetStatus.FAILED],
                needs_attention=self._ends[TargetStatus.NEEDS_ATTENTION],
                missed=self._ends[TargetStatus.MISSED],
            )

    @property
    def last_published_at(self) -> datetime | None:
        """When the last post of this process went out, on the cluster's clock."""
        return self._last_published

    def _follow(self, target: Target | None) -> bool:
        if target is None:
            return False
        with self._lock:
            self._ends[target.status] += 1
            if target.status is TargetStatus.PUBLISHED:
                self._last_published = target.published_at
        reach(Failpoint.BEFORE_SUMMARY)
        parts = self._parts
        refresh_summary(parts.posts, parts.targets, target.organization_id, target.post_id)
        if parts.notices is not None:
            parts.notices.settled(target)
        return True
