"""Publishing put on hold: of an organization, of an account, of one target."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

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


class HoldLevel(StrEnum):
    """What was put on hold; lifting one of them leaves the others."""

    ORGANIZATION = "organization"
    ACCOUNT = "account"
    TARGET = "target"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """Why a target does not go out: the widest pause that it is under."""

    level: HoldLevel
    pause: Pause


@dataclass(frozen=True, slots=True, kw_only=True)
class Pauses:
    """The pauses that stand, by the id of their organization or account."""

    organizations: Mapping[str, Pause] = field(default_factory=dict)
    accounts: Mapping[str, Pause] = field(default_factory=dict)

    def on(self, organization_id: str, account_id: str, own: Pause | None = None) -> Hold | None:
        """What holds a target of this account; `own` is the hold of the target itself."""
        found = (
            (HoldLevel.ORGANIZATION, self.organizations.get(organization_id)),
            (HoldLevel.ACCOUNT, self.accounts.get(account_id)),
            (HoldLevel.TARGET, own),
        )
        holds = (Hold(level=level, pause=pause) for level, pause in found if pause is not None)
        return next(holds, None)
