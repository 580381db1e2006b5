"""What decides whether a target that was taken may go now, besides the target itself."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from postflow_desktop.domain.late import LateRule
from postflow_desktop.domain.network import Network
from postflow_desktop.domain.own_rules import OwnRules
from postflow_desktop.domain.pause import Pauses
from postflow_desktop.domain.target import Target


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What keeps targets back in some organizations, as it was at one moment."""

    pauses: Pauses = field(default_factory=Pauses)
    blocks: Mapping[str, datetime] = field(default_factory=dict)
    """Until when a network takes nothing from an account, by account id."""
    rules: Mapping[tuple[str, Network], OwnRules] = field(default_factory=dict)
    """What an organization changed of a network's rules, by its id and the network."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lateness:
    """What a late target is judged by."""

    rule: LateRule | None = None
    """Its queue's where it has a slot, else its organization's; None where neither has one."""
    resumed_at: datetime | None = None
    """When a pause of its account or organization was lifted last."""


class GateStore(Protocol):
    """Reads of `organizations`, `socialAccounts`, `queues`, `budgets`, always from the cluster."""

    def standing(self, organization_ids: Sequence[str]) -> Standing:
        """Pauses, blocks and own rules of these organizations."""
        ...

    def changes(self, organization_ids: Sequence[str]) -> Hashable:
        """Differs whenever a pause, a block or a rule of these organizations has changed."""
        ...

    def lateness(self, target: Target) -> Lateness:
        """What a late target is judged by."""
        ...

    def accept(self, target: Target) -> Target | None:
        """Note that a claimed target was let through, now; None if the claim is gone."""
        ...

    def max_tries(self, organization_id: str) -> int | None:
        """The organization's own limit of tries; None where it has none."""
        ...
