"""What this machine knows about attempts that were cut off, from its own journal.

A journal that ends at BARRIER proves that nothing was sent, and only this machine can know it; one
with a reply tells the outcome, however late. A process is dead when its lock is free.
"""

from __future__ import annotations

import logging
from dataclasses import replace

from postflow_desktop.domain.outcome import Outcome, OutcomeKind
from postflow_desktop.domain.target import Target, TargetStatus, attempt_id
from postflow_desktop.services.ports.attempts import AttemptRecord
from postflow_desktop.services.ports.journal import JournalEntry, JournalStage
from postflow_desktop.services.ports.targets import Settlement
from postflow_desktop.services.publishing.parts import PublishingParts
from postflow_desktop.services.publishing.reconciling import RESENDABLE
from postflow_desktop.services.publishing.sending import InFlight
from postflow_desktop.services.publishing.settler import Settler
from postflow_desktop.services.publishing.settling import error_of, given_up, settlement_for
from postflow_desktop.services.publishing.timings import MAX_SENDER_DEATHS

log = logging.getLogger("postflow_desktop.publishing")


class Recovery:
    """Settles what dead processes of this machine left behind."""

    def __init__(self, parts: PublishingParts, in_flight: InFlight, settler: Settler) -> None:
        self._parts = parts
        self._in_flight = in_flight
        self._settler = settler

    def run(self) -> int:
        """Settle journal entries and give back claims; how many were settled."""
        settled = 0
        for known in self._parts.journal.unsettled(self._parts.workspace_id):
            if not self._is_abandoned(known.attempt_id, known.process):
                continue
            # Who has just died may have sent after the list was read. Now nobody writes it any
            # more, and what it says is how far that attempt got.
            entry = self._parts.journal.get(known.attempt_id)
            if entry is not None and entry.stage is not JournalStage.DONE:
                settled += self._settle_entry(entry)
        for target in self._parts.targets.held_by_machine(self._parts.scope):
            if target.lease is not None and self._is_dead(target.lease.owner):
                settled += self._give_back(target)
        self._settler.repair(self._parts.scope.organization_ids)
        return settled

    def _is_abandoned(self, attempt: str, process: str) -> bool:
        if process == self._parts.processes.process_id:
            return attempt not in self._in_flight
        return not self._parts.processes.is_alive(process)

    def _is_dead(self, process: str) -> bool:
        own = process == self._parts.processes.process_id
        return not own and not self._parts.processes.is_alive(process)

    def _settle_entry(self, entry: JournalEntry) -> int:
        parts = self._parts
        target = parts.targets.get(entry.organization_id, entry.target_id)
        if target is not None:
            outcome, evidence = self._evidence(entry, target)
            self._conclude(entry, target, outcome)
            settlement = self._counted(entry, target, evidence)
            done = self._settler.by_evidence(target, entry.attempt_id, settlement)
            if not done and settlement.status is TargetStatus.PUBLISHED and _is_sent(target):
                # A later attempt is being sent; this one's evidence may still be needed after it.
                return 0
            may_stand = not done and _may_come_to_stand(entry, target)
            # Its barrier may be on its way still; without the hold it can't stand any more.
            if may_stand and not self._settler.by_holder(target, settlement):
                return 0
            if not done:
                # Who settled it may have died before the post showed it.
                self._settler.show(target)
        parts.journal.done(entry.attempt_id)
        log.info(
            "An interrupted attempt was settled from the journal.",
            extra={"action": "recovered", "attempt": entry.attempt_id, "stage": entry.stage.value},
        )
        return 1

    def _conclude(self, entry: JournalEntry, target: Target, outcome: Outcome) -> None:
        """The history says how the attempt ended, where nobody had said so before."""
        record = AttemptRecord(
            id=entry.attempt_id,
            organization_id=entry.organization_id,
            post_id=target.post_id,
            target_id=target.id,
            account_id=target.account_id,
            content_hash=target.content_hash,
            wire=entry.wire,
            machine=self._parts.processes.machine_id,
            process=entry.process,
            fence=int(entry.attempt_id.rpartition("#")[2]),
            at=target.updated_at,
        )
        self._parts.attempts.conclude(record, outcome, self._parts.targets.now())

    def _counted(self, entry: JournalEntry, target: Target, evidence: Settlement) -> Settlement:
        """With the death of its process; what keeps killing processes goes to a person."""
        own = entry.process == self._parts.processes.process_id
        if own or evidence.status not in (TargetStatus.PENDING, TargetStatus.RECONCILING):
            return evidence
        return self._one_death_more(target, evidence)

    def _one_death_more(self, target: Target, back: Settlement) -> Settlement:
        last = target.sender_deaths + 1 >= MAX_SENDER_DEATHS
        if last and back.status is TargetStatus.PENDING:
            back = given_up(target)
        return replace(back, count_death=True)

    def _evidence(self, entry: JournalEntry, target: Target) -> tuple[Outcome, Settlement]:
        parts = self._parts
        match entry.stage:
            case JournalStage.RESPONSE if entry.reply is not None and (entry.wire or target.wire):
                reply, wire = entry.reply, entry.wire or target.wire or ""
                self._tell_time()
                outcome = parts.publishers[target.network].judge(
                    wire, reply.status, reply.headers, reply.body
                )
                return outcome, self._settlement(outcome, target)
            case JournalStage.BARRIER:
                outcome = Outcome(
                    kind=OutcomeKind.NOT_SENT,
                    code="interrupted",
                    message="The machine stopped before anything was sent.",
                )
                # Where this was a second request, the first one may be out all the same.
                resendable = parts.publishers[target.network].resend_class in RESENDABLE
                again = resendable and target.reconciliations > 0
                status = TargetStatus.RECONCILING if again else TargetStatus.PENDING
                return outcome, Settlement(status=status, delay=0.0, error=error_of(outcome))
            case _:
                return self._look_up(target)

    def _tell_time(self) -> None:
        """A process that has just started has claimed nothing that would have told it the time."""
        parts = self._parts
        if parts.cluster_time is not None:
            boot = parts.clock.boottime()
            parts.cluster_time.tell(parts.targets.now(), boot)

    def _look_up(self, target: Target) -> tuple[Outcome, Settlement]:
        outcome = Outcome(
            kind=OutcomeKind.AMBIGUOUS,
            code="interrupted",
            message="The machine stopped while the post was being sent.",
        )
        return outcome, self._settlement(outcome, target)

    def _settlement(self, outcome: Outcome, target: Target) -> Settlement:
        parts = self._parts
        self._settler.heed(target, outcome)
        return settlement_for(
            outcome,
            target,
            parts.timings,
            jitter=parts.random(),
            resend_class=parts.publishers[target.network].resend_class,
            max_tries=self._settler.max_tries(target, outcome),
        )

    def _give_back(self, target: Target) -> int:
        match target.status:
            case TargetStatus.CLAIMED:
                back = Settlement(status=TargetStatus.PENDING, delay=0.0)
            case TargetStatus.RECONCILING:
                back = Settlement(status=TargetStatus.RECONCILING, delay=0.0)
            case _:
                # Sending: the journal has spoken above, or the lease has to end.
                return 0
        return int(self._settler.by_holder(target, self._one_death_more(target, back)))


def _is_sent(target: Target) -> bool:
    """Whether a request of it is under way, or was when the power went."""
    return target.status in (TargetStatus.SENDING, TargetStatus.PROCESSING)


def _may_come_to_stand(entry: JournalEntry, target: Target) -> bool:
    """Whether the barrier of an attempt that sent nothing could still be acknowledged."""
    own = attempt_id(target.id, target.step, target.fence) == entry.attempt_id
    held = target.status in (TargetStatus.CLAIMED, TargetStatus.RECONCILING)
    return own and held and entry.stage is JournalStage.BARRIER
