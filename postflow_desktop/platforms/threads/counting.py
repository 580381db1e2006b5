"""Threads' count of a text: characters, but emoji by their UTF-8 bytes.

developers.facebook.com/docs/threads/posts, limitations (updated 2026-04-14). What it means for
sequences is not said: everything that belongs to an emoji is counted, so a family takes 25.
"""

from __future__ import annotations

import regex

from postflow_desktop.domain.payload import Payload

_CLUSTER = regex.compile(r"\X")
_EMOJI = regex.compile(r"[\p{Extended_Pictographic}\p{Regional_Indicator}\p{EMod}\u20E3]")


def measure(text: str) -> int:
    """The length, of which Threads allows 500."""
    if text.isascii() or not _EMOJI.search(text):
        return len(text)
    return sum(
        len(cluster.encode("utf-8", "replace")) if _EMOJI.search(cluster) else len(cluster)
        for cluster in _CLUSTER.findall(text)
    )


def rendered_text(payload: Payload) -> str:
    """The text as it is sent; a link goes beside it as a card, and alone it is the text."""
    return payload.text if payload.text.strip() else (payload.link_url or "").strip()


def card(payload: Payload) -> str:
    """The link that goes out as a card beside the text, or nothing."""
    return (payload.link_url or "").strip() if payload.text.strip() else ""
