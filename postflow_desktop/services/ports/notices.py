"""Notices of an organization: `notifications`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from postflow_desktop.domain.notice import Notice


class NoticeStore(Protocol):
    """`notifications`; one document per organization and key."""

    def put(self, notice: Notice) -> Notice | None:
        """Store, or replace what stands under its key; unread again. The time is the cluster's.

        None where the same thing (kind, text, due time) stands there already: nothing changed.
        """
        ...

    def withdraw(self, organization_id: str, key: str) -> bool:
        """It is settled; False where there was nothing to withdraw."""
        ...

    def recent(
        self, organization_id: str, *, since: datetime | None = None, limit: int = 100
    ) -> Sequence[Notice]:
        """Newest first, withdrawn ones too."""
        ...

    def mark_read(self, organization_id: str, user_id: str, keys: Sequence[str] | None) -> int:
        """This member has seen these (all, where None); how many were unread."""
        ...

    def take_for_mail(self, organization_id: str, owner: str) -> Notice | None:
        """One that is to be mailed and that nobody has taken yet; a lease of some minutes."""
        ...

    def mailed(self, organization_id: str, key: str, owner: str, error: str | None) -> None:
        """What became of the mail; after an error it is tried again later."""
        ...
