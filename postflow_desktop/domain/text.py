"""Counting text the way networks and people do."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import regex

_HALF = re.compile("[\ud800-\udfff]")


@cache
def _cluster() -> regex.Pattern[str]:
    """Of a module that takes its time, and that the first paint does not need."""
    import regex

    return regex.compile(r"\X")


def count_graphemes(text: str) -> int:
    """Extended grapheme clusters (UAX #29): a family emoji of seven code points is one."""
    return sum(1 for _ in _cluster().finditer(text))


def grapheme_clusters(text: str) -> list[str]:
    """The extended grapheme clusters of a text, in order."""
    return [match.group() for match in _cluster().finditer(text)]


def count_bytes(text: str) -> int:
    """Length in UTF-8."""
    return len(text.encode())


def has_half_characters(text: str) -> bool:
    """Whether it holds surrogates, as foreign bytes become; nothing can store them."""
    return _HALF.search(text) is not None


def whole(text: str) -> str:
    """The text with U+FFFD for each half character, which others' JSON may hold."""
    return _HALF.sub("\ufffd", text)


def as_sentence(words: str) -> str:
    """Somebody else's words at the end of a sentence of ours: with a mark at their end."""
    said = words.strip()
    return said if said.endswith((".", "!", "?", "…")) else f"{said}."


def excerpt(text: str, width: int = 60) -> str:
    """The first line's beginning, for lists and messages; never cuts a grapheme cluster."""
    line = " ".join(text.split())
    clusters = [match.group() for match in _cluster().finditer(line)]
    return line if len(clusters) <= width else "".join(clusters[: width - 1]) + "…"
