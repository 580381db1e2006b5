"""Developer apps of an organization at the networks: `clientApps`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from postflow_desktop.domain.network import Network


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientApp:
    """One app; the secret is a sealed envelope."""

    organization_id: str
    network: Network
    client_id: str
    redirect_uri: str
    """The registered address; empty where the network takes any on this computer."""
    version: int
    """Counts up with every change; part of what the envelope is bound to."""
    scopes: tuple[str, ...] = ()
    """What to ask for, where the app has more than the usual products; empty: the usual."""
    sealed_secret: str | None = field(default=None, repr=False)
    updated_at: datetime | None = None


class ClientStore(Protocol):
    """`clientApps`; one document per organization and network."""

    def find(self, organization_id: str, network: Network) -> ClientApp | None:
        """The app for a network, or None."""
        ...

    def list(self, organization_id: str) -> Sequence[ClientApp]:
        """All of the organization, by network."""
        ...

    def save(self, app: ClientApp) -> bool:
        """Store as the next version; False where another one was stored meanwhile."""
        ...

    def remove(self, organization_id: str, network: Network) -> bool:
        """Forget it; False where there was none."""
        ...
