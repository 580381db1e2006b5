"""An organization and its people, from the documents of the replica."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime
from typing import Any

from postflow_desktop.domain.late import LatePolicy, LateRule
from postflow_desktop.domain.network import Network
from postflow_desktop.domain.own_rules import OwnRules, read_rule
from postflow_desktop.replica.plain import load, read_pause
from postflow_desktop.services.ports.organizations import OrganizationSettings, Role
from postflow_desktop.services.ports.replica import OrganizationRow


def read_organization(text: str, people: Iterable[tuple[str, str | None]]) -> OrganizationRow:
    """From its document and, for each member, the membership's and the person's."""
    document = load(text)
    roles: dict[str, Role] = {}
    names: dict[str, str] = {}
    for membership_text, person_text in people:
        membership = load(membership_text)
        user_id = membership["userId"]
        # A role of a newer version is not known here, and may nothing.
        with suppress(ValueError):
            roles[user_id] = Role(membership["role"])
        person = load(person_text) if person_text is not None else {}
        names[user_id] = person.get("name") or person.get("email") or ""
    return OrganizationRow(
        settings=_settings(document.get("settings") or {}),
        pause=read_pause(document.get("pause")),
        roles=roles,
        names=names,
        rules=_rules(document.get("networkRules") or {}),
    )


def _settings(value: dict[str, Any]) -> OrganizationSettings:
    default = OrganizationSettings()
    return OrganizationSettings(
        min_lead_minutes=value.get("minLeadMinutes", default.min_lead_minutes),
        late=_late(value.get("late")) or default.late,
        max_tries=value.get("maxTries", default.max_tries),
    )


def _rules(value: dict[str, Any]) -> dict[Network, OwnRules]:
    """By network; what a newer version wrote is passed over."""
    found: dict[Network, OwnRules] = {}
    for name, own in value.items():
        with suppress(ValueError, KeyError):
            read = {key: read_rule(key, one) for key, one in own["values"].items()}
            found[Network(name)] = OwnRules(
                values={key: one for key, one in read.items() if one is not None},
                note=own.get("note", ""),
                by=own["by"],
                at=datetime.fromisoformat(own["at"]),
            )
    return found


def _late(value: dict[str, Any] | None) -> LateRule | None:
    if value is None:
        return None
    with suppress(ValueError, KeyError):
        return LateRule(policy=LatePolicy(value["policy"]), grace_minutes=value["graceMinutes"])
    return None
