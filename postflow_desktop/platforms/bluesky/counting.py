"""How long a text is for Bluesky: graphemes, as any of its servers may count them.

A server counts with the segmenter of its Node, so by the Unicode version of that (@atproto/lex-data
of 2026-08-20; without one by unicode-segmenter 0.14.5). Unicode 17 joins more than 16 (UAX #29,
GB9c): consonants of Myanmar, Khmer, Balinese and others that a sign stacks. Here they count apart,
for a server with the older rules would refuse what seems to fit.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from postflow_desktop.domain.text import grapheme_clusters

if TYPE_CHECKING:
    import regex

_STACKING = frozenset(
    "\u094d\u09cd\u0acd\u0b4d\u0c4d\u0d4d\u1039\u17d2\u1a60\u1b44\u1bab\ua9c0\uaaf6"
    "\U00010a3f\U00011133\U000113d0\U0001193e\U00011a47\U00011a99\U00011f42"
)
"""Signs that join consonants by Unicode 17 (Indic_Conjunct_Break=Linker)."""
_STACKING_BEFORE = frozenset("\u094d\u09cd\u0acd\u0b4d\u0c4d\u0d4d")
"""Those that already did by Unicode 16: six scripts of India."""


def measure(text: str) -> int:
    """Graphemes: at least as many as a server of Unicode 16 or 17 counts."""
    return sum(1 + _counted_apart(cluster) for cluster in grapheme_clusters(text))


def _counted_apart(cluster: str) -> int:
    """How many more graphemes Unicode 16 sees in one of Unicode 17."""
    if _STACKING.isdisjoint(cluster):
        return 0
    found, before, joined = 0, "", False
    for letter in cluster:
        if _consonant().match(letter):
            apart = not (joined and _joins_before(before))
            found += int(apart and bool(before))
            before, joined = letter, False
        elif letter in _STACKING_BEFORE:
            joined = True
            before = before or letter
        elif letter in _STACKING:
            before = before or letter
    return found


def _joins_before(letter: str) -> bool:
    return _consonant_before().match(letter) is not None


@cache
def _consonant() -> regex.Pattern[str]:
    import regex

    return regex.compile(r"(?V1)[\p{Lo}--\p{Script=Hangul}--\p{Script=Thai}--\p{Script=Lao}]")


@cache
def _consonant_before() -> regex.Pattern[str]:
    """Consonants of the six scripts (Unicode 16, Indic_Conjunct_Break=Consonant)."""
    import regex

    return regex.compile(
        "[\u0915-\u0939\u0958-\u095f\u0978-\u097f\u0995-\u09a8\u09aa-\u09b0\u09b2\u09b6-\u09b9"
        "\u09dc\u09dd\u09df\u09f0\u09f1\u0a95-\u0aa8\u0aaa-\u0ab0\u0ab2\u0ab3\u0ab5-\u0ab9\u0af9"
        "\u0b15-\u0b28\u0b2a-\u0b30\u0b32\u0b33\u0b35-\u0b39\u0b5c\u0b5d\u0b5f\u0b71"
        "\u0c15-\u0c28\u0c2a-\u0c39\u0c58-\u0c5a\u0d15-\u0d3a]"
    )
