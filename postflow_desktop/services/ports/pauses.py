"""Pauses, holds, and targets that are put off by a person.

All times are on the cluster's clock. What a method confirms holds from then on for every machine:
no target that it concerns passes a barrier that it has not passed yet.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from postflow_desktop.domain.pause import Pause, Pauses
from postflow_desktop.domain.target import Target
from postflow_desktop.domain.time import PlannedTime


class PauseStore(Protocol):
    """`pause` of organizations and accounts, `hold` of targets."""

    def standing(self, organization_ids: Sequence[str]) -> Pauses:
        """The pauses that stand in these organizations and their accounts, read now."""
        ...

    def pause_organization(self, organization_id: str, reason: str, by: str) -> Pause | None:
        """Pause it, in place of a pause that stands; None where it is gone."""
        ...

    def resume_organization(self, organization_id: str) -> bool:
        """Lift the pause; False where there was none. Those of accounts stay."""
        ...

    def pause_account(
        self, organization_id: str, account_id: str, reason: str, by: str
    ) -> Pause | None:
        """Pause it, in place of a pause that stands; None where it is gone."""
        ...

    def resume_account(self, organization_id: str, account_id: str) -> bool:
        """Lift the pause; False where there was none. That of the organization stays."""
        ...

    def hold(self, organization_id: str, target_id: str, reason: str, by: str) -> Target | None:
        """Keep back a target that is pending or claimed; None where it is neither."""
        ...

    def release(self, organization_id: str, target_id: str) -> Target | None:
        """Let a held target go; None where nobody holds it."""
        ...

    def postpone(self, target: Target, planned: PlannedTime) -> Target | None:
        """Put a target that is pending or claimed to a later time, out of its slot.

        None where it is neither, or its time or content is not the given target's any more. A
        hold stays.
        """
        ...

    def upcoming(self, organization_id: str, minutes: Mapping[str, int]) -> Sequence[Target]:
        """What is pending, not held, and due within so many minutes, by account id; by time."""
        ...
