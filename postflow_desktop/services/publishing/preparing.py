"""From a claimed target to a wire form that may be sent; everything here can be repeated."""

from __future__ import annotations

from postflow_desktop.domain.account import Session
from postflow_desktop.domain.errors import NetworkUnreachable, Refused
from postflow_desktop.domain.outcome import Outcome, OutcomeKind
from postflow_desktop.domain.payload import Payload
from postflow_desktop.domain.step import content_of
from postflow_desktop.domain.target import Target
from postflow_desktop.services.ports.publisher import PrepareFailed
from postflow_desktop.services.publishing.checking import payload_problems
from postflow_desktop.services.publishing.parts import PublishingParts
from postflow_desktop.services.publishing.settling import TOKEN_REFUSED
from postflow_desktop.services.publishing.stepping import key_of, reply_to


class HeartbeatMedia:
    """Reads media for an adapter and keeps the claim alive while a slow upload goes on."""

    def __init__(self, parts: PublishingParts, target: Target) -> None:
        self._parts = parts
        self._target = target
        self._last = parts.clock.boottime()

    def read(self, sha256: str) -> bytes:
        """The bytes; PrepareFailed if the claim was lost meanwhile."""
        now = self._parts.clock.boottime()
        if now - self._last > self._parts.timings.claim_lease / 4:
            if not self._parts.targets.extend(self._target, self._parts.timings.claim_lease):
                raise PrepareFailed(
                    Outcome(
                        kind=OutcomeKind.NOT_SENT,
                        code="claim_lost",
                        message="Another machine took this post over; nothing was sent from here.",
                    )
                )
            self._last = now
        return self._parts.media.read(sha256)


def load_payload(parts: PublishingParts, target: Target) -> Payload:
    """The approved content of the step that is next, the whole of it checked once more.

    PrepareFailed (C) if it can't go out.
    """
    payload = parts.payloads.get(target.content_hash)
    if payload is None:
        raise PrepareFailed(
            Outcome(
                kind=OutcomeKind.REJECTED,
                code="payload_gone",
                message="The approved content of this post is missing in the cluster.",
                fix="Schedule the post again.",
            )
        )
    found = payload_problems(parts.publishers[target.network], payload)
    if found:
        first = found[0]
        raise PrepareFailed(
            Outcome(
                kind=OutcomeKind.REJECTED, code=first.code, message=first.message, fix=first.fix
            )
        )
    return content_of(payload, target.step)


def open_session(parts: PublishingParts, target: Target) -> Session:
    """The account's session; PrepareFailed (A or C) if there is none to be had."""
    refused = target.last_error is not None and target.last_error.code == TOKEN_REFUSED
    try:
        return parts.sessions.open(target.organization_id, target.account_id, force_refresh=refused)
    except NetworkUnreachable as error:
        raise PrepareFailed(
            Outcome(
                kind=OutcomeKind.NOT_SENT, code=error.code, message=error.message, fix=error.fix
            )
        ) from error
    except Refused as error:
        raise PrepareFailed(
            Outcome(
                kind=OutcomeKind.REJECTED, code=error.code, message=error.message, fix=error.fix
            )
        ) from error


def wire_for(parts: PublishingParts, target: Target, session: Session, payload: Payload) -> str:
    """The stored wire form, or a new one; PrepareFailed."""
    if target.wire is not None:
        return target.wire
    media = HeartbeatMedia(parts, target)
    try:
        return parts.publishers[target.network].prepare(
            session,
            payload,
            media,
            target_id=key_of(target),
            at=target.claimed_at or target.updated_at,
            reply_to=reply_to(target),
        )
    except Refused as error:
        raise PrepareFailed(
            Outcome(
                kind=OutcomeKind.REJECTED, code=error.code, message=error.message, fix=error.fix
            )
        ) from error
