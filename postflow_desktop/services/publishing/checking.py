"""Whether a network would take a payload with all its steps."""

from __future__ import annotations

from postflow_desktop.domain.option_checks import option_problems
from postflow_desktop.domain.payload import Payload
from postflow_desktop.domain.problem import Problem
from postflow_desktop.domain.validation import problems, thread_problems
from postflow_desktop.services.ports.publisher import Publisher


def payload_problems(publisher: Publisher, payload: Payload, *, user_id: str = "") -> list[Problem]:
    """Everything that stands in the way, that of the post first; empty when it can go out.

    `user_id` is the account's on the network; without it nothing is refused for what it is.
    """
    shown = publisher.shown_text(payload)
    found = problems(publisher.rules, shown, payload.media, length=publisher.measure(shown))
    further = thread_problems(
        publisher.rules, payload.parts, payload.first_comment, publisher.measure
    )
    chosen = option_problems(
        publisher.rules, payload.options, user_id=user_id, has_media=bool(payload.media)
    )
    return [*found, *further, *chosen]
