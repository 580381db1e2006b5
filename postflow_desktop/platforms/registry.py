"""Every network that PostFlow speaks, in one place; adapters are imported when asked for."""

from __future__ import annotations

from collections.abc import Mapping

from postflow_desktop.domain.network import Network
from postflow_desktop.services.ports.clock import Clock
from postflow_desktop.services.ports.metrics import Metrics
from postflow_desktop.services.ports.publisher import Connector, Publisher
from postflow_desktop.services.ports.signing_in import Authorizer
from postflow_desktop.transport.client import HttpClient

Settings = Mapping[Network, Mapping[str, str]]
"""What `endpoints` names, with what a person changed."""


def publishers(
    http: HttpClient, clock: Clock, settings: Settings | None = None
) -> dict[Network, Publisher]:
    """The adapters that publish."""
    from postflow_desktop.platforms.bluesky.publisher import BlueskyPublisher
    from postflow_desktop.platforms.facebook.publisher import FacebookPublisher
    from postflow_desktop.platforms.linkedin.publisher import LinkedInPublisher
    from postflow_desktop.platforms.telegram.publisher import TelegramPublisher
    from postflow_desktop.platforms.threads.publisher import ThreadsPublisher
    from postflow_desktop.platforms.x.publisher import XPublisher

    return {
        Network.BLUESKY: BlueskyPublisher(http, clock, _video_service(settings)),
        Network.FACEBOOK: FacebookPublisher(http, clock),
        Network.LINKEDIN: LinkedInPublisher(http, clock, _linkedin_version(settings)),
        Network.TELEGRAM: TelegramPublisher(http, clock),
        Network.THREADS: ThreadsPublisher(http, clock),
        Network.X: XPublisher(http, clock),
    }


def connectors(
    http: HttpClient, clock: Clock, settings: Settings | None = None
) -> dict[Network, Connector]:
    """The adapters that sign in and refresh."""
    from postflow_desktop.platforms.bluesky.connector import BlueskyConnector
    from postflow_desktop.platforms.facebook.connector import FacebookConnector
    from postflow_desktop.platforms.linkedin.connector import LinkedInConnector
    from postflow_desktop.platforms.telegram.connector import TelegramConnector
    from postflow_desktop.platforms.threads.connector import ThreadsConnector
    from postflow_desktop.platforms.x.connector import XConnector

    return {
        Network.BLUESKY: BlueskyConnector(http, clock, _directory(settings)),
        Network.FACEBOOK: FacebookConnector(http),
        Network.LINKEDIN: LinkedInConnector(http, clock, _linkedin_version(settings)),
        Network.TELEGRAM: TelegramConnector(http),
        Network.THREADS: ThreadsConnector(http, clock),
        Network.X: XConnector(http, clock),
    }


def metrics(
    http: HttpClient, clock: Clock, settings: Settings | None = None
) -> dict[Network, Metrics]:
    """The adapters that read numbers; not every network has one."""
    from postflow_desktop.platforms.bluesky.metrics import BlueskyMetrics
    from postflow_desktop.platforms.linkedin.metrics import LinkedInMetrics
    from postflow_desktop.platforms.x.metrics import XMetrics

    return {
        Network.BLUESKY: BlueskyMetrics(http, clock),
        Network.LINKEDIN: LinkedInMetrics(http, clock, _linkedin_version(settings)),
        Network.X: XMetrics(http, clock),
    }


def authorizers(http: HttpClient, settings: Settings | None = None) -> dict[Network, Authorizer]:
    """The networks whose accounts are connected in the browser, or can be."""
    from postflow_desktop.platforms.bluesky.authorizer import BlueskyAuthorizer
    from postflow_desktop.platforms.bluesky.discovery import Discovery
    from postflow_desktop.platforms.linkedin.authorizer import LinkedInAuthorizer
    from postflow_desktop.platforms.threads.authorizer import ThreadsAuthorizer
    from postflow_desktop.platforms.x.authorizer import XAuthorizer

    return {
        Network.BLUESKY: BlueskyAuthorizer(http, Discovery(http, _directory(settings))),
        Network.LINKEDIN: LinkedInAuthorizer(),
        Network.THREADS: ThreadsAuthorizer(),
        Network.X: XAuthorizer(),
    }


def endpoints() -> dict[Network, dict[str, str]]:
    """The usual addresses; the keys are what `POSTFLOW_ENDPOINTS` may change."""
    from postflow_desktop.platforms.bluesky import discovery, videos
    from postflow_desktop.platforms.bluesky import service as bluesky
    from postflow_desktop.platforms.facebook import service as facebook
    from postflow_desktop.platforms.linkedin import endpoints as linkedin
    from postflow_desktop.platforms.telegram import service as telegram
    from postflow_desktop.platforms.threads import endpoints as threads
    from postflow_desktop.platforms.x import endpoints as x

    return {
        Network.BLUESKY: {
            "service": bluesky.DEFAULT_SERVICE,
            "directory": discovery.DEFAULT_DIRECTORY,
            "video": videos.DEFAULT_VIDEO_SERVICE,
        },
        Network.FACEBOOK: {"service": facebook.DEFAULT_SERVICE},
        Network.LINKEDIN: {
            "service": linkedin.DEFAULT_SERVICE,
            "version": linkedin.DEFAULT_VERSION,
        },
        Network.TELEGRAM: {"service": telegram.DEFAULT_SERVICE},
        Network.THREADS: {"service": threads.DEFAULT_SERVICE},
        Network.X: {"service": x.DEFAULT_SERVICE},
    }


def _directory(settings: Settings | None) -> str:
    from postflow_desktop.platforms.bluesky.discovery import DEFAULT_DIRECTORY

    return (settings or {}).get(Network.BLUESKY, {}).get("directory", DEFAULT_DIRECTORY)


def _video_service(settings: Settings | None) -> str:
    from postflow_desktop.platforms.bluesky.videos import DEFAULT_VIDEO_SERVICE

    return (settings or {}).get(Network.BLUESKY, {}).get("video", DEFAULT_VIDEO_SERVICE)


def _linkedin_version(settings: Settings | None) -> str:
    from postflow_desktop.platforms.linkedin.endpoints import DEFAULT_VERSION, checked_version

    own = (settings or {}).get(Network.LINKEDIN, {})
    return checked_version(own.get("version", DEFAULT_VERSION))
