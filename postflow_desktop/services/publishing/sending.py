"""One attempt: journal, announcement, barrier, send, conclusion, settlement; in this order."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock

from postflow_desktop.domain.account import Session
from postflow_desktop.domain.errors import Bug, MachineProblem, PostFlowError
from postflow_desktop.domain.outcome import Outcome, OutcomeKind
from postflow_desktop.domain.payload import Payload
from postflow_desktop.domain.target import Intent, Target, attempt_id
from postflow_desktop.services.ports.attempts import AttemptRecord
from postflow_desktop.services.ports.journal import JournalEntry, JournalStage, Reply
from postflow_desktop.services.ports.publisher import PrepareFailed, SendRefused
from postflow_desktop.services.ports.targets import Settlement
from postflow_desktop.services.publishing.carrying import HeartbeatMedia, Keeper
from postflow_desktop.services.publishing.failpoints import Failpoint, reach
from postflow_desktop.services.publishing.parts import PublishingParts
from postflow_desktop.services.publishing.settler import Settler
from postflow_desktop.services.publishing.settling import settlement_for

log = logging.getLogger("postflow_desktop.publishing")


@dataclass(slots=True)
class InFlight:
    """What this process is at; recovery leaves such attempts alone."""

    _ids: set[str] = field(default_factory=set)
    _lock: Lock = field(default_factory=Lock)

    def add(self, attempt: str) -> None:
        """From now on."""
        with self._lock:
            self._ids.add(attempt)

    def discard(self, attempt: str) -> None:
        """No more, one way or another."""
        with self._lock:
            self._ids.discard(attempt)

    @contextmanager
    def held(self, some_id: str) -> Iterator[None]:
        """From here to there."""
        self.add(some_id)
        try:
            yield
        finally:
            self.discard(some_id)

    def ids(self) -> tuple[str, ...]:
        """All of them."""
        with self._lock:
            return tuple(sorted(self._ids))

    def __contains__(self, attempt: object) -> bool:
        with self._lock:
            return attempt in self._ids


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A target that this process holds, with its boot clock read before it asked for it."""

    target: Target
    boot: float


class Sender:
    """Carries a held target (claimed or reconciling) through one attempt."""

    def __init__(self, parts: PublishingParts, in_flight: InFlight, settler: Settler) -> None:
        self._parts = parts
        self._in_flight = in_flight
        self._settler = settler

    def send(self, held: Held, session: Session, payload: Payload, wire: str) -> None:
        """One attempt with this wire form; sends nothing if the target is no longer ours."""
        record = self._record(held, wire)
        self._in_flight.add(record.id)
        try:
            self._attempt(record, held, session, payload)
        finally:
            self._in_flight.discard(record.id)

    def not_prepared(self, held: Held, outcome: Outcome) -> None:
        """Record and settle an attempt that ended before there was anything to send."""
        target = held.target
        record = self._record(held, target.wire or "")
        if self._parts.attempts.announce(record):
            self._parts.attempts.conclude(record, outcome, self._cluster_now(held))
        settlement = self._settlement(outcome, target)
        self._settler.by_holder(target, settlement)

    def _attempt(
        self, record: AttemptRecord, held: Held, session: Session, payload: Payload
    ) -> None:
        parts, target = self._parts, held.target
        parts.journal.begin(
            JournalEntry(
                attempt_id=record.id,
                workspace_id=parts.workspace_id,
                organization_id=target.organization_id,
                target_id=target.id,
                process=parts.processes.process_id,
                stage=JournalStage.BARRIER,
                wire=record.wire,
            )
        )
        guard = _Guard(parts, record.id)
        reach(Failpoint.BEFORE_ANNOUNCE)
        if not parts.attempts.announce(record) or not self._pass_barrier(record, target):
            self._abandon(record, held)
            return
        reach(Failpoint.AFTER_BARRIER)
        guard.barrier_acknowledged()
        outcome = parts.publishers[target.network].publish(
            session,
            record.wire,
            before_first_byte=guard,
            on_reply=lambda reply: self._keep(record.id, reply),
        )
        if outcome.upload_again:
            self._upload_again(target, session, payload)
        self._conclude(record, outcome, held)

    def _pass_barrier(self, record: AttemptRecord, target: Target) -> bool:
        parts = self._parts
        intent = Intent(
            attempt_id=record.id,
            step=record.step,
            machine=parts.processes.machine_id,
            process=parts.processes.process_id,
            at=record.at,
        )
        reach(Failpoint.BEFORE_BARRIER)
        held = parts.targets.barrier(
            target,
            intent,
            record.wire,
            need=parts.timings.need_at_barrier,
            lease_seconds=parts.timings.sending_lease,
        )
        return held is not None

    def _keep(self, attempt: str, reply: Reply) -> None:
        reach(Failpoint.AFTER_REPLY)
        try:
            self._parts.journal.response(attempt, reply)
        except MachineProblem:
            # The reply is in memory and goes on to the cluster; only a crash right now would have
            # to ask the network again.
            log.error("The reply could not be written to the journal.", extra={"attempt": attempt})
        reach(Failpoint.AFTER_JOURNAL_REPLY)

    def _upload_again(self, target: Target, session: Session, payload: Payload) -> None:
        try:
            media = HeartbeatMedia(self._parts.media, Keeper(self._parts))
            self._parts.publishers[target.network].upload_again(session, payload, media)
        except (PrepareFailed, PostFlowError) as error:
            # The next try will say so and upload once more.
            log.info("Uploading again did not work yet.", extra={"reason": str(error)})

    def _conclude(self, record: AttemptRecord, outcome: Outcome, held: Held) -> None:
        parts, target = self._parts, held.target
        parts.attempts.conclude(record, outcome, self._cluster_now(held))
        settlement = self._settlement(outcome, target)
        reach(Failpoint.BEFORE_FINALISE)
        self._settler.by_evidence(target, record.id, settlement)
        reach(Failpoint.AFTER_FINALISE)
        parts.journal.done(record.id)
        log.info(
            "An attempt ended.",
            extra={"action": "attempt", "attempt": record.id, "outcome": outcome.kind.value},
        )

    def _settlement(self, outcome: Outcome, target: Target) -> Settlement:
        self._settler.heed(target, outcome)
        return settlement_for(
            outcome,
            target,
            self._parts.timings,
            jitter=self._parts.random(),
            resend_class=self._parts.publishers[target.network].resend_class,
            max_tries=self._settler.max_tries(target, outcome),
        )

    def _abandon(self, record: AttemptRecord, held: Held) -> None:
        outcome = Outcome(
            kind=OutcomeKind.NOT_SENT,
            code="abandoned",
            message="The post was canceled, changed or taken over; this attempt sent nothing.",
        )
        self._parts.attempts.conclude(record, outcome, self._cluster_now(held))
        self._parts.journal.done(record.id)

    def _cluster_now(self, held: Held) -> datetime:
        """The cluster's clock, from the reply to the claim and this machine's boot clock."""
        return held.target.updated_at + timedelta(seconds=self._parts.clock.boottime() - held.boot)

    def _record(self, held: Held, wire: str) -> AttemptRecord:
        target = held.target
        return AttemptRecord(
            id=attempt_id(target.id, target.step, target.fence),
            step=target.step,
            organization_id=target.organization_id,
            post_id=target.post_id,
            target_id=target.id,
            account_id=target.account_id,
            content_hash=target.content_hash,
            wire=wire,
            machine=self._parts.processes.machine_id,
            process=self._parts.processes.process_id,
            fence=target.fence,
            at=self._cluster_now(held),
        )


class _Guard:
    """The last word before the first byte; runs when the connection stands."""

    def __init__(self, parts: PublishingParts, attempt: str) -> None:
        self._parts = parts
        self._attempt = attempt
        self._boot = parts.clock.boottime()
        self._wall = parts.clock.now()
        self._acknowledged = False

    def barrier_acknowledged(self) -> None:
        self._acknowledged = True

    def __call__(self) -> None:
        if not self._acknowledged:
            # Stays on in production: better no publisher than one that skips the barrier.
            raise Bug("A publish request was about to leave without an acknowledged barrier.")
        timings = self._parts.timings
        passed = self._parts.clock.boottime() - self._boot
        if passed >= timings.sending_lease - timings.send_deadline:
            raise SendRefused("The lease would end before the call does; the machine was asleep.")
        wall = (self._parts.clock.now() - self._wall).total_seconds()
        if abs(wall - passed) > timings.clock_slip:
            raise SendRefused("The machine's clock was set while the post was being sent.")
        try:
            self._parts.journal.writing(self._attempt)
        except MachineProblem as error:
            raise SendRefused(error.message) from error
        reach(Failpoint.BEFORE_FIRST_BYTE)
