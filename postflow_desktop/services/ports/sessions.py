"""Opened sessions of accounts, fresh enough to use."""

from __future__ import annotations

from typing import Protocol

from postflow_desktop.domain.account import Session


class SessionSource(Protocol):
    """Opens tokens and refreshes them under the account's lease."""

    def open(
        self, organization_id: str, account_id: str, *, force_refresh: bool = False
    ) -> Session:
        """A session; NotFound, NotAllowed (`reconnect_needed`), NetworkUnreachable."""
        ...
