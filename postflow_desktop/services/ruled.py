"""The networks by the rules of one organization: its own where it has some."""

from __future__ import annotations

from collections.abc import Mapping
from copy import copy

from postflow_desktop.domain.network import Network, NetworkRules
from postflow_desktop.domain.own_rules import OwnRules, applied
from postflow_desktop.services.ports.publisher import Publisher


def ruled(publisher: Publisher, own: OwnRules | None) -> Publisher:
    """The same adapter, checking by these rules."""
    if own is None:
        return publisher
    return with_rules(publisher, applied(publisher.rules, own))


def with_rules(publisher: Publisher, rules: NetworkRules) -> Publisher:
    """A twin of the adapter that shares all it works with and has these rules."""
    twin = copy(publisher)
    twin.rules = rules
    return twin


def ruled_publishers(
    publishers: Mapping[Network, Publisher], own: Mapping[Network, OwnRules]
) -> Mapping[Network, Publisher]:
    """All adapters, by the rules of one organization."""
    if not own:
        return publishers
    return {network: ruled(one, own.get(network)) for network, one in publishers.items()}
