"""Writing down how a target goes on, with everything that follows from it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from threading import Lock

from postflow_desktop.domain.target import Target, TargetStatus
from postflow_desktop.services.ports.targets import Settlement
from postflow_desktop.services.publishing.failpoints import Failpoint, reach
from postflow_desktop.services.publishing.parts import PublishingParts
from postflow_desktop.services.publishing.summaries import refresh_summary

REPAIRED_AT_ONCE = 200


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

    def by_evidence(self, organization_id: str, attempt: str, settlement: Settlement) -> bool:
        """What an attempt's own evidence says; False if the target has moved on."""
        targets = self._parts.targets
        return self._follow(targets.settle_attempt(organization_id, attempt, settlement))

    def by_holder(self, target: Target, settlement: Settlement) -> bool:
        """What the holder of a claim or reconciliation decides; False if it is not held."""
        return self._follow(self._parts.targets.settle_hold(target, settlement))

    def repair(self, organization_ids: Sequence[str]) -> None:
        """Bring posts in step that a process left behind when it died after settling."""
        parts = self._parts
        for organization_id in organization_ids:
            for post_id in parts.posts.overdue(organization_id, limit=REPAIRED_AT_ONCE):
                refresh_summary(parts.posts, parts.targets, organization_id, post_id)

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
        return True
