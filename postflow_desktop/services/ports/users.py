"""People of the workspace."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from postflow_desktop.services.ports.vault import SealedIdentity


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """A person (`users`)."""

    id: str
    email: str
    """Lower case."""
    name: str | None
    created_at: datetime
    keys: SealedIdentity
    timezone: str | None = None
    last_login_at: datetime | None = None


class UserStore(Protocol):
    """`users`."""

    def new_id(self) -> str:
        """An id that nobody has."""
        ...

    def add(self, user: User) -> None:
        """Conflict (`email_taken`) where the address is in use."""
        ...

    def by_email(self, email: str) -> User | None:
        """Looked up in lower case."""
        ...

    def get(self, user_id: str) -> User | None:
        """One person, or None."""
        ...

    def record_login(self, user_id: str) -> None:
        """`lastLoginAt` on the cluster's clock, `loginCount` + 1."""
        ...
