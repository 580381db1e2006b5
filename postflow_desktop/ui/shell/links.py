"""Links into PostFlow (`postflow://post/<id>`, `postflow://compose`), as the system hands them over.

A link comes from anywhere, so it only opens things: nothing is sent or changed by it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

SCHEME = "postflow"
_ID = re.compile(r"[0-9A-Za-z_-]{1,64}")
_LONGEST_TEXT = 10_000


@dataclass(frozen=True, slots=True)
class OpenPost:
    """Show this post."""

    post_id: str


@dataclass(frozen=True, slots=True)
class Compose:
    """Open the composer, with these words in it if there are any."""

    text: str = ""


def parse_link(text: str) -> OpenPost | Compose | None:
    """What a link asks for; None for everything that is not one of ours."""
    try:
        parts = urlsplit(text.strip())
    except ValueError:
        return None
    if parts.scheme.lower() != SCHEME:
        return None
    what, rest = parts.netloc.lower(), parts.path.strip("/")
    if what == "post" and _ID.fullmatch(rest):
        return OpenPost(rest)
    if what == "compose" and not rest:
        words = parse_qs(parts.query).get("text", [""])[0]
        return Compose(words[:_LONGEST_TEXT])
    return None


def first_link(argv: Iterable[str]) -> OpenPost | Compose | None:
    """The first link among a program's arguments."""
    found = (parse_link(word) for word in argv)
    return next((link for link in found if link is not None), None)
