"""Signing in through the browser: what a network wants, and what comes back from it.

RFC 8252 (native apps), RFC 7636 (PKCE), RFC 9207 (issuer), RFC 9700 (best practice).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol, runtime_checkable

from postflow_desktop.domain.account import SignedIn
from postflow_desktop.domain.network import Network

WAIT_SECONDS = 300.0
"""How long the address on this computer waits for the browser."""


class RedirectKind(StrEnum):
    """Which redirect addresses a network takes."""

    ANY_PORT = "any_port"
    """`http://127.0.0.1:PORT/PATH`, port and path of the moment (RFC 8252, 7.3)."""
    EXACT = "exact"
    """One address on this computer, registered letter by letter, port included."""
    RELAY = "relay"
    """https only: a static page sends the browser on to this computer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Redirect:
    """Where a network sends the browser back to."""

    kind: RedirectKind
    uri: str = ""
    """The registered address; empty for ANY_PORT."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """A developer app of the organization at a network; the secret is never printed."""

    client_id: str
    secret: str | None = field(default=None, repr=False)
    """None for a public client."""
    scopes: tuple[str, ...] = ()
    """What to ask for where the app may ask for more than the usual; empty for the usual."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientGuide:
    """How a team gets its own developer app, shown before anybody connects."""

    register_at: str
    """The network's page for developers."""
    steps: tuple[str, ...]
    redirect: Redirect
    scopes: tuple[str, ...]
    needs_secret: bool
    review: str
    """What the network looks at before it lets the app work, or an empty text."""
    costs: str
    """What using it costs, or an empty text."""
    dated: str
    """When these facts were checked: YYYY-MM-DD."""
    needs_client: bool = True
    """False where programs may ask without an app of the organization."""
    lasts: str = ""
    """What ends such a sign-in by itself, where renewing does not keep it for ever."""


class Begun(Protocol):
    """A sign-in that waits for the browser; it stays in memory."""

    @property
    def url(self) -> str:
        """To be opened in the browser."""
        ...

    @property
    def state(self) -> str:
        """What has to come back with the answer."""
        ...

    @property
    def issuer(self) -> str:
        """Who has to answer (RFC 9207), or an empty text where the network does not say."""
        ...

    def finish(self, returned: str) -> str:
        """The secret for `SignInConnector.identities`, from the address that was come back to.

        NotAllowed: `access_denied`, `wrong_state`, `wrong_issuer`, `authorization_failed`.
        """
        ...


class Authorizer(Protocol):
    """A network whose accounts are connected in the browser."""

    network: Network

    def guide(self) -> ClientGuide:
        """How a team gets an app there."""
        ...

    def begin(self, service: str, client: Client, redirect_uri: str, state: str) -> Begun:
        """Start; `state` is random and may carry the way back for a relay. InvalidInput."""
        ...


@runtime_checkable
class NamedAuthorizer(Protocol):
    """A network where the account's name leads to the server that asks."""

    def begin_for(
        self, service: str, username: str, client: Client, redirect_uri: str, state: str
    ) -> Begun:
        """As `Authorizer.begin`; only this account will do. NetworkUnreachable too."""
        ...


@runtime_checkable
class IdentityConnector(Protocol):
    """A connector whose sign-in may bring several accounts."""

    def identities(self, service: str, secret: str) -> Sequence[SignedIn]:
        """Trade the grant once; every account that it opens. Errors as `Connector.sign_in`."""
        ...


class Callback(Protocol):
    """The address on this computer, listening; a context manager."""

    @property
    def redirect_uri(self) -> str:
        """What the network is told."""
        ...

    @property
    def state(self) -> str:
        """The random text that has to come back; 128 bits or more."""
        ...

    def expect(self, issuer: str) -> None:
        """Only an answer of this issuer counts (RFC 9207)."""
        ...

    def wait(self) -> str:
        """The address that the browser came back to.

        NotAllowed: `wrong_state`, `wrong_issuer`; NetworkUnreachable: `browser_silent` after
        WAIT_SECONDS; Conflict: `sign_in_canceled`.
        """
        ...

    def cancel(self) -> None:
        """End the waiting; may be called from any thread."""
        ...

    def close(self) -> None:
        """Listen no more."""
        ...


class CallbackSource(Protocol):
    """Opens the address on this computer."""

    def open(self, redirect: Redirect) -> Callback:
        """Listen; MachineProblem (`port_taken`), InvalidInput (`bad_redirect`)."""
        ...


class Browser(Protocol):
    """The person's own browser."""

    def open(self, url: str) -> bool:
        """Show this page; False where no browser could be started."""
        ...
