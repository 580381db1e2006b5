"""The sandbox that the sample workspace publishes to, for as long as that is used."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from postflow_desktop.bootstrap import Machine, Seat
    from postflow_desktop.sandbox.server import SandboxServer


class SampleSandbox:
    """A server on this machine; read from disk when it starts."""

    def __init__(self, machine: Machine) -> None:
        self._machine = machine
        self._server: SandboxServer | None = None

    def start(self) -> None:
        """Listen."""
        from postflow_desktop.bootstrap.sandbox import machine_sandbox

        server = machine_sandbox(self._machine)
        server.start()
        self._server = server

    def stop(self) -> None:
        """Listen no more."""
        server, self._server = self._server, None
        if server is not None:
            server.stop()

    def reach(self, seat: Seat) -> None:
        """Connect the accounts again where the sandbox had to take another port."""
        from postflow_desktop.bootstrap.sandbox import connect_sandbox_account

        if self._server is None:
            return
        url = self._server.url
        for account in seat.accounts.list(seat.member):
            if account.sandbox_machine is not None and account.service != url:
                connect_sandbox_account(seat, url, account.network, account.username)
