"""An organization's own developer apps: an id and sometimes a secret, entered once for all."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from postflow_desktop.domain.errors import Conflict, InvalidInput, NotFound
from postflow_desktop.domain.network import Network
from postflow_desktop.services.permissions import Action, require
from postflow_desktop.services.ports.clients import ClientApp, ClientStore
from postflow_desktop.services.ports.organizations import Membership
from postflow_desktop.services.ports.signing_in import (
    Authorizer,
    Client,
    ClientGuide,
    RedirectKind,
)
from postflow_desktop.services.ports.vault import OrganizationKey, SealContext, Vault

_TRIES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientParts:
    """The ports of the client service."""

    actor: Membership
    clients: ClientStore
    authorizers: Mapping[Network, Authorizer]
    keys: Callable[[str], OrganizationKey]
    vault: Vault


class ClientService:
    """Developer apps of one organization; secrets leave it only towards their network."""

    def __init__(self, parts: ClientParts) -> None:
        self._parts = parts

    def guide(self, network: Network) -> ClientGuide:
        """How to get an app there; InvalidInput (`no_client_needed`)."""
        authorizer = self._parts.authorizers.get(network)
        if authorizer is None:
            raise _no_client_needed(network)
        return authorizer.guide()

    def list(self) -> Sequence[ClientApp]:
        """All that were entered, by network."""
        require(self._parts.actor, Action.READ)
        return self._parts.clients.list(self._parts.actor.organization_id)

    def has(self, network: Network) -> bool:
        """Whether one was entered, or none is needed."""
        require(self._parts.actor, Action.READ)
        if not self.guide(network).needs_client:
            return True
        return self._parts.clients.find(self._parts.actor.organization_id, network) is not None

    def set(
        self,
        network: Network,
        client_id: str,
        secret: str | None,
        redirect_uri: str = "",
        *,
        scopes: Sequence[str] = (),
    ) -> ClientApp:
        """Enter it, or another one; accounts that are connected keep the one of their tokens.

        InvalidInput: `client_id_missing`, `secret_missing`, `redirect_missing`,
        `no_client_needed`; Conflict.
        """
        actor = self._parts.actor
        require(actor, Action.CONNECT_ACCOUNTS)
        guide = self.guide(network)
        if not guide.needs_client:
            raise _no_client_needed(network)
        redirect = redirect_uri.strip() or guide.redirect.uri
        _check(guide, client_id, secret, redirect)
        for _ in range(_TRIES):
            known = self._parts.clients.find(actor.organization_id, network)
            version = 1 if known is None else known.version + 1
            app = ClientApp(
                organization_id=actor.organization_id,
                network=network,
                client_id=client_id.strip(),
                redirect_uri=redirect,
                version=version,
                scopes=tuple(scopes),
                sealed_secret=self._sealed(network, version, secret),
            )
            if self._parts.clients.save(app):
                return app
        raise Conflict(
            "Somebody else is changing this app. Nothing was changed.",
            code="client_busy",
            fix="Try again in a moment.",
        )

    def remove(self, network: Network) -> None:
        """Forget it; NotFound (`no_client`). What is connected stays connected."""
        actor = self._parts.actor
        require(actor, Action.CONNECT_ACCOUNTS)
        if not self._parts.clients.remove(actor.organization_id, network):
            raise no_client(network)

    def open(self, network: Network) -> tuple[Client, ClientApp]:
        """The app with its secret, to sign in with; NotFound (`no_client`)."""
        actor = self._parts.actor
        require(actor, Action.CONNECT_ACCOUNTS)
        app = self._parts.clients.find(actor.organization_id, network)
        if app is None:
            raise no_client(network)
        secret = None
        if app.sealed_secret is not None:
            key = self._parts.keys(actor.organization_id)
            context = _context(network, app.version)
            secret = self._parts.vault.open(key, context, app.sealed_secret)
        return Client(client_id=app.client_id, secret=secret, scopes=app.scopes), app

    def _sealed(self, network: Network, version: int, secret: str | None) -> str | None:
        if not secret:
            return None
        key = self._parts.keys(self._parts.actor.organization_id)
        return self._parts.vault.seal(key, _context(network, version), secret)


def _no_client_needed(network: Network) -> InvalidInput:
    return InvalidInput(
        f"Accounts of {network.value} are connected without a developer app.",
        code="no_client_needed",
        fix=f"postflow account connect {network.value}",
    )


def no_client(network: Network) -> NotFound:
    """There is no app to sign in with."""
    return NotFound(
        f"Your organization has no developer app for {network.value} yet.",
        code="no_client",
        fix=f"Register one and enter it: postflow client guide {network.value}",
    )


def _check(guide: ClientGuide, client_id: str, secret: str | None, redirect: str) -> None:
    if not client_id.strip():
        raise InvalidInput(
            "The id of the app is missing.",
            code="client_id_missing",
            fix=f"Copy it from {guide.register_at}.",
        )
    if guide.needs_secret and not secret:
        raise InvalidInput(
            "This network wants the app's secret too.",
            code="secret_missing",
            fix=f"Copy it from {guide.register_at}; it is stored sealed.",
        )
    if guide.redirect.kind is not RedirectKind.ANY_PORT and not redirect:
        raise InvalidInput(
            "The address that you registered at the network is missing.",
            code="redirect_missing",
            fix="Give it with --redirect; it is the https address of the relay page.",
        )


def _context(network: Network, version: int) -> SealContext:
    return SealContext(
        account_id=f"client:{network.value}", field="clientSecret", token_version=version
    )
