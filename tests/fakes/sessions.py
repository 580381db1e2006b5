"""Sessions that are always there."""

from __future__ import annotations

from postflow_desktop.domain.account import Session
from postflow_desktop.domain.network import Network


class OpenSessions:
    """Fits the SessionSource port; remembers who asked for fresh tokens."""

    def __init__(self) -> None:
        self.refreshed: list[str] = []

    def open(
        self, organization_id: str, account_id: str, *, force_refresh: bool = False
    ) -> Session:
        if force_refresh:
            self.refreshed.append(account_id)
        return Session(
            account_id=account_id,
            network=Network.BLUESKY,
            user_id="did:plc:someone",
            username="someone.test",
            service="http://127.0.0.1:9",
            access_token="token",
        )
