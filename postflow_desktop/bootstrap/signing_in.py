"""Connecting accounts in the browser, wired: for commands and for the window."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from postflow_desktop.bootstrap.machine import Machine
from postflow_desktop.domain.account import SignedIn
from postflow_desktop.domain.network import Network
from postflow_desktop.machine.browser import SystemBrowser
from postflow_desktop.oauth.loopback import LoopbackCallbacks
from postflow_desktop.platforms import registry
from postflow_desktop.services.clients import ClientParts, ClientService
from postflow_desktop.services.ports.signing_in import Authorizer, Browser, IdentityConnector
from postflow_desktop.services.signing_in import SignInParts, SignInService

if TYPE_CHECKING:
    from postflow_desktop.bootstrap.workspace import Seat


def client_service(seat: Seat) -> ClientService:
    """Developer apps of the seat's organization."""
    workspace = seat.workspace
    return ClientService(
        ClientParts(
            actor=seat.member,
            clients=workspace.cluster.clients,
            authorizers=_authorizers(workspace.machine),
            keys=lambda organization: workspace.organizations.open_key(organization, seat.person),
            vault=workspace.machine.vault,
        )
    )


def sign_in_service(seat: Seat, browser: Browser | None = None) -> SignInService:
    """Sign-ins of the seat's organization; without a browser it is the system's."""
    machine = seat.workspace.machine
    return SignInService(
        SignInParts(
            actor=seat.member,
            clients=client_service(seat),
            accounts=seat.accounts,
            authorizers=_authorizers(machine),
            identities=lambda network, service, secret: _identities(
                machine, network, service, secret
            ),
            callbacks=LoopbackCallbacks(),
            browser=browser or SystemBrowser(machine.environ),
            service=lambda network: machine.endpoints[network]["service"],
        )
    )


def _authorizers(machine: Machine) -> dict[Network, Authorizer]:
    return registry.authorizers(machine.http, machine.endpoints)


def _identities(
    machine: Machine, network: Network, service: str, secret: str
) -> Sequence[SignedIn]:
    """Trade a grant once; every account that it opens."""
    connector = machine.connectors[network]
    if isinstance(connector, IdentityConnector):
        return connector.identities(service, secret)
    return [connector.sign_in(service, "", secret)]
