"""Whether a target that was claimed may go now: pauses, the late policy, turns, blocks, budgets.

The pauses are read after the claim and before the barrier. A pause takes away what was claimed
before it was written; what is claimed later is read to be paused here. So once a pause is
confirmed nothing passes a barrier, whatever this process believed before.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import replace
from datetime import datetime, timedelta
from threading import Lock

from postflow_desktop.domain.late import LatePolicy, LateRule
from postflow_desktop.domain.network import Cap
from postflow_desktop.domain.target import Target, TargetError, TargetStatus
from postflow_desktop.services.ports.budgets import BudgetStore
from postflow_desktop.services.ports.gates import GateStore, Lateness, Standing
from postflow_desktop.services.ports.publisher import Publisher
from postflow_desktop.services.ports.targets import Scope, Settlement
from postflow_desktop.services.publishing.parts import PublishingParts
from postflow_desktop.services.publishing.together import Together
from postflow_desktop.services.ruled import ruled

HINT_SECONDS = 2.0
"""How old what is known may be where it only saves work; and how long a count of changes is
trusted, since who writes a pause may die before it is counted (and confirmed)."""


class Gatekeeper:
    """Asks for every claimed target of one engine; its methods may run on several threads."""

    def __init__(self, parts: PublishingParts) -> None:
        self._parts = parts
        self._gates = None if parts.gates is None else _Gates(parts, parts.gates)

    def scope(self, scope: Scope) -> Scope:
        """The scope without what is paused as far as is known: a hint that saves claims."""
        scope = replace(scope, on_time=self._parts.timings.on_time)
        if self._gates is None:
            return scope
        pauses = self._gates.lately().pauses
        return replace(
            scope,
            paused_organizations=frozenset(pauses.organizations),
            paused_accounts=frozenset(pauses.accounts),
        )

    def is_paused(self, target: Target) -> bool:
        """Whether nothing of it may be sent; asks the cluster, after the target was taken."""
        if self._gates is None:
            return False
        pauses = self._gates.fresh().pauses
        return pauses.on(target.organization_id, target.account_id, target.hold) is not None

    def refusal(self, target: Target) -> Settlement | None:
        """What becomes of a claimed target that may not go now; None where it may.

        Nothing here counts as a try.
        """
        parts = self._parts
        if self._gates is None or parts.gates is None or parts.budgets is None:
            return self._judged_alone(target)
        standing = self._gates.fresh()
        if standing.pauses.on(target.organization_id, target.account_id, target.hold) is not None:
            return Settlement(status=TargetStatus.PENDING)
        found, refusal = self._found(parts.gates, target)
        return (
            refusal
            or self._blocked(standing, target)
            or self._out_of_turn(parts.budgets, target, found)
            or self._over_budget(parts.budgets, target)
        )

    def publisher(self, target: Target) -> Publisher:
        """The target's adapter, by its organization's own rules where it has some.

        They are read together with the pauses, so this asks the cluster once after a change.
        """
        publisher = self._parts.publishers[target.network]
        if self._gates is None:
            return publisher
        own = self._gates.lately().rules.get((target.organization_id, target.network))
        return ruled(publisher, own)

    def _judged_alone(self, target: Target) -> Settlement | None:
        late = target.updated_at - target.scheduled_at
        if target.is_begun or late <= timedelta(seconds=self._parts.timings.late_grace):
            return None
        return missed(late, Lateness(), target)

    def _found(self, gates: GateStore, target: Target) -> tuple[timedelta, Settlement | None]:
        """How late it was when it was let through, which happens once; or that it is too late."""
        late = target.updated_at - target.scheduled_at
        if target.is_begun or late <= timedelta(seconds=self._parts.timings.on_time):
            return timedelta(), None
        facts = gates.lateness(target)
        accepted = _accepted(target, facts)
        if accepted is None:
            if self._is_too_late(late, facts.rule):
                return late, missed(late, facts, target)
            noted = gates.accept(target)
            accepted = None if noted is None else noted.accepted_at
        return (accepted or target.updated_at) - target.scheduled_at, None

    def _out_of_turn(
        self, budgets: BudgetStore, target: Target, found: timedelta
    ) -> Settlement | None:
        """One turn after the other for what was found very late.

        What was let through on time and is tried again later takes none: the turns are for the
        posts that a machine finds when it wakes, not for those that back off.
        """
        timings = self._parts.timings
        if found <= timedelta(seconds=timings.burst_late):
            return None
        until = budgets.take_turn(target, spacing_seconds=timings.burst_spacing)
        return None if until is None else _put_off(until, _spaced(until, timings.burst_spacing))

    def _is_too_late(self, late: timedelta, rule: LateRule | None) -> bool:
        if rule is None:
            return late > timedelta(seconds=self._parts.timings.late_grace)
        past_grace = late > timedelta(minutes=rule.grace_minutes)
        return past_grace and rule.policy is not LatePolicy.PUBLISH

    def _blocked(self, standing: Standing, target: Target) -> Settlement | None:
        until = standing.blocks.get(target.account_id)
        if until is None or until <= target.updated_at:
            return None
        title = self._parts.publishers[target.network].rules.title
        error = TargetError(
            code="rate_limited",
            message=f"{title} takes nothing more from this account until {_clock(until)}.",
            fix="There is nothing to do: it goes out then.",
        )
        return _put_off(until, error)

    def _over_budget(self, budgets: BudgetStore, target: Target) -> Settlement | None:
        rules = self.publisher(target).rules
        # No network counts what goes to a sandbox.
        for cap in () if target.sandbox_machine else rules.caps:
            until = budgets.take(target, cap)
            if until is not None:
                return _put_off(until, _spent(rules.title, cap, until))
        return None


class _Gates:
    """The pauses and blocks of the scope, read again as soon as one of them has changed."""

    def __init__(self, parts: PublishingParts, gates: GateStore) -> None:
        self._gates = gates
        self._now = parts.clock.boottime
        self._organization_ids = parts.scope.organization_ids
        self._changes = Together(lambda: gates.changes(self._organization_ids))
        self._lock = Lock()
        self._seen: Hashable = None
        self._standing: Standing | None = None
        self._at = 0.0

    def fresh(self) -> Standing:
        """As they are now: what is confirmed before this call is in the answer.

        A change is counted after it was written, and the count is read before what it counts.
        """
        changes = self._changes.fresh()
        with self._lock:
            known = self._recent()
            if known is None or changes != self._seen:
                started = self._now()
                known = self._gates.standing(self._organization_ids)
                self._seen, self._standing, self._at = changes, known, started
            return known

    def lately(self) -> Standing:
        """As they were a moment ago."""
        with self._lock:
            known = self._recent()
        return self.fresh() if known is None else known

    def _recent(self) -> Standing | None:
        return self._standing if self._now() - self._at <= HINT_SECONDS else None


def missed(late: timedelta, facts: Lateness, target: Target) -> Settlement:
    """Too late by the rule: a person is asked, or the rule says that nobody is."""
    fix = "Publish it now or give it a new time."
    if facts.rule is not None and facts.rule.policy is LatePolicy.SKIP:
        text = f"It was {_in_words(late)} late, and posts that are so late are skipped here."
        error = TargetError(code="skipped", message=text, fix=fix)
    elif target.last_error is not None:
        error = target.last_error
    elif facts.resumed_at is not None and facts.resumed_at > target.scheduled_at:
        text = f"Publishing was paused at its time; it went on {_in_words(late)} later."
        error = TargetError(code="missed", message=text, fix=fix)
    else:
        text = f"No machine was on at its time; it was noticed {_in_words(late)} later."
        error = TargetError(code="missed", message=text, fix=fix)
    return Settlement(status=TargetStatus.MISSED, error=error)


def _accepted(target: Target, facts: Lateness) -> datetime | None:
    """When it was let through, if no pause has come in between."""
    accepted = target.accepted_at
    if accepted is None or facts.resumed_at is None or accepted > facts.resumed_at:
        return accepted
    return None


def _put_off(until: datetime, error: TargetError) -> Settlement:
    return Settlement(status=TargetStatus.PENDING, retry_at=until, error=error)


def _spaced(until: datetime, spacing: float) -> TargetError:
    return TargetError(
        code="spaced",
        message="Several posts of this account are late. So that they don't come all at once, one "
        f"goes out every {_in_words(timedelta(seconds=spacing))}; this one is tried at "
        f"{_clock(until)}.",
        fix="There is nothing to do; give it a new time if it is not wanted any more.",
    )


def _spent(title: str, cap: Cap, until: datetime) -> TargetError:
    window = _in_words(timedelta(seconds=cap.seconds))
    return TargetError(
        code="budget_spent",
        message=f"{title} takes {cap.posts} posts of an account in {window}, and so many are out. "
        f"This one is tried at {_clock(until)}.",
        fix="There is nothing to do: it goes out then.",
    )


def _clock(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"


def _in_words(late: timedelta) -> str:
    """As people say it: minutes, hours with minutes, days."""
    minutes = round(late.total_seconds() / 60)
    hours, rest = divmod(minutes, 60)
    if hours >= 48:
        return f"{hours // 24} days"
    if hours:
        return f"{hours} h {rest} min" if rest else f"{hours} h"
    return f"{minutes} minute{'' if minutes == 1 else 's'}"
