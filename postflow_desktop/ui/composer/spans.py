"""Positions in a text as Qt counts them, and what in a text is shown in colour.

Qt counts UTF-16 units, Python counts code points: a family emoji is 11 units and 7 code points.
The colours are a reading aid; what becomes a link at a network is decided by its adapter.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import regex

_MARKS = regex.compile(
    r"(?P<link>https?://[^\s<>\"]+[^\s<>\".,;:!?')\]])"
    r"|(?<![\p{L}\p{N}_@./])(?P<mention>@[\p{L}\p{N}_](?:[\p{L}\p{N}_.-]*[\p{L}\p{N}_])?)"
    r"|(?<![\p{L}\p{N}_&/#])(?P<tag>[#\uFF03](?=[\p{L}\p{N}_]*[\p{L}_])[\p{L}\p{M}\p{N}_]+)"
    r"|(?<![\p{L}\p{N}_@./-])(?P<bare>(?:[\p{L}\p{N}](?:[\p{L}\p{N}-]*[\p{L}\p{N}])?\.)+"
    r"\p{Ll}{2,24}(?![\p{L}\p{N}])(?:/[^\s<>\"]*[^\s<>\".,;:!?')\]])?)"
)

Kind = Literal["link", "mention", "tag"]


@dataclass(frozen=True, slots=True)
class Span:
    """Code points from `start` to `end` of a text."""

    start: int
    end: int
    kind: Kind


def spans(text: str) -> Iterator[Span]:
    """Links, mentions and tags in order."""
    for match in _MARKS.finditer(text):
        kind: Kind = "link"
        if match.lastgroup == "bare" and not _has_real_ending(match.group().partition("/")[0]):
            continue
        if match.lastgroup == "mention":
            kind = "mention"
        elif match.lastgroup == "tag":
            kind = "tag"
        yield Span(match.start(), match.end(), kind)


def units(text: str) -> int:
    """Length of a text in UTF-16 units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


@lru_cache(maxsize=4)
def clusters(text: str) -> tuple[int, ...]:
    """Where the things a person sees as one character end, in code points (UAX #29)."""
    return tuple(match.end() for match in regex.finditer(r"\X", text))


def warm_up() -> None:
    """Read the list of endings of domains, which takes a moment; for a worker."""
    _has_real_ending("example.com")


@lru_cache(maxsize=1000)
def _has_real_ending(host: str) -> bool:
    """Whether the public suffix list knows the ending."""
    from tld import get_tld

    return get_tld(f"https://{host}", fail_silently=True) is not None
