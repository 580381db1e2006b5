"""What is said with a way back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

SECONDS = 8
"""How long it is there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A toast with an action, such as Undo."""

    text: str
    action: str
    run: Callable[[], None]
    seconds: int = SECONDS
