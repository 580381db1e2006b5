"""Finding out what became of an attempt whose answer got lost.

With a key of our own (class K) or a container that is published once (class C) any machine may
look, and send the same thing again: the network makes one post of it, however late the first
request arrives. Otherwise a look can prove that the post is there, and nothing that it is not.
"""

from __future__ import annotations

from postflow_desktop.domain.account import Session
from postflow_desktop.domain.network import ResendClass
from postflow_desktop.domain.outcome import Outcome
from postflow_desktop.domain.target import Target, TargetError, TargetStatus
from postflow_desktop.services.ports.publisher import Finding, PrepareFailed, Presence
from postflow_desktop.services.ports.targets import Settlement
from postflow_desktop.services.publishing.failpoints import Failpoint, reach
from postflow_desktop.services.publishing.gates import Gatekeeper
from postflow_desktop.services.publishing.parts import PublishingParts
from postflow_desktop.services.publishing.preparing import load_payload, open_session
from postflow_desktop.services.publishing.sending import Held, Sender
from postflow_desktop.services.publishing.settler import Settler
from postflow_desktop.services.publishing.settling import ASK_A_PERSON
from postflow_desktop.services.publishing.timings import MAX_RECONCILIATIONS, MAX_SENDER_DEATHS
from postflow_desktop.services.publishing.twins import has_twin

_LOOKS_WHILE_PAUSED = 4
"""Polls between looks for what may not be sent again now."""
RESENDABLE = frozenset({ResendClass.KEY, ResendClass.CONTAINER})


class Reconciler:
    """Settles targets that may or may not be out."""

    def __init__(
        self, parts: PublishingParts, sender: Sender, settler: Settler, gates: Gatekeeper
    ) -> None:
        self._parts = parts
        self._sender = sender
        self._settler = settler
        self._gates = gates

    def reconcile(self, held: Held) -> None:
        """Look, and settle, send again or ask a person."""
        reach(Failpoint.RECONCILE_BEFORE_LOOK)
        target = held.target
        if target.wire is None:
            self._settler.by_holder(
                target, _attention("no_wire", "What was sent is not known any more.")
            )
            return
        publisher = self._parts.publishers[target.network]
        if publisher.resend_class is ResendClass.NOTHING:
            text = f"{publisher.rules.title} gave no answer and can't be asked. It may be out."
            self._settler.by_holder(target, _attention("may_be_out", text))
            return
        try:
            session = open_session(self._parts, target)
        except PrepareFailed as failure:
            self._later(target, failure.outcome)
            return
        finding = self._find(target, session, target.wire)
        reach(Failpoint.RECONCILE_AFTER_LOOK)
        self._act(held, session, target.wire, finding)

    def watch(self, target: Target) -> None:
        """Look for a post that a person was asked about; if it is there, the question is settled.

        Only looks: whatever does not answer is asked again at the next look.
        """
        if target.wire is None:
            return
        try:
            session = open_session(self._parts, target)
        except PrepareFailed:
            return
        finding = self._find(target, session, target.wire)
        if finding.presence is Presence.PRESENT:
            found = Settlement(status=TargetStatus.PUBLISHED, result=finding.result)
            self._settler.by_holder(target, found)

    def _find(self, target: Target, session: Session, wire: str) -> Finding:
        """What the network shows; a post that another target has is not ours."""
        finding = self._parts.publishers[target.network].find(session, wire)
        if finding.presence is not Presence.PRESENT or self._resendable(target):
            return finding
        if finding.result is None:
            return finding
        # In this order: a twin that is settled in between is found to have the post.
        is_unsure = has_twin(self._parts, target)
        if self._parts.targets.is_linked(target, finding.result.external_id):
            return Finding(presence=Presence.ABSENT)
        if is_unsure:
            # One post, and two that may be it: whoever is told that it is out, the other is lost.
            text = "A post with the same words is unclear too, so this may be that one."
            return Finding(presence=Presence.OTHER, message=text)
        return finding

    def _act(self, held: Held, session: Session, wire: str, finding: Finding) -> None:
        target = held.target
        match finding.presence:
            case Presence.PRESENT if finding.result is None and self._may_look_again(target):
                # It is out; its address comes with a later look.
                self._later(target, None, finding.message)
            case Presence.PRESENT:
                found = Settlement(status=TargetStatus.PUBLISHED, result=finding.result)
                self._settler.by_holder(target, found)
            case Presence.ABSENT:
                self._absent(held, session, wire)
            case Presence.OTHER if self._resendable(target):
                # Whatever took our key came first, and a container that ended was never published:
                # none of our requests with this wire form can ever succeed. A new one is safe.
                error = TargetError(
                    code="wire_spent", message="That request can't succeed; a new one is made."
                )
                again = Settlement(
                    status=TargetStatus.PENDING, delay=0.0, error=error, drop_wire=True
                )
                self._settler.by_holder(target, again)
            case Presence.OTHER:
                # Whose it is, another attempt of ours may still tell; but more looks don't make
                # two posts that look alike one.
                watch_in = self._parts.timings.watch[0] if finding.result is None else None
                text = finding.message or "More than one post there could be this one."
                self._settler.by_holder(target, _attention("may_be_out", text, watch_in))
            case Presence.UNKNOWN:
                self._later(target, None, finding.message)

    def _resendable(self, target: Target) -> bool:
        """Whether sending the same wire form again can't make a second post."""
        return self._parts.publishers[target.network].resend_class in RESENDABLE

    def _absent(self, held: Held, session: Session, wire: str) -> None:
        """Absence is no proof: a late request may still be taken. Only keys allow a resend."""
        target = held.target
        publisher = self._parts.publishers[target.network]
        if self._resendable(target):
            self._resend(held, session, wire)
            return
        text = (
            f"{publisher.rules.title} gave no answer, and the post is not to be seen there now. "
            "It may still appear."
        )
        self._settler.by_holder(
            target, _attention("may_be_out", text, self._parts.timings.watch[0])
        )

    def _resend(self, held: Held, session: Session, wire: str) -> None:
        target = held.target
        if target.sender_deaths >= MAX_SENDER_DEATHS:
            text = f"Sending was cut off {target.sender_deaths} times; it is not tried again."
            self._settler.by_holder(target, _attention("sender_died", text))
            return
        if target.reconciliations > MAX_RECONCILIATIONS:
            text = "It was looked for and sent again many times without a clear answer."
            settlement = _attention("unknown", text, self._parts.timings.watch[0])
            self._settler.by_holder(target, settlement)
            return
        if self._gates.is_paused(target):
            # It was looked for; to send it again is as much as to send it.
            delay = _LOOKS_WHILE_PAUSED * self._parts.timings.poll
            back = Settlement(status=TargetStatus.RECONCILING, delay=delay, kept_back=True)
            self._settler.by_holder(target, back)
            return
        try:
            payload = load_payload(self._parts, target, self._gates.publisher(target))
        except PrepareFailed as failure:
            self._settler.by_holder(
                target, _attention(failure.outcome.code, failure.outcome.message)
            )
            return
        self._sender.send(held, session, payload, wire)

    def _may_look_again(self, target: Target) -> bool:
        return target.reconciliations < MAX_RECONCILIATIONS

    def _later(self, target: Target, outcome: Outcome | None, message: str = "") -> None:
        text = outcome.message if outcome is not None else message
        if not self._may_look_again(target):
            unknown = _attention(
                "unknown",
                f"It could not be found out: {text}",
                self._parts.timings.watch[0],
            )
            self._settler.by_holder(target, unknown)
            return
        timings = self._parts.timings
        delay = min(timings.backoff_cap, timings.reconcile_base * 2.0**target.reconciliations)
        error = TargetError(code=outcome.code if outcome else "not_found_out", message=text)
        again = Settlement(status=TargetStatus.RECONCILING, delay=delay, error=error)
        self._settler.by_holder(target, again)


def _attention(code: str, message: str, watch_in: float | None = None) -> Settlement:
    error = TargetError(code=code, message=message, fix=ASK_A_PERSON)
    return Settlement(status=TargetStatus.NEEDS_ATTENTION, error=error, watch_in=watch_in)
