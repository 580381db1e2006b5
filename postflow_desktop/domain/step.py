"""The steps of a target: the post, the further parts of its thread, its first comment.

They go out one after the other, each behind a barrier of its own. A target without further parts
and comment has no steps: it is one by itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from postflow_desktop.domain.payload import Payload


class StepKind(StrEnum):
    """What a step makes."""

    PUBLISH = "publish"
    """The post, which is the first part of its thread."""
    REPLY = "reply"
    """A further part, in reply to the one before."""
    FIRST_COMMENT = "first_comment"
    """A comment on the post."""


class StepStatus(StrEnum):
    """Whether a step is out; how the one that is next stands is the target's status."""

    PENDING = "pending"
    PUBLISHED = "published"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One of the posts that a target makes."""

    n: int
    kind: StepKind
    status: StepStatus = StepStatus.PENDING
    attempt: str | None = None
    """The attempt that is known to have published it."""
    external_id: str | None = None
    url: str | None = None

    @property
    def is_out(self) -> bool:
        """Whether it is published; it is never sent again."""
        return self.status is StepStatus.PUBLISHED


@dataclass(frozen=True, slots=True, kw_only=True)
class StepDone:
    """A step that turned out to be published."""

    n: int
    attempt: str | None
    external_id: str | None
    url: str | None
    is_last: bool


def steps_for(payload: Payload, known: Sequence[Step] = ()) -> tuple[Step, ...]:
    """The steps of this content; those that are `known` to be out stay as they are."""
    kinds = [StepKind.PUBLISH, *[StepKind.REPLY] * len(payload.parts)]
    if payload.first_comment is not None:
        kinds.append(StepKind.FIRST_COMMENT)
    out = tuple(step for step in known if step.is_out)
    if len(kinds) == 1 and not out:
        return ()
    fresh = tuple(Step(n=n, kind=kind) for n, kind in enumerate(kinds))
    return out + fresh[len(out) :]


def content_of(payload: Payload, n: int) -> Payload:
    """What step `n` of this content shows; IndexError where there is no such step."""
    texts = [payload.text, *payload.parts]
    if n == 0:
        return _alone(payload, payload.text, whole=True)
    if n < len(texts):
        return _alone(payload, texts[n], whole=False)
    if n == len(texts) and payload.first_comment is not None:
        return _alone(payload, payload.first_comment, whole=False)
    raise IndexError(f"the content has no step {n}")


def name_of(step: Step, steps: Sequence[Step]) -> str:
    """What people call it: `Part 2 of 5`, `The first comment`."""
    if step.kind is StepKind.FIRST_COMMENT:
        return "The first comment"
    parts = sum(1 for one in steps if one.kind is not StepKind.FIRST_COMMENT)
    return f"Part {step.n + 1} of {parts}" if parts > 1 else "The post"


def _alone(payload: Payload, text: str, *, whole: bool) -> Payload:
    return Payload(
        organization_id=payload.organization_id,
        network=payload.network,
        text=text,
        link_url=payload.link_url if whole else None,
        media=payload.media if whole else (),
        card=payload.card if whole else None,
        options=payload.options,
    )
