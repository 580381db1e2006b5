"""The sandbox as a part of this machine: a server, and accounts on it without a person."""

from __future__ import annotations

from postflow_desktop.bootstrap.machine import Machine
from postflow_desktop.bootstrap.workspace import Seat
from postflow_desktop.domain.account import SocialAccount
from postflow_desktop.domain.network import Network
from postflow_desktop.sandbox.server import SandboxServer
from postflow_desktop.services.accounts import ConnectRequest

_CALLBACK = "http://127.0.0.1/callback"
_CLIENT = "postflow-sandbox"


def machine_sandbox(machine: Machine) -> SandboxServer:
    """The sandbox of this home; not started. Its posts are there again the next time."""
    folder = machine.home.path / "sandbox"
    folder.mkdir(exist_ok=True)
    return SandboxServer(folder)


def connect_sandbox_account(
    seat: Seat, service: str, network: Network, username: str
) -> SocialAccount:
    """Connect an account on the sandbox (again); it belongs to this machine."""
    machine = seat.workspace.machine
    request = ConnectRequest(
        network=network,
        service=service,
        username=username,
        secret=_secret(machine, service, network, username),
        sandbox_machine=machine.home.machine_id,
    )
    return seat.accounts.connect(seat.member, request).account


def _secret(machine: Machine, service: str, network: Network, username: str) -> str:
    """An app password, or the code of an OAuth page that is answered over HTTP."""
    if network is not Network.X:
        return "sand-boxe-only-pass"
    from postflow_desktop.platforms.x import authorize
    from postflow_desktop.sandbox.consent import give_consent

    begun = authorize.begin(service, _CLIENT, _CALLBACK)
    return authorize.finish(begun, give_consent(machine.http, begun.url, username)).as_text()
