"""What became of the accounts' posts lately, and how much of them may go out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from postflow_desktop.domain.account_use import AccountUse


class AccountUseStore(Protocol):
    """Reads of `schedules`, `publishAttempts` and `budgets`, from the cluster."""

    def of(self, organization_id: str) -> Mapping[str, AccountUse]:
        """Every account of the organization by id; a few indexed reads per account."""
        ...
