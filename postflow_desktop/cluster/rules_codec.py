"""An organization's own rules of networks in documents (`organizations.networkRules`)."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from postflow_desktop.cluster.documents import Document, to_object_id
from postflow_desktop.domain.network import Network
from postflow_desktop.domain.own_rules import OwnRules, RuleValue, read_rule, rule_document


def own_rules_expression(values: Mapping[str, RuleValue], note: str, by: str) -> Document:
    """Own rules from the update on that it is part of."""
    return {
        "values": {"$literal": {name: rule_document(value) for name, value in values.items()}},
        "note": {"$literal": note},
        "by": to_object_id(by),
        "at": "$$NOW",
    }


def read_own_rules(stored: Mapping[str, Any] | None) -> dict[Network, OwnRules]:
    """The stored ones by network; networks and fields of newer versions are passed over."""
    found: dict[Network, OwnRules] = {}
    for name, value in (stored or {}).items():
        with suppress(ValueError):
            found[Network(name)] = _read(value)
    return found


def _read(stored: Mapping[str, Any]) -> OwnRules:
    read = {name: read_rule(name, value) for name, value in stored.get("values", {}).items()}
    return OwnRules(
        values={name: value for name, value in read.items() if value is not None},
        note=stored.get("note", ""),
        by=str(stored["by"]),
        at=stored["at"],
    )
