"""Finding web addresses in what a person wrote: with a scheme, or a bare domain with a real ending.

Chinese, Japanese and Korean are written without spaces, so a domain ends where the script changes,
and their punctuation ends an address.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import regex

# Letters of scripts that are written with spaces; then those that are not.
_SPACED = r"[[\p{L}\p{M}\p{N}]--[\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}ー]]"
_UNSPACED = r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}ー]"
_WITH_SPACES = rf"{_SPACED}(?:(?:{_SPACED}|-)*{_SPACED})?"
_LABEL = rf"(?:{_WITH_SPACES}|{_UNSPACED}(?:(?:{_UNSPACED}|[0-9-])*{_UNSPACED})?)"
_MIXED = r"[\p{L}\p{M}\p{N}](?:[\p{L}\p{M}\p{N}_-]*[\p{L}\p{M}\p{N}_])?"
# White space, quotes, brackets and punctuation of CJK, invisible marks: none belongs to an address.
_STOP = (
    r"\s<>\"`\u00AB\u00BB\u201C-\u201F\u2039\u203A"
    r"\u3001\u3002\u3008-\u3011\u3014-\u301B\uFF01\uFF08\uFF09\uFF0C\uFF0E\uFF1A\uFF1B\uFF1F"
    r"\uFF3B\uFF3D\uFF5B\uFF5D\uFF61-\uFF64"
    r"\u00AD\u200B\u200E\u200F\u202A-\u202E\u2060-\u2069\uFEFF\p{Cc}\p{Cs}"
)
_TAIL = rf"(?::[0-9]{{1,5}})?(?:[/?#][^{_STOP}]*+)?"
_SCHEMED = regex.compile(
    rf"(?V1)(?<![A-Za-z0-9_.+-])(?i:https?)://"
    rf"(?:(?:{_MIXED}\.)+{_LABEL}|localhost|\[[0-9A-Fa-f:.]+\]){_TAIL}"
)
_BARE = regex.compile(
    rf"(?V1)(?<![{_SPACED}_@./\\:#$&=+~-])"
    rf"(?P<host>(?>{_LABEL}(?:\.{_LABEL})+))(?![@_]|-+[A-Za-z0-9]|\(){_TAIL}"
)
_SENTENCE_END = frozenset(".,;:!?'*\u2019\u2026")
_PAIRS = {")": "(", "]": "[", "}": "{"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """An address in a text: characters from `start` to `end`, and where it leads."""

    start: int
    end: int
    uri: str
    """As typed, with `https://` in front of a bare domain."""


def find_links(text: str) -> list[Link]:
    """All addresses of a text in order; none overlaps another."""
    schemed = list(_schemed(text))
    taken = [(link.start, link.end) for link in schemed]
    bare = [
        link
        for link in _bare(text)
        if all(link.end <= start or link.start >= end for start, end in taken)
    ]
    return sorted(schemed + bare, key=lambda link: link.start)


def _schemed(text: str) -> Iterator[Link]:
    for match in _SCHEMED.finditer(text):
        end = match.start() + len(_trimmed(match.group()))
        yield Link(start=match.start(), end=end, uri=text[match.start() : end])


def _bare(text: str) -> Iterator[Link]:
    for match in _BARE.finditer(text):
        if not _has_real_ending(match.group("host")):
            continue
        end = max(match.start() + len(_trimmed(match.group())), match.end("host"))
        yield Link(start=match.start(), end=end, uri=f"https://{text[match.start() : end]}")


def _trimmed(address: str) -> str:
    """Without the punctuation of the sentence around it; brackets stay where they are a pair."""
    end = len(address)
    while end:
        last = address[end - 1]
        opening = _PAIRS.get(last)
        unpaired = opening is not None and address.count(last, 0, end) > address.count(
            opening, 0, end
        )
        if last not in _SENTENCE_END and not unpaired:
            break
        end -= 1
    return address[:end]


def _has_real_ending(host: str) -> bool:
    """Whether the public suffix list knows the ending.

    `Ends.So` is the end of a sentence and the start of the next, not a domain: the ending has to be
    written in the case of the rest.
    """
    ending = host.rpartition(".")[2]
    if ending != ending.lower() and host != host.upper():
        return False
    from tld import get_tld

    return len(host) <= 253 and get_tld(f"https://{host.lower()}", fail_silently=True) is not None
