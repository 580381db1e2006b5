"""The rules of time zones on this machine, and who has read the plans by which edition of them."""

from __future__ import annotations

from typing import Protocol


class ZoneRules(Protocol):
    """The IANA time zone database as this machine has it."""

    def edition(self) -> str:
        """Which edition is in use now, such as `2026b`; empty where that can't be told."""
        ...

    def reload(self) -> None:
        """Forget rules that were read before; the next look reads them from the disk."""
        ...


class ZoneChecks(Protocol):
    """Which edition an organization's plans were checked by, on the cluster's clock (`meta`)."""

    def begin(
        self,
        organization_id: str,
        edition: str,
        owner: str,
        *,
        lease_seconds: float,
        every_seconds: float,
    ) -> bool:
        """Take the check; False where nothing is to be done here and now.

        That is: a newer edition was used already, or this one less than `every_seconds` ago, or
        somebody is at it.
        """
        ...

    def finish(self, organization_id: str, edition: str, owner: str) -> None:
        """Everything was checked by this edition; nothing happens if the lease was lost."""
        ...

    def newest(self, organization_id: str) -> str:
        """The newest edition that was used; empty where there was none."""
        ...
