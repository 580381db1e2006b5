"""A network with keys (class K) in memory: fits the Publisher port, misbehaves on demand."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable
from datetime import datetime
from threading import Lock

from postflow_desktop.domain.account import Session
from postflow_desktop.domain.network import Network, NetworkRules, ResendClass
from postflow_desktop.domain.outcome import Outcome, OutcomeKind, PublishResult
from postflow_desktop.domain.payload import Payload
from postflow_desktop.domain.text import count_graphemes
from postflow_desktop.services.ports.journal import Reply
from postflow_desktop.services.ports.publisher import (
    Finding,
    MediaSource,
    Page,
    Presence,
    PublishedPost,
    ReplyTo,
    SendRefused,
)

RULES = NetworkRules(
    network=Network.BLUESKY,
    title="Testnet",
    max_graphemes=300,
    max_text_bytes=3000,
    max_images=4,
    max_image_bytes=2_000_000,
    image_types=frozenset({"image/png", "image/jpeg"}),
    max_alt_graphemes=2000,
    source="tests",
    max_parts=5,
    max_comment=300,
)


class KeyedNetwork:
    """Keeps posts by key; each publish takes the next scripted behaviour, else it works."""

    network = Network.BLUESKY
    resend_class = ResendClass.KEY
    rules = RULES

    def __init__(self) -> None:
        self.posts: dict[str, str] = {}
        self.accepted: list[str] = []
        self.requests = 0
        self.script: deque[str] = deque()
        self.before_send: Callable[[], None] = lambda: None
        self._lock = Lock()

    def shown_text(self, payload: Payload) -> str:
        return payload.text

    def measure(self, text: str) -> int:
        return count_graphemes(text)

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
        for item in payload.media:
            media.read(item.sha256)
        wire = {"key": target_id, "text": payload.text, "at": at.isoformat()}
        if reply_to is not None:
            wire |= {"root": reply_to.root, "parent": reply_to.parent, "kind": reply_to.kind.value}
        return json.dumps(wire)

    def upload_again(self, session: Session, payload: Payload, media: MediaSource) -> None:
        for item in payload.media:
            media.read(item.sha256)

    def publish(
        self,
        session: Session,
        wire: str,
        *,
        before_first_byte: Callable[[], None],
        on_reply: Callable[[Reply], None],
    ) -> Outcome:
        with self._lock:
            behaviour = self.script.popleft() if self.script else "ok"
        if behaviour == "no_way":
            return Outcome(
                kind=OutcomeKind.NOT_SENT, code="connection_refused", message="The line is down."
            )
        if behaviour == "refused":
            return Outcome(kind=OutcomeKind.NOT_SENT, code="refused", message="No connection.")
        try:
            self.before_send()
            before_first_byte()
        except SendRefused as refusal:
            return Outcome(kind=OutcomeKind.NOT_SENT, code="guard", message=str(refusal))
        with self._lock:
            self.requests += 1
            if behaviour == "lost_before":
                return _lost()
            reply = self._take(wire, behaviour)
        if behaviour == "lost_after":
            return _lost()
        on_reply(reply)
        return self.judge(wire, reply.status, reply.headers, reply.body)

    def judge(self, wire: str, status: int, headers: dict[str, str], body: bytes) -> Outcome:
        kinds = {
            200: OutcomeKind.PUBLISHED,
            401: OutcomeKind.UNAUTHORIZED,
            422: OutcomeKind.REJECTED,
            429: OutcomeKind.REJECTED_FOR_NOW,
        }
        kind = kinds.get(status, OutcomeKind.AMBIGUOUS)
        result = _result(wire) if kind is OutcomeKind.PUBLISHED else None
        return Outcome(kind=kind, result=result, code=str(status), message="", status=status)

    def find(self, session: Session, wire: str) -> Finding:
        stored = self.posts.get(json.loads(wire)["key"])
        if stored is None:
            return Finding(presence=Presence.ABSENT)
        if stored != wire:
            return Finding(presence=Presence.OTHER)
        return Finding(presence=Presence.PRESENT, result=_result(wire))

    def fetch(self, session: Session, external_id: str) -> PublishedPost | None:
        return None

    def list_own(self, session: Session, *, cursor: str | None = None, limit: int = 50) -> Page:
        return Page(posts=())

    def delete(self, session: Session, external_id: str) -> None:
        self.posts.pop(external_id, None)

    def _take(self, wire: str, behaviour: str) -> Reply:
        if behaviour.isdigit():
            return Reply(status=int(behaviour), headers={}, body=b"")
        key = json.loads(wire)["key"]
        stored = self.posts.setdefault(key, wire)
        if stored != wire:
            return Reply(status=409, headers={}, body=b"")
        self.accepted.append(key)
        return Reply(status=200, headers={}, body=b"")


def _result(wire: str) -> PublishResult:
    key = json.loads(wire)["key"]
    return PublishResult(external_id=key, url=f"https://testnet.example/{key}")


def _lost() -> Outcome:
    return Outcome(kind=OutcomeKind.AMBIGUOUS, code="lost", message="No answer came back.")
