"""Connecting accounts in the browser: open the network's page, wait, take what the person allows.

Nothing is stored before the person is back and the network has told who they are.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import TracebackType
from typing import Self

from postflow_desktop.domain.account import SignedIn
from postflow_desktop.domain.errors import Conflict, InvalidInput
from postflow_desktop.domain.network import Network
from postflow_desktop.services.accounts import AccountService, Connected
from postflow_desktop.services.clients import ClientService
from postflow_desktop.services.permissions import Action, require
from postflow_desktop.services.ports.organizations import Membership
from postflow_desktop.services.ports.signing_in import (
    Authorizer,
    Begun,
    Browser,
    Callback,
    CallbackSource,
    Client,
    NamedAuthorizer,
    Redirect,
    RedirectKind,
)

# The sandbox takes any client.
SANDBOX_CLIENT = Client(client_id="postflow-sandbox", secret="postflow-sandbox")  # noqa: S106


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInParts:
    """The ports of signing in."""

    actor: Membership
    clients: ClientService
    accounts: AccountService
    authorizers: Mapping[Network, Authorizer]
    identities: Callable[[Network, str, str], Sequence[SignedIn]]
    """Trade a grant: network, service, secret; every account that it opens."""
    callbacks: CallbackSource
    browser: Browser
    service: Callable[[Network], str]
    """The usual address of a network."""


class SignIn:
    """One sign-in under way; a context manager that listens until its end."""

    def __init__(
        self,
        parts: SignInParts,
        network: Network,
        service: str,
        callback: Callback,
        begun: Begun,
    ) -> None:
        self.network = network
        self.service = service
        self._parts = parts
        self._callback = callback
        self._begun = begun

    @property
    def url(self) -> str:
        """The network's page, for a person who opens it by hand."""
        return self._begun.url

    def open_browser(self) -> bool:
        """Show the network's page; False where no browser could be started."""
        return self._parts.browser.open(self.url)

    def wait(self) -> Sequence[SignedIn]:
        """The accounts that the person may connect now.

        NotAllowed: `access_denied`, `wrong_state`, `wrong_issuer`, `authorization_failed`;
        NetworkUnreachable: `browser_silent`; Conflict: `sign_in_canceled`, `no_account_there`.
        """
        returned = self._callback.wait()
        secret = self._begun.finish(returned)
        found = self._parts.identities(self.network, self.service, secret)
        if not found:
            raise Conflict(
                "The sign-in worked, and brought no account that posts can go to.",
                code="no_account_there",
                fix="Sign in as somebody who may post, and try again.",
            )
        return found

    def cancel(self) -> None:
        """End the waiting; from any thread."""
        self._callback.cancel()

    def close(self) -> None:
        """Listen no more."""
        self._callback.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


class SignInService:
    """Sign-ins of one organization."""

    def __init__(self, parts: SignInParts) -> None:
        self._parts = parts

    def begin(
        self, network: Network, service: str = "", *, username: str = "", sandbox: bool = False
    ) -> SignIn:
        """Listen for the browser; the page is opened with `SignIn.open_browser`.

        `username` is for networks where the account's name leads to its server. InvalidInput:
        `no_browser_sign_in`, `bad_service` and those of the network; NotFound: `no_client`;
        MachineProblem: `port_taken`; NetworkUnreachable where the network is asked first.
        """
        authorizer = self._parts.authorizers.get(network)
        if authorizer is None:
            raise InvalidInput(
                f"Accounts of {network.value} are not connected in the browser.",
                code="no_browser_sign_in",
                fix=f"postflow account connect {network.value} --handle NAME",
            )
        client, redirect = self._client(network, authorizer, sandbox=sandbox)
        callback = self._parts.callbacks.open(redirect)
        place = service or self._parts.service(network)
        try:
            begun = _begun(authorizer, place, username, client, callback)
            callback.expect(begun.issuer)
        except BaseException:
            callback.close()
            raise
        return SignIn(self._parts, network, place, callback, begun)

    def lasts(self, network: Network) -> str:
        """What ends a sign-in there by itself, in a sentence; mostly nothing."""
        authorizer = self._parts.authorizers.get(network)
        return "" if authorizer is None else authorizer.guide().lasts

    def _client(
        self, network: Network, authorizer: Authorizer, *, sandbox: bool
    ) -> tuple[Client, Redirect]:
        """Who asks, and where the browser comes back to."""
        if sandbox:
            return SANDBOX_CLIENT, Redirect(kind=RedirectKind.ANY_PORT)
        guide = authorizer.guide()
        if not guide.needs_client:
            require(self._parts.actor, Action.CONNECT_ACCOUNTS)
            return Client(client_id=""), guide.redirect
        client, app = self._parts.clients.open(network)
        return client, replace(guide.redirect, uri=app.redirect_uri)

    def keep(
        self,
        network: Network,
        chosen: Sequence[SignedIn],
        *,
        again: str | None = None,
        sandbox_machine: str | None = None,
    ) -> list[Connected]:
        """Connect these accounts; with `again` only that account, by its id at the network.

        Conflict (`other_account`) where somebody else signed in than the account to reconnect.
        """
        if again is not None:
            found, chosen = chosen, [signed for signed in chosen if signed.user_id == again]
            if not chosen:
                names = " and ".join(f"@{signed.username}" for signed in found)
                raise Conflict(
                    f"The browser is signed in as {names}, which is another account. Nothing was "
                    "changed; posts that wait for this one go on waiting.",
                    code="other_account",
                    fix="Switch the account on the network's page, and reconnect again.",
                )
        return [
            self._parts.accounts.keep(
                self._parts.actor, network, signed, sandbox_machine=sandbox_machine
            )
            for signed in chosen
        ]


def _begun(
    authorizer: Authorizer, place: str, username: str, client: Client, callback: Callback
) -> Begun:
    if username and isinstance(authorizer, NamedAuthorizer):
        return authorizer.begin_for(place, username, client, callback.redirect_uri, callback.state)
    return authorizer.begin(place, client, callback.redirect_uri, callback.state)
