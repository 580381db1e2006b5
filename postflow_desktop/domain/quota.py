"""What a network lets an account do for a while, as its rate headers say it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from postflow_desktop.domain.time import require_aware

_SCARCE_SHARE = 10
"""A tenth of what there is at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Quota:
    """One limit of a network on one account, as the network told it last."""

    seconds: int
    """The window that it is counted in."""
    limit: int
    """In the network's own units."""
    remaining: int
    resets_at: datetime
    cost: int = 1
    """How many units a post takes."""
    of_app: bool = False
    """The limit is the developer app's, and all its accounts share it."""

    def __post_init__(self) -> None:
        require_aware(self.resets_at)

    @property
    def posts(self) -> int:
        """How many posts a whole window takes."""
        return self.limit // max(1, self.cost)

    @property
    def posts_left(self) -> int:
        """How many more it takes until it begins again."""
        return max(0, self.remaining) // max(1, self.cost)

    @property
    def is_scarce(self) -> bool:
        """So little is left that other machines should know."""
        return self.posts_left <= max(1, self.posts // _SCARCE_SHARE)

    def holds(self, now: datetime) -> bool:
        """Whether it still says something: once it began again it doesn't."""
        return now < self.resets_at <= now + 2 * timedelta(seconds=self.seconds)
