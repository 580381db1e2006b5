"""The sandbox that the sample workspace publishes to, for as long as that is used."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from postflow_desktop.bootstrap import Machine, Seat
    from postflow_desktop.bootstrap.sandbox import HomeSandbox


class SampleSandbox:
    """A server on this machine; read from disk when it starts."""

    def __init__(self, machine: Machine) -> None:
        self._machine = machine
        self._sandbox: HomeSandbox | None = None

    def start(self) -> None:
        """Listen."""
        from postflow_desktop.bootstrap.sandbox import HomeSandbox

        self._sandbox = HomeSandbox(self._machine)
        self._sandbox.start()

    def stop(self) -> None:
        """Listen no more."""
        sandbox, self._sandbox = self._sandbox, None
        if sandbox is not None:
            sandbox.stop()

    def reach(self, seat: Seat) -> None:
        """Connect the accounts again where the sandbox had to take another port."""
        from postflow_desktop.bootstrap.sandbox import reach_again

        if self._sandbox is not None:
            reach_again(seat, self._sandbox.url)
