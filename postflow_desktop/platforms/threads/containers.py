"""Containers: a post at Threads that nobody sees until it is published; gone after 24 hours.

States as in developers.facebook.com/docs/threads/troubleshooting (read 2026-11-20).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from postflow_desktop.domain.account import Session
from postflow_desktop.domain.outcome import Outcome, OutcomeKind
from postflow_desktop.platforms.threads import errors
from postflow_desktop.platforms.threads.api import Api, text_of
from postflow_desktop.platforms.threads.endpoints import place
from postflow_desktop.platforms.threads.wire import is_id
from postflow_desktop.services.ports.publisher import PrepareFailed

PAUSES = (0.5, 1.0, 2.0, 3.0, 5.0, 5.0, 5.0, 5.0)
"""Seconds between looks; together well below what a claim may take before its barrier (75 s)."""


class ContainerState(StrEnum):
    """How far a container is."""

    IN_PROGRESS = "IN_PROGRESS"
    FINISHED = "FINISHED"
    """Ready, and not published."""
    PUBLISHED = "PUBLISHED"
    ERROR = "ERROR"
    EXPIRED = "EXPIRED"
    """Was not published within 24 hours and can't be any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Container:
    """A container as Threads tells of it."""

    state: ContainerState
    error: str = ""
    """A word such as INVALID_DURATION, with state ERROR."""


class Containers:
    """Makes and reads containers; every call may raise NetworkUnreachable."""

    def __init__(self, api: Api, pause: Callable[[float], object]) -> None:
        self._api = api
        self._pause = pause

    def make(self, session: Session, text: str, card: str, *, reply_to: str = "") -> str:
        """The id of a new container that is ready to be published; PrepareFailed.

        Never with `auto_publish_text`: that publishes at once, without anything to ask afterwards.
        """
        fields = {"media_type": "TEXT", "text": text}
        if card:
            fields["link_attachment"] = card
        if reply_to:
            fields["reply_to_id"] = reply_to
        url = place(session.service, "me/threads")
        reply = self._api.form(url, fields, session.access_token)
        container = text_of(reply.body, "id")
        if not (reply.ok and is_id(container)):
            raise PrepareFailed(errors.judge_preparation(reply))
        self._await(session, container)
        return container

    def read(self, session: Session, container: str) -> Container:
        """How far it is; NotAllowed, Refused, NetworkUnreachable."""
        url = place(session.service, container)
        reply = self._api.get(url, {"fields": "id,status,error_message"}, session.access_token)
        try:
            state = ContainerState(text_of(reply.body, "status") if reply.ok else "")
        except ValueError:
            raise errors.as_error(reply) from None
        return Container(state=state, error=text_of(reply.body, "error_message"))

    def _await(self, session: Session, container: str) -> None:
        """Texts are ready at once or after a moment; publishing earlier is answered 24/4279009."""
        for pause in (0.0, *PAUSES):
            if pause:
                self._pause(pause)
            if self._is_ready(session, container):
                return
        raise _failed("container_not_ready", "Threads is still preparing the post.")

    def _is_ready(self, session: Session, container: str) -> bool:
        url = place(session.service, container)
        reply = self._api.get(url, {"fields": "id,status,error_message"}, session.access_token)
        if not reply.ok:
            outcome = errors.judge_preparation(reply)
            if outcome.kind is OutcomeKind.UNAUTHORIZED:
                raise PrepareFailed(outcome)
            # A new container may not be seen everywhere yet; that is no reason to make another.
            return False
        match text_of(reply.body, "status"):
            # Published although nobody asked for it: publishing will find that out safely.
            case ContainerState.FINISHED | ContainerState.PUBLISHED:
                return True
            case ContainerState.ERROR:
                raise _refused(text_of(reply.body, "error_message"))
            case ContainerState.EXPIRED:
                raise _failed("container_expired", "Threads dropped the prepared post.")
        return False


def _refused(word: str) -> PrepareFailed:
    if not word.startswith("INVALID_"):
        return _failed("container_failed", "Threads could not prepare the post.")
    return PrepareFailed(
        Outcome(
            kind=OutcomeKind.REJECTED,
            code="post_refused",
            message=f"Threads refused the post: {errors.redacted(word)[:100]}",
            fix="Change it.",
        )
    )


def _failed(code: str, message: str) -> PrepareFailed:
    return PrepareFailed(
        Outcome(
            kind=OutcomeKind.REJECTED_FOR_NOW,
            code=code,
            message=f"{message} Nothing was posted.",
            fix="PostFlow tries again by itself.",
        )
    )
