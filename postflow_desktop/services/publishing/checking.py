"""Whether a network would take a payload with all its steps."""

from __future__ import annotations

from postflow_desktop.domain.payload import Payload
from postflow_desktop.domain.validation import Problem, problems, thread_problems
from postflow_desktop.services.ports.publisher import Publisher


def payload_problems(publisher: Publisher, payload: Payload) -> list[Problem]:
    """Everything that stands in the way, that of the post first; empty when it can go out."""
    shown = publisher.shown_text(payload)
    found = problems(publisher.rules, shown, payload.media, length=publisher.measure(shown))
    further = thread_problems(
        publisher.rules, payload.parts, payload.first_comment, publisher.measure
    )
    return [*found, *further]
