"""What the organization changed of the networks' rules, as a composer needs it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from postflow_desktop.domain.network import Network, NetworkRules
from postflow_desktop.domain.own_rules import BY_NAME, OWN_SOURCE, OwnRules, applied, source_of
from postflow_desktop.domain.time import zone
from postflow_desktop.services.ports.replica import OrganizationRow
from postflow_desktop.ui.backend import PlaceBackend


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamRules:
    """Own rules by network, and who the people are that wrote them."""

    own: Mapping[Network, OwnRules] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    timezone: str = "UTC"
    """In which days are named."""

    @classmethod
    def of(cls, row: OrganizationRow | None, timezone: str) -> TeamRules:
        """Those of the replica's row; none before it was read."""
        if row is None or not row.rules:
            return PLAIN
        return cls(own=row.rules, names=row.names, timezone=timezone)

    def rules(self, backend: PlaceBackend, network: Network) -> NetworkRules:
        """What holds for the organization."""
        return applied(backend.rules(network), self.own.get(network))

    def source(self, rules: NetworkRules, name: str) -> str:
        """Where one of the rules comes from, for a tool tip."""
        own = self.own.get(rules.network)
        if own is None or name not in own.values:
            return f"Limit: {source_of(rules, BY_NAME[name])}"
        day = own.at.astimezone(zone(self.timezone)).date()
        by = self.names.get(own.by)
        who = f" by {by}" if by else ""
        note = f": {own.note}" if own.note else ""
        return f"Limit: {OWN_SOURCE}, changed{who} on {day}{note}"


PLAIN = TeamRules()
"""Nothing was changed."""
