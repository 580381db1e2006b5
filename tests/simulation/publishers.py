"""The publisher port over a simulated network: connect, ask the guard, send, wait, judge."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from postflow_desktop.domain.account import Session
from postflow_desktop.domain.errors import PostFlowError
from postflow_desktop.domain.network import Network, NetworkRules, ResendClass
from postflow_desktop.domain.outcome import Outcome, OutcomeKind, PublishResult
from postflow_desktop.domain.payload import Payload
from postflow_desktop.services.ports.clock import Clock
from postflow_desktop.services.ports.journal import Reply
from postflow_desktop.services.ports.publisher import (
    Finding,
    MediaSource,
    Page,
    PrepareFailed,
    Presence,
    PublishedPost,
    ReplyTo,
    SendRefused,
)
from postflow_desktop.services.publishing.timings import Timings
from tests.simulation import scenario as points
from tests.simulation.bson_order import NotModelled
from tests.simulation.networks import Service, Taken, refusal
from tests.simulation.scenario import ReplyFault

GIVES_UP = 60.0
"""Seconds after which a network closes a connection on which nothing comes."""


class Surroundings(Protocol):
    """What a publisher needs to know of the simulation."""

    @property
    def timings(self) -> Timings:
        """The protocol's."""
        ...

    def point(self, name: str) -> None:
        """Somebody is here."""
        ...

    def pause(self, seconds: float) -> None:
        """Time passes."""
        ...

    def after(self, seconds: float, act: Callable[[], object]) -> None:
        """Do this later, whatever becomes of who asked for it."""
        ...

    def next_reply(self) -> ReplyFault | None:
        """What the network does with this request."""
        ...

    def next_read(self, what: str) -> bool:
        """Whether this look or preparation goes wrong."""
        ...

    def leaves(self, wire: dict[str, Any]) -> float:
        """Every check is passed, and the request goes out: the time."""
        ...

    def refused(self, wire: dict[str, Any], left: float) -> None:
        """The answer to the request that left then says that it was not taken."""
        ...

    def kept(self, wire: dict[str, Any], left: float) -> None:
        """The answer to the request that left then says that it is out, and it is kept."""
        ...


class _Lost(Exception):
    """No usable answer came, and the request may have been taken."""


@dataclass
class SimulatedPublisher:
    """One network's adapter in one process."""

    around: Surroundings
    service: Service
    network: Network
    rules: NetworkRules
    clock: Clock
    resend_class: ResendClass

    def shown_text(self, payload: Payload) -> str:
        """As it is."""
        return payload.text

    def measure(self, text: str) -> int:
        """Characters."""
        return len(text)

    def prepare(
        self,
        session: Session,
        payload: Payload,
        media: MediaSource,
        *,
        target_id: str,
        at: datetime,
        reply_to: ReplyTo | None = None,
    ) -> str:
        """A key of ours, or a container of the network's."""
        self.around.point(points.PREPARE)
        if self.around.next_read("prepare"):
            message = "The network could not be reached."
            raise PrepareFailed(Outcome(kind=OutcomeKind.NOT_SENT, code="away", message=message))
        for item in payload.media:
            media.read(item.sha256)
        key = f"{target_id}@{at.isoformat()}"
        if self.service.letter == "C":
            key = self.service.make_container()
            self.around.point(points.PREPARE)
        return json.dumps(
            {
                "key": key,
                "text": payload.text,
                "at": at.isoformat(),
                "target": target_id,
                "parent": None if reply_to is None else reply_to.parent,
            }
        )

    def upload_again(self, session: Session, payload: Payload, media: MediaSource) -> None:
        """Nothing is kept there."""

    def publish(
        self,
        session: Session,
        wire: str,
        *,
        before_first_byte: Callable[[], None],
        on_reply: Callable[[Reply], None],
    ) -> Outcome:
        """As `transport.once` and an adapter do it."""
        fault = self.around.next_reply()
        try:
            left, reply = self._exchange(session, json.loads(wire), fault, before_first_byte)
        except SendRefused as refused:
            return _not_sent("send_refused", str(refused))
        except PostFlowError as error:
            return _not_sent(error.code, error.message)
        except _Lost as lost:
            return Outcome(kind=OutcomeKind.AMBIGUOUS, code="lost", message=str(lost))
        on_reply(reply)
        outcome = self.judge(wire, reply.status, reply.headers, reply.body)
        if outcome.kind is OutcomeKind.PUBLISHED:
            self.around.kept(json.loads(wire), left)
        return outcome

    def judge(self, wire: str, status: int, headers: dict[str, str], body: bytes) -> Outcome:
        """By status; what is not known to be a no is ambiguous."""
        kind = _KINDS.get(status, OutcomeKind.AMBIGUOUS)
        told: dict[str, Any] = json.loads(body or b"{}")
        if kind is OutcomeKind.PUBLISHED and "id" not in told:
            kind = OutcomeKind.AMBIGUOUS
        wait = told.get("wait")
        return Outcome(
            kind=kind,
            result=_result(told["id"]) if kind is OutcomeKind.PUBLISHED else None,
            code=str(status),
            message=f"The network answered with {status}.",
            status=status,
            retry_at=None if wait is None else self.clock.now() + timedelta(seconds=wait),
        )

    def find(self, session: Session, wire: str) -> Finding:
        """By key, container or listing."""
        self.around.point(points.FIND)
        if self.around.next_read("find"):
            return Finding(presence=Presence.UNKNOWN, message="The network did not answer.")
        sent = json.loads(wire)
        found = self._look(session, sent)
        self.around.point(points.FIND)
        return found

    def fetch(self, session: Session, external_id: str) -> PublishedPost | None:
        """Nobody asks."""
        raise NotModelled

    def list_own(self, session: Session, *, cursor: str | None = None, limit: int = 50) -> Page:
        """Nobody asks."""
        raise NotModelled

    def delete(self, session: Session, external_id: str) -> None:
        """Nobody asks."""
        raise NotModelled

    def _exchange(
        self,
        session: Session,
        wire: dict[str, Any],
        fault: ReplyFault | None,
        before_first_byte: Callable[[], None],
    ) -> tuple[float, Reply]:
        """When the request left, and what came back."""
        kind = "ok" if fault is None else fault.kind
        deadline = self.clock.boottime() + self.around.timings.send_deadline
        self.around.point(points.CONNECT)
        if kind == "refused":
            raise SendRefused("the connection was refused")
        connected = self.clock.boottime()
        if fault is not None and kind == "slow_connect":
            self.around.pause(fault.seconds)
        self._require_time(deadline)
        before_first_byte()
        self._require_time(deadline)
        self.around.point(points.FIRST_BYTE)
        if self._is_over(deadline):
            raise _Lost("the deadline passed while sending")
        left = self.around.leaves(wire)
        self.around.point(points.LAST_BYTE)
        if self.clock.boottime() - connected > GIVES_UP:
            raise _Lost("the network had closed the connection")
        answers: list[Reply] = []

        def take() -> Reply:
            return self.service.take(session.account_id, wire, left)

        wait = self._arrive(take, wire, fault, answers)
        self.around.point(points.SENT)
        self.around.pause(min(wait, max(0.0, deadline - self.clock.boottime())))
        if self.clock.boottime() >= deadline or not answers:
            raise _Lost("no answer came in time")
        if answers[0].status in _REFUSALS:
            self.around.refused(wire, left)
        return left, answers[0]

    def _is_over(self, deadline: float) -> bool:
        return self.clock.boottime() >= deadline

    def _require_time(self, deadline: float) -> None:
        if self._is_over(deadline):
            raise SendRefused("the deadline passed before the first byte")

    def _arrive(
        self,
        take: Callable[[], Reply],
        wire: dict[str, Any],
        fault: ReplyFault | None,
        answers: list[Reply],
    ) -> float:
        """The network has the request; seconds until there is an answer, or none is waited for."""
        kind, seconds = ("ok", 0.1) if fault is None else (fault.kind, fault.seconds)
        if kind in {"late", "slow"}:
            self.around.after(seconds, lambda: _answered(kind, take(), answers))
            return min(1.0, seconds / 2) if kind == "late" else seconds
        if kind == "container_gone" and self.service.letter == "C":
            self.service.end_container(wire["key"])
        reply = refusal(kind) if kind in _NOT_TAKEN else None if kind == "reset_before" else take()
        if reply is not None:
            _answered(kind, reply, answers)
        return {"taken_slow_reply": seconds, "taken_silent": GIVES_UP}.get(kind, 0.1)

    def _look(self, session: Session, sent: dict[str, Any]) -> Finding:
        match self.service.letter:
            case "K":
                known = [p for p in self.service.posts if p.wire["key"] == sent["key"]]
                if known and known[0].wire != sent:
                    return Finding(presence=Presence.OTHER)
                return _found(known)
            case "C":
                return self._ask_container(sent)
            case _:
                return _found(self.service.listed(session.account_id, sent))

    def _ask_container(self, sent: dict[str, Any]) -> Finding:
        container = self.service.containers[sent["key"]]
        if container.gone:
            return Finding(presence=Presence.OTHER, message="The container has ended.")
        if container.post is None:
            return Finding(presence=Presence.ABSENT)
        listed = container.post.listed_at <= self.service.now()
        result = _result(container.post.external_id) if listed else None
        return Finding(presence=Presence.PRESENT, result=result)


def _answered(kind: str, reply: Reply, answers: list[Reply]) -> None:
    """What the sender gets to read of the network's answer."""
    if kind in {"500_taken", "400_taken"}:
        answers.append(refusal(kind))
    elif kind == "garbled":
        answers.append(Reply(status=200, headers={}, body=b"{}"))
    elif kind not in {"taken_reset", "taken_silent", "late"}:
        answers.append(reply)


_NOT_TAKEN = frozenset({"429", "503", "401", "422"})
_REFUSALS = frozenset({401, 403, 422, 429})
_KINDS = {
    200: OutcomeKind.PUBLISHED,
    401: OutcomeKind.UNAUTHORIZED,
    403: OutcomeKind.DUPLICATE,
    422: OutcomeKind.REJECTED,
    429: OutcomeKind.REJECTED_FOR_NOW,
}


def _found(posts: Sequence[Taken]) -> Finding:
    if not posts:
        return Finding(presence=Presence.ABSENT)
    if len(posts) > 1:
        return Finding(presence=Presence.OTHER, message="Several posts look like this one.")
    return Finding(presence=Presence.PRESENT, result=_result(posts[0].external_id))


def _result(external_id: str) -> PublishResult:
    return PublishResult(external_id=external_id, url=f"https://network.example/{external_id}")


def _not_sent(code: str, message: str) -> Outcome:
    return Outcome(kind=OutcomeKind.NOT_SENT, code=code, message=message)
