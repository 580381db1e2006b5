"""Targets with several steps: what a settlement of one step means for the whole. Pure."""

from __future__ import annotations

from dataclasses import replace

from postflow_desktop.domain.outcome import Outcome, OutcomeKind
from postflow_desktop.domain.step import StepDone, StepKind, name_of
from postflow_desktop.domain.target import Target, TargetError, TargetStatus, step_of
from postflow_desktop.services.ports.publisher import PrepareFailed, ReplyTo
from postflow_desktop.services.ports.targets import Settlement


def for_step(settlement: Settlement, target: Target, attempt: str | None = None) -> Settlement:
    """The same for the step that it is about: of the attempt, else the one that is next.

    A step that is out leads to the next one; an error says which part it is about. Targets
    without steps are settled as they are.
    """
    n = target.step if attempt is None else step_of(attempt)
    if n >= len(target.steps):
        return settlement
    if settlement.status is TargetStatus.PUBLISHED:
        return _out(settlement, target, n, attempt)
    if settlement.error is None or n == 0:
        return settlement
    name = name_of(target.steps[n], target.steps)
    return replace(settlement, error=_named(settlement.error, name))


def reply_to(target: Target) -> ReplyTo | None:
    """What the step that is next answers; None for the post. PrepareFailed if it isn't known."""
    if not target.step:
        return None
    step = target.steps[target.step]
    is_comment = step.kind is StepKind.FIRST_COMMENT
    root = target.steps[0].external_id
    parent = root if is_comment else target.steps[step.n - 1].external_id
    if root is None or parent is None:
        raise PrepareFailed(
            Outcome(
                kind=OutcomeKind.REJECTED,
                code="parent_unknown",
                message="It is not known where the part before is, so nothing can answer it.",
                fix="Write the rest in the network's own app.",
            )
        )
    return ReplyTo(kind=step.kind, root=root, parent=parent)


def key_of(target: Target) -> str:
    """What tells the step that is next from all other steps and targets."""
    return f"{target.id}/{target.step}" if target.step else target.id


def _out(settlement: Settlement, target: Target, n: int, attempt: str | None) -> Settlement:
    if attempt is None and target.intent is not None:
        attempt = target.intent.attempt_id
    result = settlement.result
    done = StepDone(
        n=n,
        attempt=attempt,
        external_id=None if result is None else result.external_id,
        url=None if result is None else result.url,
        is_last=n == len(target.steps) - 1,
    )
    # The result of the target is the post; the other steps have their own addresses.
    kept = result if n == 0 else None
    if done.is_last:
        return replace(settlement, step=done, result=kept)
    return Settlement(status=TargetStatus.PENDING, delay=0.0, step=done, result=kept)


def _named(error: TargetError, name: str) -> TargetError:
    # What was checked before sending says itself which part it is about.
    if error.message.startswith(("Part ", "The first comment")):
        return error
    return replace(error, message=f"{name}: {error.message}")
