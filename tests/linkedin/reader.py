"""A second reader of LinkedIn's little text, written from its documentation character by character.

It shows what LinkedIn shows: everything up to the first reserved character that is neither escaped
nor markup (learn.microsoft.com, Posts API, little text format; read 2026-09-19).
"""

from __future__ import annotations

from dataclasses import dataclass

RESERVED = "\\|{}@[]()<>#*_~"
_TAG = "{hashtag|"


@dataclass(frozen=True)
class Shown:
    """What people see, and whether something was cut off."""

    text: str
    whole: bool


def read_little(markup: str) -> Shown:
    """Read it as LinkedIn does."""
    shown: list[str] = []
    at = 0
    while at < len(markup):
        found = _piece(markup, at)
        if found is None:
            return Shown("".join(shown), whole=False)
        words, at = found
        shown.append(words)
    return Shown("".join(shown), whole=True)


def _piece(markup: str, at: int) -> tuple[str, int] | None:
    """What stands here, and where the next begins; None where the post is cut."""
    mark = markup[at]
    if mark not in RESERVED:
        return mark, at + 1
    if mark == "\\":
        following = markup[at + 1 : at + 2]
        return (following, at + 2) if following and following in RESERVED else None
    if markup.startswith(_TAG, at):
        return _tag(markup, at + len(_TAG))
    return _mention(markup, at) if markup.startswith("@[", at) else None


def _tag(markup: str, at: int) -> tuple[str, int] | None:
    for sign in ("\\#|", "#|", "\\\uff03|", "\uff03|"):
        if markup.startswith(sign, at):
            found = _until(markup, at + len(sign), "}")
            return None if found is None else (f"#{found[0]}", found[1])
    return None


def _mention(markup: str, at: int) -> tuple[str, int] | None:
    name = _until(markup, at + 2, "]")
    if name is None or not markup.startswith("(urn:li:", name[1]):
        return None
    urn = _until(markup, name[1] + 1, ")")
    return None if urn is None else (name[0], urn[1])


def _until(markup: str, at: int, end: str) -> tuple[str, int] | None:
    """Words up to an end, with escapes; None where it never comes."""
    words: list[str] = []
    while at < len(markup):
        if markup[at] == end:
            return "".join(words), at + 1
        step = 2 if markup[at] == "\\" else 1
        words.append(markup[at + step - 1 : at + step])
        at += step
    return None
