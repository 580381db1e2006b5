"""Presence: which publishers are alive, and when machines were on; all on the cluster's clock."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from postflow_desktop.domain.presence import Presence, PublisherProcess, SeenMachine


class PresenceStore(Protocol):
    """`presence` and `presenceDays`; both forget by themselves."""

    def beat(
        self, who: PublisherProcess, under_way: Sequence[str], last_published_at: datetime | None
    ) -> Presence:
        """Say that this process is here; what is stored now."""
        ...

    def record(self, who: PublisherProcess, at: datetime) -> None:
        """Remember that its machine was on in the hour of `at`."""
        ...

    def leave(self, who: PublisherProcess) -> None:
        """This process ends; another one of the same machine and kind stays."""
        ...

    def alive(self, organization_ids: Sequence[str]) -> Sequence[Presence]:
        """The publishers of these organizations that are alive, those who stay first."""
        ...

    def seen(self, organization_id: str, since: datetime) -> Sequence[SeenMachine]:
        """When machines that publish for it were on, from that day on."""
        ...
