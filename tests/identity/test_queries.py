"""Every query of the stores for people and accounts is answered by an index."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from postflow_desktop.domain.account import AccountStatus, SocialAccount
from postflow_desktop.domain.network import Network
from postflow_desktop.services.ports.organizations import OrganizationSettings
from tests.fakes.people import PASSWORD, People


def test_no_query_scans_a_collection_or_sorts_in_memory(people: People) -> None:
    organization_id, user_id = _fill(people)
    people.database.command("profile", 2)
    _ask_everything(people, organization_id, user_id)
    people.database.command("profile", 0)
    seen = list(
        people.database["system.profile"].find(
            {"op": {"$in": ["query", "update", "remove", "command"]}}
        )
    )
    planned = [entry for entry in seen if "planSummary" in entry]
    assert len(planned) >= 20
    assert [_told(entry) for entry in planned if _is_bad(entry)] == []


def _is_bad(entry: dict[str, Any]) -> bool:
    return "COLLSCAN" in entry["planSummary"] or bool(entry.get("hasSortStage"))


def _told(entry: dict[str, Any]) -> tuple[str, str, str]:
    return entry["ns"], entry["planSummary"], str(entry.get("command"))


def _fill(people: People) -> tuple[str, str]:
    identity = people.identity_service().sign_up("alice@example.com", None, PASSWORD).identity
    service = people.organization_service()
    organizations = [service.create(f"Organization {n}", identity) for n in range(5)]
    for number in range(20):
        people.accounts.add(_account(people, organizations[number % 5].id, number))
    return organizations[0].id, identity.user_id


def _account(people: People, organization_id: str, number: int) -> SocialAccount:
    now = datetime.now(UTC)
    return SocialAccount(
        id=people.accounts.new_id(),
        organization_id=organization_id,
        network=Network.BLUESKY,
        user_id=f"did:plc:{number}",
        username=f"user{number}.example",
        status=AccountStatus.ACTIVE,
        sealed_access_token="pf1.1.x.y",
        created_at=now,
        updated_at=now,
    )


def _ask_everything(people: People, organization_id: str, user_id: str) -> None:
    users, organizations, accounts = people.users, people.organizations, people.accounts
    users.get(user_id)
    users.by_email("alice@example.com")
    users.record_login(user_id)
    people.identity_service().sign_up("bob@example.com", None, PASSWORD)
    organizations.seed_plans()
    organizations.plan_id("business")
    organizations.get(organization_id)
    organizations.slug_exists("organization-0")
    organizations.of_user(user_id)
    organizations.change_settings(organization_id, OrganizationSettings())
    organizations.wrap_for(organization_id, user_id, 1)
    known = accounts.list(organization_id)[0]
    accounts.get(organization_id, known.id)
    accounts.find(organization_id, known.network, known.user_id)
    accounts.lease_refresh(organization_id, known.id, "me", 60)
    accounts.release_refresh(organization_id, known.id, "me")
    accounts.replace_connection(known, expected_token_version=1)
    accounts.save_tokens(
        organization_id,
        known.id,
        expected_version=1,
        sealed_access="pf1.1.x.z",
        sealed_refresh=None,
        expires_at=None,
    )
    accounts.mark(organization_id, known.id, AccountStatus.ERROR, "code", "message")
    accounts.rename(organization_id, known.id, "renamed.example")
    accounts.remove(organization_id, known.id)
    accounts.add(_account(people, organization_id, 99))
