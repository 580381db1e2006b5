"""Publishing to Threads (port: `Publisher`)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from threading import Event

from postflow_desktop.domain.account import Session
from postflow_desktop.domain.errors import NetworkUnreachable
from postflow_desktop.domain.network import Network, NetworkRules, ResendClass
from postflow_desktop.domain.outcome import Outcome, OutcomeKind
from postflow_desktop.domain.payload import Payload
from postflow_desktop.platforms.threads import counting, errors, limits
from postflow_desktop.platforms.threads.api import Api, publish_request, read_reply
from postflow_desktop.platforms.threads.containers import Containers
from postflow_desktop.platforms.threads.endpoints import place
from postflow_desktop.platforms.threads.reading import Reader, checked_id
from postflow_desktop.platforms.threads.wire import is_id, read_wire, result_of, wire_form
from postflow_desktop.services.ports.clock import Clock
from postflow_desktop.services.ports.journal import Reply as Kept
from postflow_desktop.services.ports.publisher import (
    Finding,
    MediaSource,
    Page,
    PrepareFailed,
    PublishedPost,
    ReplyTo,
)
from postflow_desktop.transport.client import HttpClient
from postflow_desktop.transport.once import send_once
from postflow_desktop.transport.values import Lost, NotSent, Replied

ADDRESS_PAUSES = (0.0, 1.0, 2.0)
"""Seconds before each question for the address of a new post, which is not known at once."""


class ThreadsPublisher:
    """One for all accounts; holds no account's secrets."""

    network: Network = Network.THREADS
    resend_class: ResendClass = ResendClass.CONTAINER
    rules: NetworkRules = limits.RULES

    def __init__(
        self,
        http: HttpClient,
        clock: Clock,  # noqa: ARG002 - as all adapters are made; Threads names no times to wait
        *,
        pause: Callable[[float], object] | None = None,
    ) -> None:
        self._pause = pause or Event().wait
        self._api = Api(http)
        self._containers = Containers(self._api, self._pause)
        self._reader = Reader(self._api, self._containers)

    def shown_text(self, payload: Payload) -> str:
        """The text as it is sent; the one whose length counts."""
        return counting.rendered_text(payload)

    def measure(self, text: str) -> int:
        """Characters, with emoji by their UTF-8 bytes."""
        return counting.measure(text)

    def prepare(
        self,
        session: Session,
        payload: Payload,
        media: MediaSource,  # noqa: ARG002 - Threads takes no bytes
        *,
        target_id: str,  # noqa: ARG002 - Threads takes no key of ours
        at: datetime,
        reply_to: ReplyTo | None = None,
    ) -> str:
        """Check, make the container, and freeze its id; PrepareFailed says what to do instead."""
        text = counting.rendered_text(payload)
        problem = limits.check(text, payload, self.rules)
        if problem is not None:
            raise PrepareFailed(problem)
        parent = "" if reply_to is None else reply_to.parent
        if reply_to is not None and not is_id(parent):
            raise PrepareFailed(errors.parent_unknown())
        try:
            card = counting.card(payload)
            container = self._containers.make(session, text, card, reply_to=parent)
        except NetworkUnreachable as error:
            raise PrepareFailed(
                Outcome(
                    kind=OutcomeKind.NOT_SENT,
                    code=error.code,
                    message=error.message,
                    fix=error.fix,
                )
            ) from error
        return wire_form(container, text, session.username, at, reply_to=parent)

    def upload_again(self, session: Session, payload: Payload, media: MediaSource) -> None:
        """Nothing: no bytes are uploaded."""

    def publish(
        self,
        session: Session,
        wire: str,
        *,
        before_first_byte: Callable[[], None],
        on_reply: Callable[[Kept], None],
    ) -> Outcome:
        """Publish the stored container once and say what is known afterwards."""
        container = read_wire(wire).container
        request = publish_request(session.service, container, session.access_token)
        sent = send_once(request, before_first_byte=before_first_byte)
        match sent:
            case NotSent():
                return Outcome(
                    kind=OutcomeKind.NOT_SENT, code=sent.code, message=sent.cause, fix=sent.fix
                )
            case Lost():
                return Outcome(
                    kind=OutcomeKind.AMBIGUOUS,
                    code=sent.code,
                    message=f"{sent.cause} The post may be out or not.",
                    fix="PostFlow asks Threads what became of it before it does anything else.",
                )
            case Replied():
                on_reply(Kept(status=sent.status, headers=sent.headers, body=sent.body))
                outcome = self.judge(wire, sent.status, sent.headers, sent.body)
                return self._with_address(session, outcome)

    def judge(self, wire: str, status: int, headers: dict[str, str], body: bytes) -> Outcome:
        """Classify a reply to the publish call; the address of the post is not in it."""
        return errors.judge(read_reply(status, headers, body), read_wire(wire))

    def find(self, session: Session, wire: str) -> Finding:
        """Ask the stored container what became of it."""
        return self._reader.find(session, wire)

    def fetch(self, session: Session, external_id: str) -> PublishedPost | None:
        """One post by its id, or None where it is gone."""
        return self._reader.fetch(session, external_id)

    def list_own(self, session: Session, *, cursor: str | None = None, limit: int = 50) -> Page:
        """Own posts, newest first; at most 100 at a time."""
        return self._reader.list_own(session, cursor=cursor, limit=limit)

    def delete(self, session: Session, external_id: str) -> None:
        """Delete a post; one that is gone is fine."""
        url = place(session.service, checked_id(external_id))
        reply = self._api.delete(url, session.access_token)
        deleted = reply.ok and reply.body is not None and reply.body.get("success") is True
        if not (deleted or errors.is_gone(reply)):
            raise errors.as_error(reply)

    def _with_address(self, session: Session, outcome: Outcome) -> Outcome:
        """The same outcome with the real address of the post, where Threads tells it in time."""
        if outcome.result is None:
            return outcome
        post_id = outcome.result.external_id
        for pause in ADDRESS_PAUSES:
            if pause:
                self._pause(pause)
            permalink = self._reader.permalink(session, post_id)
            if permalink:
                result = result_of(post_id, session.username, permalink)
                return replace(outcome, result=result)
        return outcome
