"""What may be chosen for a post on one account beside its content: who sees it, its marks.

The choices of a network are data on its rules (`NetworkRules.options`). What a person chose is
text by key, kept on the account's variant; the usual value is never kept, so that nothing of it is
sent.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

Options = tuple[tuple[str, str], ...]
"""Key and value of everything that was chosen, by key; empty where all is as usual."""

ON = "true"
_YES = frozenset({"true", "yes", "on", "1"})
_NO = frozenset({"false", "no", "off", "0", ""})


class OptionKind(StrEnum):
    """What a value looks like."""

    CHOICE = "choice"
    """One of the choices."""
    FLAG = "flag"
    """`true`, or nothing."""
    SEVERAL = "several"
    """Some of the choices, with commas between."""
    WORDS = "words"
    """Words of a certain form that a person types, with commas between."""


class AccountKind(StrEnum):
    """What an account is on networks where that makes a difference."""

    PERSON = "person"
    ORGANIZATION = "organization"


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One value to choose."""

    value: str
    title: str
    only: AccountKind | None = None
    """The kind of account that may choose it; None: every one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OptionSpec:
    """One thing that may be chosen; the network's name for it is its key."""

    key: str
    title: str
    help: str
    kind: OptionKind
    source: str
    """Where it is documented, and of which day."""
    choices: tuple[Choice, ...] = ()
    default: str = ""
    """What holds where nothing is chosen; it is not sent."""
    most: int = 1
    """Values at once, for SEVERAL and WORDS."""
    form: str = ""
    """A regular expression that each of the WORDS fits."""
    example: str = ""
    """Of WORDS."""
    only: AccountKind | None = None
    """The kind of account that has it; None: every one."""
    needs_media: bool = False
    """It says something about the media, so it needs some."""

    def is_for(self, kind: AccountKind | None) -> bool:
        """Whether an account of that kind has it; one of an unknown kind may."""
        return kind is None or self.only in (None, kind)

    def choices_for(self, kind: AccountKind | None) -> tuple[Choice, ...]:
        """The choices that an account of that kind has."""
        return tuple(c for c in self.choices if kind is None or c.only in (None, kind))

    def settled(self, value: str) -> str:
        """The value as it is kept; empty where it is the usual one.

        What can't be read stays as it is: the checks name it.
        """
        value = value.strip()
        if self.kind is OptionKind.FLAG:
            word = value.lower()
            return ON if word in _YES else "" if word in _NO else value
        if self.kind in (OptionKind.SEVERAL, OptionKind.WORDS):
            words = dict.fromkeys(values_of(value))
            order = {choice.value: n for n, choice in enumerate(self.choices)}
            return ",".join(sorted(words, key=lambda word: order.get(word, len(order))))
        return "" if value == self.default else value

    def fits(self, word: str) -> bool:
        """Whether this is one of the values, of whatever kind the account is."""
        if self.kind is OptionKind.FLAG:
            return word == ON
        if self.kind is OptionKind.WORDS:
            return re.fullmatch(self.form, word) is not None
        return any(choice.value == word for choice in self.choices)

    def words(self, value: str) -> str:
        """A value as people read it."""
        if self.kind is OptionKind.FLAG:
            return self.title
        titles = {choice.value: choice.title for choice in self.choices}
        parts = values_of(value) if self.kind is not OptionKind.CHOICE else (value,)
        return f"{self.title}: {', '.join(titles.get(part, part) for part in parts)}"


def values_of(value: str) -> tuple[str, ...]:
    """The single values of one that may hold several."""
    return tuple(word for part in value.split(",") if (word := part.strip()))


def settled(specs: Sequence[OptionSpec], given: Iterable[tuple[str, str]]) -> Options:
    """What is kept of what was given: in the order of the keys, without what is as usual."""
    known = {spec.key: spec for spec in specs}
    kept = {
        key: known[key].settled(value) if key in known else value.strip() for key, value in given
    }
    return tuple(sorted((key, value) for key, value in kept.items() if value))


def kind_of(kinds: Sequence[tuple[str, AccountKind]], user_id: str) -> AccountKind | None:
    """What kind of account it is by the beginning of its id; None where that is not known."""
    return next((kind for start, kind in kinds if user_id.startswith(start)), None)


def summary(specs: Sequence[OptionSpec], chosen: Options | Mapping[str, str]) -> str:
    """What was chosen, in one line; empty where all is as usual."""
    known = {spec.key: spec for spec in specs}
    pairs = chosen.items() if isinstance(chosen, Mapping) else chosen
    return " · ".join(
        known[key].words(value) if key in known else f"{key}: {value}" for key, value in pairs
    )
