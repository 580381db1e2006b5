"""Networks of every resend class: what they take, when it is seen, and how they misbehave."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from postflow_desktop.domain.network import Network, ResendClass
from postflow_desktop.services.ports.journal import Reply

NETWORKS: dict[str, Network] = {
    "K": Network.BLUESKY,
    "C": Network.THREADS,
    "D": Network.X,
    "L": Network.FACEBOOK,
    "N": Network.TELEGRAM,
}
SLACK = timedelta(seconds=60)
"""How far a network's clock may be behind the cluster's."""


@dataclass(frozen=True)
class Taken:
    """A post that a network made."""

    account: str
    wire: dict[str, Any]
    external_id: str
    at: datetime
    left: float
    """When its request left the machine."""
    listed_at: float

    @property
    def target(self) -> str:
        """Whose post it is; only the oracle looks at it."""
        return str(self.wire["target"])

    @property
    def url(self) -> str:
        """Where a person sees it."""
        return f"https://network.example/{self.external_id}"

    @property
    def text(self) -> str:
        """Its words."""
        return str(self.wire["text"])


@dataclass
class Container:
    """A prepared post of class C, which is published once."""

    gone: bool = False
    post: Taken | None = None


@dataclass
class Service:
    """One network, seen from inside."""

    letter: str
    now: Callable[[], float]
    wall: Callable[[], datetime]
    lag: float
    on_taken: Callable[[Taken], None]
    posts: list[Taken] = field(default_factory=list)
    containers: dict[str, Container] = field(default_factory=dict)
    _numbers: Any = field(default_factory=count)

    @property
    def resend_class(self) -> ResendClass:
        """What it offers."""
        return ResendClass(self.letter)

    def end_container(self, name: str) -> None:
        """A container that was not published in time."""
        container = self.containers[name]
        container.gone = container.post is None

    def make_container(self) -> str:
        """A container that is ready; nothing of it is to be seen."""
        name = f"c{next(self._numbers)}"
        self.containers[name] = Container()
        return name

    def take(self, account: str, wire: dict[str, Any], left: float) -> Reply:
        """A request that left its machine then has arrived as a whole."""
        match self.letter:
            case "K":
                return self._by_key(account, wire, left)
            case "C":
                return self._by_container(account, wire, left)
            case "D" if any(_same(p, account, wire) for p in self.posts):
                return _reply(403, {"error": "duplicate"})
            case _:
                return _made(self._add(account, wire, left))

    def _by_key(self, account: str, wire: dict[str, Any], left: float) -> Reply:
        known = next((p for p in self.posts if p.wire["key"] == wire["key"]), None)
        if known is None:
            return _made(self._add(account, wire, left))
        return _made(known) if known.wire == wire else _reply(409, {"error": "taken"})

    def _by_container(self, account: str, wire: dict[str, Any], left: float) -> Reply:
        container = self.containers[wire["key"]]
        if container.gone or container.post is not None:
            return _reply(400, {"error": "not publishable"})
        container.post = self._add(account, wire, left)
        return _made(container.post)

    def _add(self, account: str, wire: dict[str, Any], left: float) -> Taken:
        number = next(self._numbers)
        seen = self.now() + self.lag
        post = Taken(account, wire, f"{self.letter}{number}", self.wall(), left, seen)
        self.posts.append(post)
        self.on_taken(post)
        return post

    def listed(self, account: str, wire: dict[str, Any]) -> list[Taken]:
        """The account's posts like this one, of that time, that are shown by now."""
        since = datetime.fromisoformat(wire["at"])
        return [
            post
            for post in self.posts
            if _same(post, account, wire)
            and post.at >= since - SLACK
            and post.listed_at <= self.now()
        ]

    def shown(self, target: str) -> list[Taken]:
        """What a person who looks at the account finds of a target."""
        return [p for p in self.posts if p.target == target and p.listed_at <= self.now()]


def _same(post: Taken, account: str, wire: dict[str, Any]) -> bool:
    """The same words, in answer to the same post if to any."""
    alike = post.account == account and post.text == wire["text"]
    return alike and post.wire["parent"] == wire["parent"]


def _reply(status: int, body: dict[str, Any]) -> Reply:
    return Reply(status=status, headers={}, body=json.dumps(body).encode())


def _made(post: Taken) -> Reply:
    return _reply(200, {"id": post.external_id})


def refusal(kind: str) -> Reply:
    """A reply that says no, whether that is true or not."""
    if kind == "429":
        return _reply(429, {"wait": 20})
    return _reply(int(kind.partition("_")[0]), {"error": kind})
