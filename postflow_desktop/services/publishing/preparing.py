"""From a claimed target to a wire form that may be sent; everything here can be repeated."""

from __future__ import annotations

from collections.abc import Sequence

from postflow_desktop.domain.account import Session
from postflow_desktop.domain.errors import NetworkUnreachable, Refused
from postflow_desktop.domain.option_checks import option_problems
from postflow_desktop.domain.outcome import Outcome, OutcomeKind
from postflow_desktop.domain.payload import Payload
from postflow_desktop.domain.problem import Problem
from postflow_desktop.domain.step import content_of
from postflow_desktop.domain.target import Target
from postflow_desktop.services.ports.publisher import PrepareFailed, Publisher
from postflow_desktop.services.publishing.carrying import ClaimKeeper, HeartbeatMedia
from postflow_desktop.services.publishing.checking import payload_problems
from postflow_desktop.services.publishing.parts import PublishingParts
from postflow_desktop.services.publishing.settling import TOKEN_REFUSED
from postflow_desktop.services.publishing.stepping import key_of, reply_to


def load_payload(parts: PublishingParts, target: Target, publisher: Publisher) -> Payload:
    """The approved content of the step that is next, the whole of it checked once more.

    `publisher` checks by the rules of the target's organization.

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
    _refuse_first(payload_problems(publisher, payload))
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


def wire_for(
    parts: PublishingParts,
    target: Target,
    session: Session,
    payload: Payload,
    publisher: Publisher,
) -> str:
    """The stored wire form, or a new one; PrepareFailed.

    Only here it is known what kind of account it is, so what was chosen is checked for that too.
    """
    if target.wire is not None:
        return target.wire
    _refuse_first(option_problems(publisher.rules, payload.options, user_id=session.user_id))
    media = HeartbeatMedia(parts.media, ClaimKeeper(parts, target))
    try:
        return publisher.prepare(
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


def _refuse_first(found: Sequence[Problem]) -> None:
    if found:
        first = found[0]
        raise PrepareFailed(
            Outcome(
                kind=OutcomeKind.REJECTED, code=first.code, message=first.message, fix=first.fix
            )
        )
