"""What some networks need for ending a sign-in, besides `Connector.sign_out`."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from postflow_desktop.domain.account import Tokens
from postflow_desktop.services.ports.signing_in import Client


@runtime_checkable
class SharedSignIns(Protocol):
    """A network where one sign-in brings several accounts."""

    def is_same_sign_in(self, one: Tokens, other: Tokens) -> bool:
        """Whether ending one would end the other."""
        ...


@runtime_checkable
class AppSignOut(Protocol):
    """A network that ends a sign-in only for the developer app that it was given to."""

    def sign_out_as(self, service: str, tokens: Tokens, client: Client) -> None:
        """Revoke it; Refused (`not_revocable`) where it is not this app's; NetworkUnreachable."""
        ...
