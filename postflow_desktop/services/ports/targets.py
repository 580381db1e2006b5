"""Targets: what is due, who holds it, and the compare-and-set steps of the publish protocol.

All times are on the cluster's clock. Every write is a single-document compare-and-set with majority
and journaled acknowledgement; a method that returns None or False changed nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from postflow_desktop.domain.network import Network
from postflow_desktop.domain.outcome import PublishResult
from postflow_desktop.domain.step import Step, StepDone
from postflow_desktop.domain.target import Intent, Target, TargetError, TargetStatus
from postflow_desktop.domain.time import PlannedTime


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Which targets this process may work on."""

    organization_ids: tuple[str, ...]
    networks: frozenset[Network]
    machine: str
    target_ids: tuple[str, ...] | None = None
    """Only these, for `publish now`; None for all."""
    wait: float = 0.0
    """Seconds after its time before a target is claimed; meanwhile others may go first."""
    on_time: float = 60.0
    """Seconds after its time within which a target that is claimed is not late."""
    paused_organizations: frozenset[str] = frozenset()
    paused_accounts: frozenset[str] = frozenset()
    """What is known to be paused: it is not claimed, nor waited for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settlement:
    """How a target goes on after an attempt, a claim or a look at the network."""

    status: TargetStatus
    delay: float | None = None
    """Seconds from now (cluster) to the next try; None leaves `notBefore`."""
    retry_at: datetime | None = None
    """Or an instant that the network named; the later of the two counts."""
    error: TargetError | None = None
    result: PublishResult | None = None
    step: StepDone | None = None
    """The step that is out with this, for targets that have steps. With PENDING the next one is
    begun: with a request of its own, and with nothing counted of those before."""
    count_try: bool = False
    drop_wire: bool = False
    """The next request is another one, and what became of this one is known."""
    asked: bool = False
    """A person decided; what was not known before, and who died of it, counts no more."""
    count_death: bool = False
    """Whoever held it died."""
    kept_back: bool = False
    """It was to be looked at again, and a pause came in between: this look does not count."""
    watch_in: float | None = None
    """Seconds until the first look for it at the network, though a person is asked; None: none."""


class TargetStore(Protocol):
    """`schedules`; every query is scoped by organization."""

    def new_id(self) -> str:
        """An id that nobody has."""
        ...

    def now(self) -> datetime:
        """The cluster's clock."""
        ...

    def add(self, targets: Sequence[Target]) -> None:
        """Insert new targets, all or none.

        Conflict: `already_scheduled` if a (post, account) has one, `slot_taken` if a slot has.
        """
        ...

    def get(self, organization_id: str, target_id: str) -> Target | None:
        """One target, or None."""
        ...

    def of_posts(self, organization_id: str, post_ids: Sequence[str]) -> Sequence[Target]:
        """The targets of these posts, by time and id."""
        ...

    def ahead(self, organization_id: str, after: datetime) -> Iterator[Target]:
        """Pending targets that are planned for `after` or later, by time, as they are read."""
        ...

    def of_account(self, organization_id: str, account_id: str) -> Sequence[Target]:
        """What of an account is pending or under way, by time."""
        ...

    def plan(
        self,
        target: Target,
        planned: PlannedTime,
        content_hash: str,
        steps: Sequence[Step] = (),
    ) -> Target | None:
        """Put a target that is not under way and not out to a time (again), with this content.

        `steps` are those of the content, with what is out of them marked.
        Compares status, scheduledAt and content hash with the given target. Conflict
        (`slot_taken`) where the time is a slot of the queue and another target has it.
        """
        ...

    def cancel(self, target: Target) -> Target | None:
        """Cancel; once this returns a target, nothing of it can be sent any more.

        A target of which something is out is left as published, without the rest.
        """
        ...

    def claim(self, scope: Scope, owner: str, lease_seconds: float) -> Target | None:
        """Take the target that is due longest, with a new fence."""
        ...

    def extend(self, target: Target, lease_seconds: float) -> bool:
        """Heartbeat while preparing; False if the claim is gone."""
        ...

    def barrier(
        self, target: Target, intent: Intent, wire: str, *, need: float, lease_seconds: float
    ) -> Target | None:
        """The write after which bytes may leave; None: nothing may be sent.

        Holds only if fence, status and content hash are the target's and, for a claim, at least
        `need` seconds of the lease are left. Stores the wire form with it.
        """
        ...

    def settle_attempt(
        self, organization_id: str, attempt: str, settlement: Settlement
    ) -> Target | None:
        """Apply what an attempt's own evidence says; late evidence counts, whatever the fence.

        That it is out settles a target that is planned again, canceled or given up as well; only
        while a later attempt is being sent, that one is waited for.
        """
        ...

    def settle_hold(self, target: Target, settlement: Settlement) -> Target | None:
        """Apply what the holder of a claim or reconciliation decides; matches fence and status."""
        ...

    def take_ambiguous(
        self, scope: Scope, owner: str, *, lease_seconds: float, quiet_seconds: float
    ) -> Target | None:
        """Take a target whose sender died or did not learn the outcome, to reconcile it."""
        ...

    def take_watched(self, scope: Scope, waits: Sequence[float]) -> Target | None:
        """A target that needs attention and is to be looked for now.

        The next look comes after the seconds in `waits` that belong to this one; after the last
        of them there is none. Nobody holds the target: looking changes nothing.
        """
        ...

    def is_linked(self, target: Target, external_id: str) -> bool:
        """Whether another target of the same account is published as this post."""
        ...

    def unclear(self, target: Target) -> Sequence[Target]:
        """Other targets of the account of which nobody knows yet where their post is."""
        ...

    def held_by_machine(self, scope: Scope) -> Sequence[Target]:
        """Targets claimed, sending or reconciling under a lease of this machine."""
        ...

    def unfinished(self, scope: Scope) -> int:
        """Targets whose time has come and that are pending or under way, whoever holds them."""
        ...

    def next_wake(self, scope: Scope, quiet_seconds: float) -> float | None:
        """Seconds until something may need doing (0 if now); None if nothing is planned."""
        ...
