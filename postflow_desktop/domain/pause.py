"""Publishing put on hold: of an organization, of an account, of one target."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from postflow_desktop.domain.time import require_aware


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause:
    """Nothing goes out until it is lifted (`organizations.pause`, `socialAccounts.pause`)."""

    reason: str
    by: str
    """The member, by id."""
    at: datetime
    """Since when, on the cluster's clock."""

    def __post_init__(self) -> None:
        require_aware(self.at)
