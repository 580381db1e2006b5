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
from postflow_desktop.services.ports.organizations import Membership
from postflow_desktop.services.ports.signing_in import (
    Authorizer,
    Begun,
    Browser,
    Callback,
    CallbackSource,
    Client,
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

    def begin(self, network: Network, service: str = "", *, sandbox: bool = False) -> SignIn:
        """Listen for the browser; the page is opened with `SignIn.open_browser`.

        InvalidInput: `no_browser_sign_in`, `bad_service`; NotFound: `no_client`; MachineProblem:
        `port_taken`.
        """
        authorizer = self._parts.authorizers.get(network)
        if authorizer is None:
            raise InvalidInput(
                f"Accounts of {network.value} are not connected in the browser.",
                code="no_browser_sign_in",
                fix=f"postflow account connect {network.value} --handle NAME",
            )
        if sandbox:
            client, redirect = SANDBOX_CLIENT, Redirect(kind=RedirectKind.ANY_PORT)
        else:
            client, app = self._parts.clients.open(network)
            redirect = replace(authorizer.guide().redirect, uri=app.redirect_uri)
        callback = self._parts.callbacks.open(redirect)
        place = service or self._parts.service(network)
        try:
            begun = authorizer.begin(place, client, callback.redirect_uri, callback.state)
            callback.expect(begun.issuer)
        except BaseException:
            callback.close()
            raise
        return SignIn(self._parts, network, place, callback, begun)

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
            chosen = [signed for signed in chosen if signed.user_id == again]
            if not chosen:
                raise Conflict(
                    "Another account is signed in in the browser. Nothing was changed.",
                    code="other_account",
                    fix="Switch the account on the network's page, and reconnect again.",
                )
        return [
            self._parts.accounts.keep(
                self._parts.actor, network, signed, sandbox_machine=sandbox_machine
            )
            for signed in chosen
        ]
