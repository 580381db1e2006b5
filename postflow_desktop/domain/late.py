"""What becomes of a post that nobody could publish at its time."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class LatePolicy(StrEnum):
    """What to do with a target that is later than its grace."""

    PUBLISH = "publish"
    """Publish it, however late."""
    ASK = "ask"
    """Leave it and ask a person: it is missed."""
    SKIP = "skip"
    """Leave it and ask nobody: it is missed, and the list says that this was the rule."""


MAX_GRACE_MINUTES = 60 * 24 * 7


@dataclass(frozen=True, slots=True, kw_only=True)
class LateRule:
    """The rule of an organization, or of a queue for what it holds."""

    policy: LatePolicy = LatePolicy.ASK
    grace_minutes: int = 30
    """Up to this late it goes out without further ado."""
