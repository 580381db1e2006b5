"""What an error has to be for the person who reads it: a sentence, and what to do about it."""

from __future__ import annotations

import re

from postflow_desktop.domain.errors import PostFlowError
from postflow_desktop.domain.outcome import Outcome, OutcomeKind

_BEGIN = re.compile(r"[A-Z0-9]")
_CODE = re.compile(r"Traceback|\{\"|None\b|<[a-z]+>|\bException\b|urn:li:person")


def faults_of(message: str, fix: str) -> list[str]:
    """What keeps a person from knowing what happened and what to do."""
    found = []
    for name, words in (("message", message), ("fix", fix)):
        if not _BEGIN.match(words) or not words.endswith((".", "!", "?", "…")):
            found.append(f"the {name} is no sentence: {words!r}")
        if len(words.split()) < 2 or len(words) > 320:
            found.append(f"the {name} has no fair length: {words!r}")
        if _CODE.search(words):
            found.append(f"the {name} is for programs: {words!r}")
    return found


def faults_of_outcome(outcome: Outcome) -> list[str]:
    """The same of an outcome; what is out needs no words."""
    if outcome.kind is OutcomeKind.PUBLISHED:
        return [] if outcome.result is not None else ["published without a place"]
    found = faults_of(outcome.message, outcome.fix)
    return found if outcome.code else [*found, "no code"]


def faults_of_error(error: PostFlowError) -> list[str]:
    """The same of an error."""
    return faults_of(error.message, error.fix)
