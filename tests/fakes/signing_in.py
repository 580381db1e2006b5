"""Signing in in the browser, in memory: what the browser brings is put there by the test."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from postflow_desktop.domain.account import SignedIn, Tokens
from postflow_desktop.domain.errors import Conflict
from postflow_desktop.domain.network import Network
from postflow_desktop.platforms import registry
from postflow_desktop.services.ports.replica import AccountRow
from postflow_desktop.transport.client import HttpClient
from postflow_desktop.ui.backend import WayIn

PAGE = "https://network.example/allow"


def signed_in(name: str, number: int = 1) -> SignedIn:
    """An account as a sign-in brings it."""
    return SignedIn(user_id=f"u{number}", username=name, service="s", tokens=Tokens(access="t"))


@dataclass
class FakeSignIn:
    """A sign-in whose end the test decides."""

    come_back: Callable[[], Sequence[SignedIn]]
    opens: bool = True
    shown: int = 0
    canceled: bool = False
    url: str = PAGE

    def open_browser(self) -> bool:
        self.shown += 1
        return self.opens

    def wait(self) -> Sequence[SignedIn]:
        if self.canceled:
            raise Conflict("Canceled.", code="sign_in_canceled")
        return self.come_back()

    def cancel(self) -> None:
        self.canceled = True


@dataclass
class FakeSignIns:
    """The part of the fake backend that connects in the browser."""

    browser_networks: tuple[Network, ...] = ()
    either_way: tuple[Network, ...] = ()
    asked: list[tuple[str, str]] = field(default_factory=list)
    """Whose and where, as it was typed before each sign-in."""
    clients: dict[Network, tuple[str, str, str]] = field(default_factory=dict)
    brings: Callable[[], Sequence[SignedIn]] = lambda: (signed_in("cafe"),)
    opens: bool = True
    sign_ins: list[FakeSignIn] = field(default_factory=list)
    kept: list[tuple[Network, tuple[str, ...], str | None]] = field(default_factory=list)

    def way_in(self, network: Network) -> WayIn:
        guide = registry.authorizers(HttpClient())[network].guide()
        return WayIn(guide=guide, has_client=network in self.clients or not guide.needs_client)

    def set_client(self, network: Network, client_id: str, secret: str, redirect: str) -> WayIn:
        self.clients[network] = (client_id, secret, redirect)
        return self.way_in(network)

    def begin(self) -> FakeSignIn:
        self.sign_ins.append(FakeSignIn(self.brings, self.opens))
        return self.sign_ins[-1]

    def keep(
        self, network: Network, chosen: Sequence[SignedIn], again: str | None, like: AccountRow
    ) -> list[AccountRow]:
        self.kept.append((network, tuple(one.username for one in chosen), again))
        return [
            replace(like, id=f"new-{one.user_id}", network=network, username=one.username)
            for one in chosen
        ]
