"""Every network that PostFlow speaks, in one place; adapters are imported when asked for."""

from __future__ import annotations

from postflow_desktop.domain.network import Network
from postflow_desktop.services.ports.clock import Clock
from postflow_desktop.services.ports.publisher import Connector, Publisher
from postflow_desktop.transport.client import HttpClient


def publishers(http: HttpClient, clock: Clock) -> dict[Network, Publisher]:
    """The adapters that publish."""
    from postflow_desktop.platforms.bluesky.publisher import BlueskyPublisher
    from postflow_desktop.platforms.x.publisher import XPublisher

    return {Network.BLUESKY: BlueskyPublisher(http, clock), Network.X: XPublisher(http, clock)}


def connectors(http: HttpClient, clock: Clock) -> dict[Network, Connector]:
    """The adapters that sign in and refresh."""
    from postflow_desktop.platforms.bluesky.connector import BlueskyConnector
    from postflow_desktop.platforms.x.connector import XConnector

    return {Network.BLUESKY: BlueskyConnector(http), Network.X: XConnector(http, clock)}


def endpoints() -> dict[Network, dict[str, str]]:
    """The usual addresses; the keys are what `POSTFLOW_ENDPOINTS` may change."""
    from postflow_desktop.platforms.bluesky.service import DEFAULT_SERVICE
    from postflow_desktop.platforms.x.endpoints import DEFAULT_SERVICE as X_SERVICE

    return {Network.BLUESKY: {"service": DEFAULT_SERVICE}, Network.X: {"service": X_SERVICE}}
