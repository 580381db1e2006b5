"""How much of an account may go out: one account's budget is shared by all machines."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from postflow_desktop.domain.network import Cap
from postflow_desktop.domain.quota import Quota
from postflow_desktop.domain.target import Target


class BudgetStore(Protocol):
    """`budgets`; all times are on the cluster's clock."""

    def take(self, target: Target, cap: Cap) -> datetime | None:
        """Take one post out of the account's budget; None if done, else when there is one."""
        ...

    def take_turn(self, target: Target, *, spacing_seconds: float) -> datetime | None:
        """One turn per account and spacing, for late targets; None if it is this target's, else
        when to ask again. A target that has the turn keeps it.
        """
        ...

    def told(self, target: Target, quota: Quota) -> None:
        """The network says how little is left: no machine counts on more than that."""
        ...

    def block(self, target: Target, until: datetime) -> None:
        """The network takes nothing of the account until then; a later block stays."""
        ...
