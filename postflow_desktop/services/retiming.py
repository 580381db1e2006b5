"""What is planned keeps its wall time when a country changes its clocks.

A plan is a wall time in a zone; its instant follows from the rules that were known then. When this
machine gets a newer edition of the rules, the instants of what is still to come are derived again.
Only the newest edition counts: a machine with older rules leaves the plans alone.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from postflow_desktop.domain.errors import Conflict, InvalidInput
from postflow_desktop.domain.target import Target
from postflow_desktop.domain.time import PlannedTime, plan_wall_time, utc_text, zone
from postflow_desktop.services.ports.posts import PostStore
from postflow_desktop.services.ports.targets import TargetStore
from postflow_desktop.services.ports.zones import ZoneChecks, ZoneRules
from postflow_desktop.services.publishing.summaries import refresh_summary

log = logging.getLogger("postflow_desktop.upkeep")

EVERY_SECONDS = 86_400.0
"""Plans made since by a machine with older rules are found within that time."""
LEASE_SECONDS = 600.0
_NOTHING = timedelta(minutes=1)
"""Wall times are kept to the second, instants to the millisecond; no zone moves by less."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RetimingParts:
    """What the check works with; `owner` names this process in leases."""

    organization_ids: Sequence[str]
    targets: TargetStore
    posts: PostStore
    checks: ZoneChecks
    rules: ZoneRules
    owner: str
    on_moved: Callable[[Target, Target], object] = lambda _before, _after: None
    """Told of every target that got another instant."""


class Retiming:
    """Checks what some organizations have planned against the rules of today."""

    def __init__(self, parts: RetimingParts) -> None:
        self._parts = parts
        self._edition: str | None = None
        self._warned = ""

    def run(self) -> int:
        """Check where it is to be checked; how many targets got another instant.

        ClusterUnreachable; what was moved by then is moved.
        """
        edition = self._parts.rules.edition()
        if edition != self._edition:
            # A process that runs for months gets new rules from the system without a restart.
            self._parts.rules.reload()
            self._edition = edition
        return sum(self._check(each, edition) for each in self._parts.organization_ids)

    def _check(self, organization_id: str, edition: str) -> int:
        parts = self._parts
        begun = parts.checks.begin(
            organization_id,
            edition,
            parts.owner,
            lease_seconds=LEASE_SECONDS,
            every_seconds=EVERY_SECONDS,
        )
        if not begun:
            self._warn_if_old(organization_id, edition)
            return 0
        moved = self._retime(list(self._differing(organization_id)))
        parts.checks.finish(organization_id, edition, parts.owner)
        return moved

    def _warn_if_old(self, organization_id: str, edition: str) -> None:
        newest = self._parts.checks.newest(organization_id)
        if newest > edition and newest != self._warned:
            self._warned = newest
            log.warning(
                "This machine's rules of time zones are older than another machine's.",
                extra={"here": edition, "newest": newest, "fix": "Update the system's tzdata."},
            )

    def _differing(self, organization_id: str) -> Iterator[tuple[Target, PlannedTime]]:
        """What is still to come and would come at another instant by the rules of now."""
        targets = self._parts.targets
        for target in targets.ahead(organization_id, targets.now()):
            planned = by_rules_of_now(target)
            if planned is not None:
                yield target, planned

    def _retime(self, waiting: list[tuple[Target, PlannedTime]]) -> int:
        """Again and again while it helps: a slot may be taken by one that is about to leave it."""
        moved = 0
        while waiting:
            blocked = [pair for pair in waiting if not self._move(*pair)]
            moved += len(waiting) - len(blocked)
            if len(blocked) == len(waiting):
                # By the new rules the slot belongs to a later post: the wall time is kept, not it.
                moved += sum(self._move(t, replace(p, slot=False)) for t, p in blocked)
                break
            waiting = blocked
        return moved

    def _move(self, target: Target, planned: PlannedTime) -> bool:
        """False where its slot is taken; what a person changed meanwhile is left alone."""
        parts = self._parts
        try:
            after = parts.targets.plan(target, planned, target.content_hash)
        except Conflict:
            return False
        if after is None:
            return True
        refresh_summary(parts.posts, parts.targets, target.organization_id, target.post_id)
        log.info(
            "A zone has other rules now: the post keeps its wall time.",
            extra={
                "action": "retimed",
                "target": target.id,
                "local": planned.local,
                "zone": planned.timezone,
                "was": utc_text(target.scheduled_at),
                "now": utc_text(planned.utc),
            },
        )
        parts.on_moved(target, after)
        return True


def by_rules_of_now(target: Target) -> PlannedTime | None:
    """Where its wall time lies now, if not where it is planned; None where nothing has changed."""
    if target.timezone is None or target.local_time is None:
        return None
    try:
        tz, wall = zone(target.timezone), datetime.fromisoformat(target.local_time)
    except (InvalidInput, ValueError):
        # A zone that this machine does not know yet; another one may.
        return None
    shown = target.scheduled_at.astimezone(tz).replace(tzinfo=None)
    if abs(shown - wall) < _NOTHING:
        # Of a wall time that comes twice, either may have been meant.
        return None
    planned = plan_wall_time(wall, target.timezone)
    if abs(planned.utc - target.scheduled_at.astimezone(UTC)) < _NOTHING:
        return None
    return replace(planned, slot=target.from_queue)
