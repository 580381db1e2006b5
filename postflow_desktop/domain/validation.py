"""Whether a network would take a text with its media: one validator for composer and publisher."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from postflow_desktop.domain.media_checks import media_problems
from postflow_desktop.domain.network import NetworkRules
from postflow_desktop.domain.post import Media
from postflow_desktop.domain.problem import Problem
from postflow_desktop.domain.text import count_bytes, count_graphemes


def problems(
    rules: NetworkRules, text: str, media: Sequence[Media], *, length: int | None = None
) -> list[Problem]:
    """Everything that stands in the way; empty when it can go out.

    `length` is the text's length by the network's own measure; graphemes if it is left out.
    """
    measured = count_graphemes(text) if length is None else length
    return [
        *_emptiness(text, has_media=bool(media)),
        *_text_problems(rules, text, measured),
        *media_problems(rules, media),
    ]


def thread_problems(
    rules: NetworkRules,
    parts: Sequence[str],
    first_comment: str | None,
    measure: Callable[[str], int],
) -> list[Problem]:
    """What stands in the way of further parts and a first comment; empty where there are none.

    `measure` is the network's own; `parts` are those after the post.
    """
    found = [*_too_many_parts(rules, len(parts) + 1)] if parts else []
    if not found:
        for number, text in enumerate(parts, start=2):
            name = f"Part {number} of {len(parts) + 1}"
            found += _of_step(name, rules, text, measure(text))
    return found + ([] if first_comment is None else _comment(rules, first_comment, measure))


def _too_many_parts(rules: NetworkRules, count: int) -> Iterator[Problem]:
    if rules.max_parts == 1:
        yield Problem(
            code="threads_unsupported",
            message=f"{rules.title} has no threads; this post has {count} parts.",
            fix="Write it as one post there, or leave this account out.",
        )
    elif count > rules.max_parts:
        yield Problem(
            code="too_many_parts",
            message=f"A thread has {rules.max_parts} parts at most on {rules.title}; "
            f"this has {count}.",
            fix=f"Remove {count - rules.max_parts}, or make two threads of it.",
        )


def _comment(rules: NetworkRules, text: str, measure: Callable[[str], int]) -> list[Problem]:
    if rules.max_comment is None:
        return [
            Problem(
                code="comments_unsupported",
                message=f"PostFlow can't write a first comment on {rules.title}.",
                fix="Leave the first comment away, or leave this account out.",
            )
        ]
    own = replace(rules, max_graphemes=rules.max_comment)
    return _of_step("The first comment", own, text, measure(text))


def _of_step(name: str, rules: NetworkRules, text: str, length: int) -> list[Problem]:
    if not text.strip():
        fix = "Write something, or take it away."
        return [Problem(code="empty_part", message=f"{name} is empty.", fix=fix)]
    some = _text_problems(rules, text, length)
    return [replace(one, message=f"{name}: {one.message}") for one in some]


def _emptiness(text: str, *, has_media: bool) -> Iterator[Problem]:
    if not text.strip() and not has_media:
        yield Problem(
            code="empty_post",
            message="The post is empty: it has neither text nor media.",
            fix="Write something or add a picture.",
        )


def _text_problems(rules: NetworkRules, text: str, length: int) -> Iterator[Problem]:
    if length > rules.max_graphemes:
        over = length - rules.max_graphemes
        yield Problem(
            code="text_too_long",
            message=f"{rules.title} takes {rules.max_graphemes} characters; this has {length}.",
            fix=f"Shorten it by {over}, or give this account a shorter variant.",
        )
    size = count_bytes(text)
    if rules.max_text_bytes is not None and size > rules.max_text_bytes:
        yield Problem(
            code="text_too_many_bytes",
            message=f"{rules.title} takes {rules.max_text_bytes} bytes of text; this has {size}.",
            fix="Use fewer emoji or split the post; each family emoji takes 25 bytes.",
        )
