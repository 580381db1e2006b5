"""A sandbox whose answers are damaged on demand, and an account of every network on it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import count
from typing import Any

from postflow_desktop.domain.account import Session, SignedIn
from postflow_desktop.domain.network import Network
from postflow_desktop.domain.payload import Payload
from postflow_desktop.domain.post import Media
from postflow_desktop.domain.step import StepKind
from postflow_desktop.machine.clock import SystemClock
from postflow_desktop.platforms import registry
from postflow_desktop.platforms.threads.publisher import ThreadsPublisher
from postflow_desktop.sandbox.exchange import Answer, Call
from postflow_desktop.sandbox.server import SandboxServer
from postflow_desktop.services.ports.metrics import Metrics
from postflow_desktop.services.ports.publisher import Connector, Publisher, ReplyTo
from postflow_desktop.transport.client import HttpClient
from tests.damaged.damages import Damage
from tests.kit.adapters import Pictures, payload_for, send, session_for
from tests.linkedin.world import grant as linkedin_grant
from tests.telegram.world import TOKEN
from tests.threads.world import grant as threads_grant
from tests.x.world import grant as x_grant

NETWORKS = (
    Network.BLUESKY,
    Network.FACEBOOK,
    Network.LINKEDIN,
    Network.TELEGRAM,
    Network.THREADS,
    Network.X,
)


STEPS = {
    Network.FACEBOOK: StepKind.FIRST_COMMENT,
    Network.LINKEDIN: StepKind.FIRST_COMMENT,
}
"""What a further step is there; elsewhere it is a reply."""


class DamagingSandbox(SandboxServer):
    """Damages the answer with the given number, counted from when it was told to."""

    def __init__(self) -> None:
        super().__init__()
        self.threads.stored.daily_posts = 1_000_000
        self._damage: Damage | None = None
        self._left = 0

    def damage(self, damage: Damage | None, nth: int = 0) -> None:
        self._damage, self._left = damage, nth

    def _answer(self, call: Call) -> Answer:
        answer = super()._answer(call)
        if self._damage is None:
            return answer
        self._left -= 1
        if self._left >= 0:
            return answer
        damage, self._damage = self._damage, None
        damaged = damage.act(answer)
        # What a 204 has behind its head must not be read as the beginning of the next answer.
        return replace(damaged, headers={**damaged.headers, "Connection": "close"})


@dataclass(frozen=True)
class Chair:
    """A signed-in account of any network."""

    publisher: Publisher
    connector: Connector
    signed_in: SignedIn
    pictures: Pictures
    words: tuple[str, str]
    """Name and secret of a further sign-in."""
    metrics: Metrics | None
    """Where the network has numbers."""

    @property
    def session(self) -> Session:
        return session_for(self.publisher.network, self.signed_in)

    def payload(self, text: str, *media: Media) -> Payload:
        return payload_for(self.publisher.network, text, *media)

    def wire(self, text: str, *media: Media, under: str = "") -> str:
        """What is to be sent; `under` is the post that it answers or comments."""
        kind = STEPS.get(self.publisher.network, StepKind.REPLY)
        reply_to = ReplyTo(kind=kind, root=under, parent=under) if under else None
        return self.publisher.prepare(
            self.session,
            self.payload(text, *media),
            self.pictures,
            target_id=f"target-{text}",
            at=SystemClock().now(),
            reply_to=reply_to,
        )

    def send(self, wire: str) -> Any:
        return send(self.publisher, self.session, wire)


class Chairs:
    """Makes them, each with a name of its own."""

    def __init__(self, sandbox: DamagingSandbox, http: HttpClient) -> None:
        self.sandbox = sandbox
        self._http = http
        self._numbers = count(1)
        clock = SystemClock()
        self._connectors = registry.connectors(http, clock)
        self._publishers = registry.publishers(http, clock)
        self._metrics = registry.metrics(http, clock)
        self._publishers[Network.THREADS] = ThreadsPublisher(http, clock, pause=lambda _: None)
        for publisher in self._publishers.values():
            uploader: Any = getattr(publisher, "_uploader", None)
            if hasattr(uploader, "_pause"):
                uploader._pause = lambda _: None

    def take(self, network: Network) -> Chair:
        """A new account of that network."""
        connector = self._connectors[network]
        url = self.sandbox.url
        words = self._words(network)
        signed = connector.sign_in(url, *words())
        numbers = self._metrics.get(network)
        return Chair(self._publishers[network], connector, signed, Pictures(), words(), numbers)

    def _words(self, network: Network) -> Callable[[], tuple[str, str]]:
        name, url, http = f"bakery{next(self._numbers)}", self.sandbox.url, self._http
        words: dict[Network, Callable[[], tuple[str, str]]] = {
            Network.BLUESKY: lambda: (f"{name}.test", "abcd-efgh-ijkl-mnop"),
            Network.FACEBOOK: lambda: ("", f"user:{name}"),
            Network.LINKEDIN: lambda: (name, linkedin_grant(http, url, f"Ana {name}, {name}")),
            Network.TELEGRAM: lambda: (f"@{name}", TOKEN),
            Network.THREADS: lambda: ("", threads_grant(http, url, name)),
            Network.X: lambda: ("", x_grant(http, url, name)),
        }
        return words[network]


def storable(value: Any) -> bool:
    """Whether it can go into a database: text in UTF-8, whatever came over the wire."""
    repr(value).encode()
    for name in getattr(value, "__dataclass_fields__", ()):
        inner = getattr(value, name)
        if isinstance(inner, str):
            inner.encode()
        elif hasattr(inner, "__dataclass_fields__"):
            storable(inner)
    return replace(value) == value if hasattr(value, "__dataclass_fields__") else True
