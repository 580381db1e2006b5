"""The sandbox as a part of this machine: a server, and accounts on it without a person."""

from __future__ import annotations

import secrets
import socket
import threading
from types import TracebackType
from typing import Protocol, Self

from filelock import FileLock, Timeout

from postflow_desktop.bootstrap.machine import Machine
from postflow_desktop.domain.account import DISCONNECTED, SocialAccount
from postflow_desktop.domain.errors import MachineProblem
from postflow_desktop.domain.network import Network
from postflow_desktop.sandbox.server import SandboxServer, last_port
from postflow_desktop.services.accounts import AccountService, ConnectRequest
from postflow_desktop.services.ports.organizations import Membership

_CALLBACK = "http://127.0.0.1/callback"
_PASSES = {
    Network.BLUESKY: "sand-boxe-only-pass",
    Network.TELEGRAM: "100200300:AAF-sandbox-sandbox-sandbox-sandbox-00",
}
_TURN_SECONDS = 0.2
_START_SECONDS = 10.0


class SandboxSeat(Protocol):
    """Who connects accounts: a Seat, as far as that takes one."""

    @property
    def machine(self) -> Machine:
        """This process of this home."""
        ...

    @property
    def member(self) -> Membership:
        """The person in the organization."""
        ...

    @property
    def accounts(self) -> AccountService:
        """Connected accounts."""
        ...


class HomeSandbox:
    """The sandbox of this home while somebody needs it; its posts are there again the next time.

    The first process that starts it serves. The others use it, and one of them takes over under
    the same address as soon as the first one ends, however that happens.
    """

    def __init__(self, machine: Machine) -> None:
        self._folder = machine.home.path / "sandbox"
        self._lock = FileLock(machine.home.path / "sandbox.lock", mode=0o600, thread_local=False)
        self._stopping = threading.Event()
        self._ready = threading.Event()
        self._thread: threading.Thread | None = None

    @property
    def url(self) -> str:
        """The base address of every network there."""
        return f"http://127.0.0.1:{last_port(self._folder) or 0}"

    def start(self) -> None:
        """See to it that it listens; starting twice is fine. MachineProblem (`sandbox_silent`)."""
        if self._thread is None:
            self._folder.mkdir(exist_ok=True)
            self._stopping.clear()
            self._thread = threading.Thread(target=self._attend, name="sandbox", daemon=True)
            self._thread.start()
        if not self._ready.wait(_START_SECONDS):
            raise MachineProblem(
                "The sandbox of this computer does not answer.",
                code="sandbox_silent",
                fix="End other PostFlow processes of this home, and try again.",
            )

    def stop(self) -> None:
        """Need it no more."""
        self._stopping.set()
        thread, self._thread = self._thread, None
        if thread is not None:
            thread.join()
        self._ready.clear()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def _attend(self) -> None:
        """Serve as soon as nobody else does."""
        while not self._stopping.is_set():
            try:
                self._lock.acquire(timeout=0)
            except Timeout:
                if _answers(last_port(self._folder)):
                    self._ready.set()
                self._stopping.wait(_TURN_SECONDS)
                continue
            try:
                with SandboxServer(self._folder):
                    self._ready.set()
                    self._stopping.wait()
            finally:
                self._lock.release()


def connect_sandbox_account(
    seat: SandboxSeat, service: str, network: Network, username: str
) -> SocialAccount:
    """Connect an account on the sandbox (again); it belongs to this machine."""
    machine = seat.machine
    request = ConnectRequest(
        network=network,
        service=service,
        username="" if network is Network.FACEBOOK else _name_there(network, username),
        secret=_secret(machine, service, network, username),
        sandbox_machine=machine.home.machine_id,
    )
    return seat.accounts.connect(seat.member, request).account


def reach_again(seat: SandboxSeat, service: str) -> None:
    """Connect this machine's accounts again where the sandbox had to take another port."""
    here = seat.machine.home.machine_id
    for account in seat.accounts.list(seat.member):
        wanted = account.last_error_code != DISCONNECTED
        if wanted and account.sandbox_machine == here and account.service != service:
            connect_sandbox_account(seat, service, account.network, account.username)


def _answers(port: int | None) -> bool:
    if port is None:
        return False
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1.0).close()
    except OSError:
        return False
    return True


def _name_there(network: Network, username: str) -> str:
    """Telegram's channels begin with an @."""
    return f"@{username.removeprefix('@')}" if network is Network.TELEGRAM else username


def _secret(machine: Machine, service: str, network: Network, username: str) -> str:
    """What the person would have typed, or the code of an OAuth page that is answered over HTTP."""
    if network in _PASSES:
        return _PASSES[network]
    if network is Network.FACEBOOK:
        return f"user:{username}"
    from postflow_desktop.platforms import registry
    from postflow_desktop.sandbox.consent import give_consent
    from postflow_desktop.services.signing_in import SANDBOX_CLIENT

    authorizer = registry.authorizers(machine.http, machine.endpoints)[network]
    begun = authorizer.begin(service, SANDBOX_CLIENT, _CALLBACK, secrets.token_urlsafe(24))
    return begun.finish(give_consent(machine.http, begun.url, username))
