"""How people want to be told (`users.preferences.notifications`), and who is to be told by mail."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from postflow_desktop.domain.telling import NoticeWishes


@dataclass(frozen=True, slots=True, kw_only=True)
class Addressee:
    """A member of an organization who has an address."""

    user_id: str
    email: str
    name: str | None
    timezone: str | None
    wishes: NoticeWishes


class WishStore(Protocol):
    """The wishes of people."""

    def get(self, user_id: str) -> NoticeWishes:
        """A person's wishes; the defaults where they never chose."""
        ...

    def set(self, user_id: str, wishes: NoticeWishes) -> None:
        """Replace a person's wishes; NotFound (`unknown_person`)."""
        ...

    def addressees(self, organization_id: str) -> Sequence[Addressee]:
        """The active members with an address."""
        ...
