"""An organization's own rules of networks: set from a file, dropped, and as they hold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from postflow_desktop.domain.errors import InvalidInput
from postflow_desktop.domain.network import Network, NetworkRules
from postflow_desktop.domain.own_rules import (
    BY_NAME,
    MAX_NOTE,
    OwnRules,
    RuleValue,
    applied,
    is_known,
)
from postflow_desktop.services.permissions import Action, require
from postflow_desktop.services.ports.organizations import Membership, OrganizationStore


@dataclass(frozen=True, slots=True, kw_only=True)
class RulesInForce:
    """The rules of a network, as PostFlow came with them and as they hold here."""

    standard: NetworkRules
    own: OwnRules | None

    @property
    def holding(self) -> NetworkRules:
        """What posts are checked by."""
        return applied(self.standard, self.own)


class OwnRulesService:
    """The own rules of one organization, for one of its members."""

    def __init__(
        self,
        actor: Membership,
        organizations: OrganizationStore,
        standard: Mapping[Network, NetworkRules],
    ) -> None:
        self._actor = actor
        self._organizations = organizations
        self._standard = standard

    def show(self, network: Network) -> RulesInForce:
        """What holds now, read from the cluster; InvalidInput (`unknown_network`)."""
        require(self._actor, Action.READ)
        standard = self._rules(network)
        organization = self._organizations.get(self._actor.organization_id)
        own = None if organization is None else organization.rules.get(network)
        return RulesInForce(standard=standard, own=own)

    def set(self, network: Network, values: Mapping[str, RuleValue], note: str) -> RulesInForce:
        """Replace the own rules of a network; owner and admins. InvalidInput (`bad_rules`)."""
        require(self._actor, Action.CHANGE_SETTINGS)
        standard = self._rules(network)
        for name in values:
            if not is_known(standard, BY_NAME[name]):
                raise InvalidInput(
                    f"PostFlow has no way to put that on {standard.title}, so a number for "
                    f"{name} would change nothing. Nothing was changed.",
                    code="bad_rules",
                    fix=f"Take {name} out of the file.",
                )
        if not values:
            raise InvalidInput(
                "The file changes no rule. Nothing was changed.",
                code="bad_rules",
                fix=f"To go back to the network's own rules: postflow rules reset {network.value}",
            )
        if len(note) > MAX_NOTE:
            raise InvalidInput(
                f"The note has {len(note)} characters. Nothing was changed.",
                code="bad_rules",
                fix=f"Use at most {MAX_NOTE}.",
            )
        actor = self._actor
        self._organizations.set_rules(
            actor.organization_id, network, values, note=note, by=actor.user_id
        )
        return self.show(network)

    def reset(self, network: Network) -> RulesInForce:
        """Go back to the rules that PostFlow came with; owner and admins."""
        require(self._actor, Action.CHANGE_SETTINGS)
        self._rules(network)
        self._organizations.reset_rules(self._actor.organization_id, network)
        return self.show(network)

    def _rules(self, network: Network) -> NetworkRules:
        found = self._standard.get(network)
        if found is None:
            raise InvalidInput(
                f"PostFlow can't post to {network.value} yet, so there are no rules of it.",
                code="unknown_network",
                fix=f"Use one of: {', '.join(sorted(one.value for one in self._standard))}.",
            )
        return found
