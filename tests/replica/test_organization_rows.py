"""An organization and its people as the replica's documents have them."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from postflow_desktop.domain.late import LatePolicy, LateRule
from postflow_desktop.domain.network import Cap, Network
from postflow_desktop.domain.own_rules import OWN_SOURCE
from postflow_desktop.replica.organization_rows import read_organization
from postflow_desktop.services.ports.organizations import OrganizationSettings, Role

ANA, BEN = "a" * 24, "b" * 24


def member(user_id: str, role: str, person: dict[str, Any] | None) -> tuple[str, str | None]:
    membership = json.dumps({"userId": user_id, "organizationId": "o", "role": role})
    return membership, None if person is None else json.dumps(person)


def test_settings_and_people() -> None:
    late = {"policy": "skip", "graceMinutes": 45}
    document = {"settings": {"minLeadMinutes": 0, "late": late, "maxTries": 3}}
    people = [
        member(ANA, "owner", {"name": "Ana", "email": "ana@example.com"}),
        member(BEN, "viewer", {"name": None, "email": "ben@example.com"}),
    ]
    row = read_organization(json.dumps(document), people)
    assert row.settings == OrganizationSettings(
        min_lead_minutes=0, late=LateRule(policy=LatePolicy.SKIP, grace_minutes=45), max_tries=3
    )
    assert row.roles == {ANA: Role.OWNER, BEN: Role.VIEWER}
    assert row.names == {ANA: "Ana", BEN: "ben@example.com"}
    assert row.pause is None


def test_an_organization_of_before_has_the_usual_settings() -> None:
    assert read_organization("{}", []).settings == OrganizationSettings()


def test_what_a_newer_version_wrote_is_passed_over() -> None:
    late = {"policy": "sometimes", "graceMinutes": 45}
    row = read_organization(
        json.dumps({"settings": {"late": late}}), [member(ANA, "auditor", None)]
    )
    assert row.settings.late == LateRule()
    assert row.roles == {}
    assert row.names == {ANA: ""}


def test_own_rules_of_networks() -> None:
    at = "2026-11-21T09:00:00+00:00"
    caps = [{"posts": 3, "seconds": 60}]
    own = {"textLength": 500, "imageTypes": ["image/png"], "caps": caps, "zeal": 7, "images": "x"}
    document = {
        "networkRules": {
            "x": {"values": own, "note": "Why", "by": ANA, "at": at},
            "orkut": {"values": {}, "by": ANA, "at": at},
            "bluesky": {"values": {"textLength": 5}, "by": ANA},
        }
    }
    rules = read_organization(json.dumps(document), []).rules
    assert list(rules) == [Network.X], "what a newer version wrote is passed over"
    found = rules[Network.X]
    assert (found.by, found.note, found.at) == (ANA, "Why", datetime.fromisoformat(at))
    assert found.values == {
        "textLength": 500,
        "imageTypes": ("image/png",),
        "caps": (Cap(posts=3, seconds=60, source=OWN_SOURCE),),
    }
