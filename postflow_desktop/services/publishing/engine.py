"""One step of publishing at a time: take what is due and carry it as far as it goes."""

from __future__ import annotations

from dataclasses import replace

from postflow_desktop.domain.network import Network
from postflow_desktop.domain.outcome import Outcome, OutcomeKind
from postflow_desktop.domain.target import Target, TargetStatus
from postflow_desktop.services.ports.publisher import PrepareFailed
from postflow_desktop.services.ports.targets import Scope, Settlement
from postflow_desktop.services.publishing.failpoints import Failpoint, reach
from postflow_desktop.services.publishing.gates import Gatekeeper
from postflow_desktop.services.publishing.parts import PublishingParts
from postflow_desktop.services.publishing.preparing import load_payload, open_session, wire_for
from postflow_desktop.services.publishing.reconciling import Reconciler
from postflow_desktop.services.publishing.recovering import Recovery
from postflow_desktop.services.publishing.sending import Held, InFlight, Sender
from postflow_desktop.services.publishing.settler import Counts, Settler
from postflow_desktop.services.publishing.settling import given_up, quiet_for
from postflow_desktop.services.publishing.timings import MAX_SENDER_DEATHS


class PublishingEngine:
    """The protocol for one workspace in one process; its methods may run on several threads."""

    def __init__(self, parts: PublishingParts) -> None:
        self._parts = parts
        self._in_flight = InFlight()
        self._at = InFlight()
        self._settler = Settler(parts)
        self._sender = Sender(parts, self._in_flight, self._settler)
        self._gates = Gatekeeper(parts)
        self._reconciler = Reconciler(parts, self._sender, self._settler, self._gates)
        self._recovery = Recovery(parts, self._in_flight, self._settler)

    def work_once(self) -> bool:
        """Publish one due target, reconcile one or look for one; False when there was none.

        ClusterUnreachable: the step stopped where it was; journal and leases settle it later.
        """
        parts = self._parts
        owner = parts.processes.process_id
        boot = parts.clock.boottime()
        reach(Failpoint.BEFORE_CLAIM_REPLY)
        claimed = parts.targets.claim(self._scope(), owner, parts.timings.claim_lease)
        if claimed is not None:
            reach(Failpoint.AFTER_CLAIM)
            with self._at.held(claimed.id):
                self._publish(self._held(claimed, boot))
            return True
        return self._reconcile_one(owner)

    def recover(self) -> int:
        """Settle what processes of this machine left behind; how many targets that concerned."""
        return self._recovery.run()

    def unfinished(self) -> int:
        """Targets whose time has come and that are not settled, whoever holds them."""
        return self._parts.targets.unfinished(self._gates.scope(self._parts.scope))

    def counts(self) -> Counts:
        """What this engine settled so far."""
        return self._settler.counts()

    def under_way(self) -> tuple[str, ...]:
        """The targets that this engine is at."""
        return self._at.ids()

    def beat(self) -> None:
        """Let others see that this process is here; to be called every few seconds."""
        if self._parts.attendance is not None:
            self._parts.attendance.beat(self.under_way(), self._settler.last_published_at)

    def hurry(self) -> None:
        """A person waits for what is due now: nobody else is let go first."""
        if self._parts.attendance is not None:
            self._parts.attendance.hurry()

    def halt(self) -> None:
        """The process ends: nobody goes on waiting for a network that works on a video."""
        self._parts.halt.set()

    def leave(self) -> None:
        """The end: others need not wait for this process any more."""
        if self._parts.attendance is not None:
            self._parts.attendance.leave()

    def next_wake(self) -> float | None:
        """Seconds until something may need doing; None if nothing is planned."""
        waits = [
            self._parts.targets.next_wake(scope, quiet) for scope, quiet in self._scopes_by_quiet()
        ]
        return min((wait for wait in waits if wait is not None), default=None)

    def _reconcile_one(self, owner: str) -> bool:
        parts = self._parts
        for scope, quiet in self._scopes_by_quiet():
            boot = parts.clock.boottime()
            target = parts.targets.take_ambiguous(
                scope, owner, lease_seconds=parts.timings.claim_lease, quiet_seconds=quiet
            )
            if target is not None:
                with self._at.held(target.id):
                    self._reconciler.reconcile(self._held(target, boot))
                return True
        return self._watch_one()

    def _held(self, target: Target, boot: float) -> Held:
        if self._parts.cluster_time is not None:
            self._parts.cluster_time.tell(target.updated_at, boot)
        return Held(target=target, boot=boot)

    def _watch_one(self) -> bool:
        target = self._parts.targets.take_watched(self._parts.scope, self._parts.timings.watch[1:])
        if target is not None:
            self._reconciler.watch(target)
        return target is not None

    def _publish(self, held: Held) -> None:
        target = held.target
        if target.sender_deaths >= MAX_SENDER_DEATHS:
            self._settler.by_holder(target, given_up(target))
            return
        if target.is_complete:
            self._settler.by_holder(target, Settlement(status=TargetStatus.PUBLISHED))
            return
        refusal = self._gates.refusal(target)
        if refusal is not None:
            self._refuse(target, refusal)
            return
        try:
            publisher = self._gates.publisher(target)
            payload = load_payload(self._parts, target, publisher)
            session = open_session(self._parts, target)
            wire = wire_for(self._parts, target, session, payload, publisher)
        except PrepareFailed as failure:
            self._not_prepared(held, failure.outcome)
            return
        reach(Failpoint.AFTER_UPLOAD)
        self._sender.send(held, session, payload, wire)

    def _not_prepared(self, held: Held, outcome: Outcome) -> None:
        if outcome.kind is OutcomeKind.AMBIGUOUS:
            # Preparing sends nothing irreversible, so an unclear answer there is just "not sent".
            outcome = Outcome(
                kind=OutcomeKind.NOT_SENT,
                code=outcome.code,
                message=outcome.message,
                fix=outcome.fix,
                status=outcome.status,
                received=outcome.received,
            )
        self._sender.not_prepared(held, outcome)

    def _refuse(self, target: Target, refusal: Settlement) -> None:
        if refusal.status is TargetStatus.PENDING:
            # Nothing has become of it: nobody needs to hear of it, and its post stays as it is.
            self._parts.targets.settle_hold(target, refusal)
            return
        self._settler.by_holder(target, refusal)

    def _scope(self) -> Scope:
        """What may be claimed, and how long after its time."""
        parts = self._parts
        wait = 0.0 if parts.attendance is None else parts.attendance.wait
        return self._gates.scope(replace(parts.scope, wait=wait) if wait else parts.scope)

    def _scopes_by_quiet(self) -> list[tuple[Scope, float]]:
        """The scope in parts: networks with keys are looked at without a quiet time."""
        parts = self._parts
        networks: dict[float, set[Network]] = {}
        for network in parts.scope.networks:
            quiet = quiet_for(parts.publishers[network].resend_class, parts.timings)
            networks.setdefault(quiet, set()).add(network)
        return [
            (replace(self._scope(), networks=frozenset(some)), quiet)
            for quiet, some in sorted(networks.items())
        ]
