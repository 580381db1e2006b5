"""From the outcome of an attempt to the next state of its target. Pure."""

from __future__ import annotations

from postflow_desktop.domain.network import ResendClass
from postflow_desktop.domain.outcome import Outcome, OutcomeKind
from postflow_desktop.domain.target import Target, TargetError, TargetStatus
from postflow_desktop.services.ports.targets import Settlement
from postflow_desktop.services.publishing.timings import MAX_SENDER_DEATHS, MAX_TRIES, Timings

NO_WAY = frozenset(
    {
        "dns_failed",
        "connection_refused",
        "tls_failed",
        "timed_out",
        "proxy_failed",
        "unreachable",
        "connection_lost",
    }
)
"""Not one byte reached the network: that says something about the line, nothing about the post."""


def settlement_for(
    outcome: Outcome,
    target: Target,
    timings: Timings,
    *,
    jitter: float,
    resend_class: ResendClass,
    max_tries: int = MAX_TRIES,
) -> Settlement:
    """What to store after this outcome; `jitter` is in [0, 1)."""
    if target.reconciliations and outcome.kind is not OutcomeKind.PUBLISHED:
        return _still_unsure(outcome, target, timings, jitter, quiet_for(resend_class, timings))
    match outcome.kind:
        case OutcomeKind.PUBLISHED:
            return Settlement(status=TargetStatus.PUBLISHED, result=outcome.result)
        case OutcomeKind.NOT_SENT | OutcomeKind.REJECTED_FOR_NOW:
            return _again(outcome, target, timings, jitter, max_tries)
        case OutcomeKind.UNAUTHORIZED:
            return _with_new_tokens(outcome, target)
        case OutcomeKind.REJECTED | OutcomeKind.DUPLICATE:
            return Settlement(status=TargetStatus.FAILED, error=error_of(outcome))
        case OutcomeKind.AMBIGUOUS | OutcomeKind.PROCESSING:
            # Networks with a processing state come with their own status call; until one is asked
            # for, "accepted" is a thing to look up, not a success.
            delay = quiet_for(resend_class, timings)
            return Settlement(status=TargetStatus.RECONCILING, delay=delay, error=error_of(outcome))


def given_up(target: Target) -> Settlement:
    """Whatever takes it up dies of it; nothing is being sent, so a person has the time to look."""
    sent = "It may be out." if target.reconciliations else "Nothing of it was sent this time."
    error = TargetError(
        code="sender_died",
        message=f"PostFlow was cut off {MAX_SENDER_DEATHS} times while it worked on this post. "
        f"{sent} It is not tried again by itself.",
        fix=ASK_A_PERSON,
    )
    return Settlement(status=TargetStatus.NEEDS_ATTENTION, error=error)


def _still_unsure(
    outcome: Outcome, target: Target, timings: Timings, jitter: float, quiet: float
) -> Settlement:
    """After a request that sent an ambiguous one again: whatever it says, the first may be out.

    So the target never goes back to where it could fail or be missed; it is looked for again.
    """
    error = error_of(outcome)
    if outcome.kind is OutcomeKind.UNAUTHORIZED:
        error = TargetError(code=TOKEN_REFUSED, message=outcome.message, fix=outcome.fix)
    if outcome.kind is OutcomeKind.REJECTED:
        text = f"A second request was refused: {outcome.message} The first one may be out."
        asked = TargetError(code="may_be_out", message=text, fix=ASK_A_PERSON)
        return Settlement(
            status=TargetStatus.NEEDS_ATTENTION, error=asked, watch_in=timings.watch[0]
        )
    delay = max(quiet, backoff(timings, target.reconciliations, jitter))
    return Settlement(
        status=TargetStatus.RECONCILING, delay=delay, retry_at=outcome.retry_at, error=error
    )


def quiet_for(resend_class: ResendClass, timings: Timings) -> float:
    """Seconds to wait before looking; none where a resend can't double the post."""
    return 0.0 if resend_class is ResendClass.KEY else timings.quiet


ASK_A_PERSON = (
    "Look at the account, then say whether the post is there, should go out again, or be dropped."
)
TOKEN_REFUSED = "token_refused"  # noqa: S105 - an error code, no secret


def _with_new_tokens(outcome: Outcome, target: Target) -> Settlement:
    """Once more with refreshed tokens; a second refusal is for a person."""
    if target.last_error is not None and target.last_error.code == TOKEN_REFUSED:
        return Settlement(status=TargetStatus.FAILED, error=error_of(outcome), count_try=True)
    error = TargetError(code=TOKEN_REFUSED, message=outcome.message, fix=outcome.fix)
    return Settlement(status=TargetStatus.PENDING, delay=0.0, error=error, count_try=True)


def _again(
    outcome: Outcome, target: Target, timings: Timings, jitter: float, max_tries: int
) -> Settlement:
    if outcome.kind is OutcomeKind.NOT_SENT and outcome.code in NO_WAY:
        late = (target.updated_at - target.scheduled_at).total_seconds()
        if late < timings.late_grace:
            return _when_there_is_a_way(outcome, timings, jitter, late)
    if target.tries + 1 >= max_tries:
        return Settlement(status=TargetStatus.FAILED, error=error_of(outcome), count_try=True)
    return Settlement(
        status=TargetStatus.PENDING,
        delay=backoff(timings, target.tries, jitter),
        retry_at=outcome.retry_at,
        error=error_of(outcome),
        count_try=True,
        drop_wire=outcome.new_wire,
    )


def _when_there_is_a_way(
    outcome: Outcome, timings: Timings, jitter: float, late: float
) -> Settlement:
    """No try is used up while a line is down: another machine may have one, or this one soon."""
    ceiling = min(timings.no_way_cap, max(timings.backoff_base, late / 2))
    delay = max(timings.backoff_base / 4, ceiling * jitter)
    return Settlement(status=TargetStatus.PENDING, delay=delay, error=error_of(outcome))


def backoff(timings: Timings, tries: int, jitter: float) -> float:
    """Full jitter over an exponential back-off, capped; never quite zero."""
    ceiling = min(timings.backoff_cap, timings.backoff_base * 2.0**tries)
    return max(timings.backoff_base / 4, ceiling * jitter)


def error_of(outcome: Outcome) -> TargetError:
    """The error as the target keeps it."""
    return TargetError(
        code=outcome.code or outcome.kind.value, message=outcome.message, fix=outcome.fix
    )
