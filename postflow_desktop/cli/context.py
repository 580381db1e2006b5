"""What a command may ask for: this machine, its workspace, the person at it, their secrets."""

from __future__ import annotations

import getpass
import sys
from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING

from postflow_desktop.bootstrap import Machine
from postflow_desktop.domain.errors import InvalidInput
from postflow_desktop.machine.credentials import credential
from postflow_desktop.machine.home import Home, default_home_path

if TYPE_CHECKING:
    from postflow_desktop.bootstrap import Seat, Workspace
    from postflow_desktop.services.ports.vault import Identity


class Context:
    """One run of one command."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self.environ = environ

    @cached_property
    def machine(self) -> Machine:
        """This process of this home."""
        return Machine(self.environ, Home(default_home_path(self.environ)))

    @cached_property
    def workspace(self) -> Workspace:
        """The current workspace, connected; one that we may only read refuses what writes."""
        from postflow_desktop.bootstrap import Workspace

        return Workspace.current(self.machine, lambda cluster: cluster.prepare(reading=True))

    def workspace_as_it_is(self) -> Workspace:
        """The current workspace, connected, whatever its version; it is closed with the rest."""
        from postflow_desktop.bootstrap import Workspace

        opened = Workspace.current(self.machine, lambda cluster: cluster.ping())
        self.__dict__["workspace"] = opened
        return opened

    @property
    def reading_only(self) -> str | None:
        """Why the workspace that was opened is only read; None where it is not."""
        opened: Workspace | None = self.__dict__.get("workspace")
        refusal = None if opened is None else opened.cluster.guard.refusal
        return None if refusal is None else f"{refusal.message} {refusal.fix}"

    @cached_property
    def person(self) -> Identity:
        """Who is signed in."""
        return self.workspace.person(self.given_password())

    @cached_property
    def seat(self) -> Seat:
        """The signed-in person in the current organization."""
        return self.workspace.seat(self.given_password())

    def reach_sandbox(self) -> None:
        """Have the sandbox answer, where the organization has an account on it."""
        seat = self.seat
        self.workspace.reach_sandbox(seat.person, (seat.organization.id,))

    def given_password(self) -> str | None:
        """The person's password where it was given beforehand; nobody is asked for it."""
        return self._given("POSTFLOW_PASSWORD")

    def password(self) -> str:
        """The person's password, from POSTFLOW_PASSWORD, a credential file or a prompt."""
        return self._secret("POSTFLOW_PASSWORD", "Password: ")

    @property
    def has_account_secret(self) -> bool:
        """Whether POSTFLOW_SECRET was given."""
        return self._given("POSTFLOW_SECRET") is not None

    def account_secret(self, prompt: str) -> str:
        """A secret for a network, from POSTFLOW_SECRET or a prompt."""
        return self._secret("POSTFLOW_SECRET", prompt)

    def close(self) -> None:
        """Close what was opened."""
        if "workspace" in self.__dict__:
            self.workspace.close()
        if "machine" in self.__dict__:
            self.machine.close()

    def _secret(self, variable: str, prompt: str) -> str:
        value = self._given(variable)
        if value is None:
            if not sys.stdin.isatty():
                raise InvalidInput(
                    f"A secret is needed and {variable} is not set.",
                    code="secret_missing",
                    fix=f"Set {variable}, or run the command in a terminal to be asked for it.",
                )
            value = getpass.getpass(prompt)
            self.machine.redactor.add(value)
        return value

    def _given(self, variable: str) -> str | None:
        value = credential(self.environ, variable)
        if value is not None:
            self.machine.redactor.add(value)
        return value
