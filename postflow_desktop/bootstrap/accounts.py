"""Disconnecting accounts, wired: for commands and for the window."""

from __future__ import annotations

from typing import TYPE_CHECKING

from postflow_desktop.bootstrap.signing_in import client_service
from postflow_desktop.services.disconnecting import DisconnectParts, DisconnectService
from postflow_desktop.services.signing_in import SANDBOX_CLIENT

if TYPE_CHECKING:
    from postflow_desktop.bootstrap.workspace import Seat
    from postflow_desktop.domain.account import SocialAccount
    from postflow_desktop.services.ports.signing_in import Client


def disconnect_service(seat: Seat) -> DisconnectService:
    """Disconnects accounts of the seat's organization."""
    machine, cluster = seat.workspace.machine, seat.workspace.cluster
    return DisconnectService(
        DisconnectParts(
            actor=seat.member,
            accounts=cluster.accounts,
            targets=cluster.targets,
            posts=cluster.posts,
            pauses=cluster.pauses,
            keys=lambda organization: seat.workspace.organizations.open_key(
                organization, seat.person
            ),
            vault=machine.vault,
            connectors=machine.connectors,
            client=lambda account: _client(seat, account),
        )
    )


def _client(seat: Seat, account: SocialAccount) -> Client:
    """The developer app that an account was connected with; NotFound (`no_client`)."""
    if account.sandbox_machine is not None:
        return SANDBOX_CLIENT
    client, _ = client_service(seat).open(account.network)
    return client
