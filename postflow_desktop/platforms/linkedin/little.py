"""LinkedIn's "little text": the markup of posts, in which plain words have to be escaped.

An unescaped reserved character is accepted, and the post is silently cut at it
(learn.microsoft.com, Posts API, little text format).
"""

from __future__ import annotations

import re

_RESERVED = re.compile(r"[\\|{}@\[\]()<>#*_~]")
_HASHTAG = re.compile(r"(?<![\w&])#(\w+)")
_ESCAPED = re.compile(r"\\([\\|{}@\[\]()<>#*_~])")
_TAG = re.compile(r"\{hashtag\|(?:\\?#)\|([^}]*)\}")
_MENTION = re.compile(r"@\[((?:\\.|[^\]\\])*)\]\([^)]*\)")


def little(text: str) -> str:
    """Words as markup that shows just them; hashtags become LinkedIn's own."""
    parts, position = [], 0
    for found in _HASHTAG.finditer(text):
        if found[1].isdigit():
            continue
        parts.append(_escaped(text[position : found.start()]))
        parts.append(f"{{hashtag|\\#|{_escaped(found[1])}}}")
        position = found.end()
    parts.append(_escaped(text[position:]))
    return "".join(parts)


def plain(markup: str) -> str:
    """The words that markup shows."""
    text = _TAG.sub(lambda found: f"#{found[1]}", markup)
    text = _MENTION.sub(lambda found: found[1], text)
    return _ESCAPED.sub(r"\1", text)


def _escaped(text: str) -> str:
    return _RESERVED.sub(r"\\\g<0>", text)
