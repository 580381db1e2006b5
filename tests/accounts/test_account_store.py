"""`socialAccounts` on a real server."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from pymongo.errors import WriteError

from postflow_desktop.domain.account import AccountStatus, SocialAccount
from postflow_desktop.domain.errors import Conflict
from postflow_desktop.domain.network import Network
from tests.accounts.conftest import Office
from tests.fakes.people import refusal
from tests.kit.mongod import wait_until

EXPIRES = datetime(2026, 11, 20, 14, tzinfo=UTC)


def _account(office: Office, **changes: object) -> SocialAccount:
    now = office.people.clock.now()
    account = SocialAccount(
        id=office.people.accounts.new_id(),
        organization_id=office.organization_id,
        network=Network.X,
        user_id="12345",
        username="alice",
        display_name="Alice",
        status=AccountStatus.ACTIVE,
        sealed_access_token="pf1.1.n.access",
        sealed_refresh_token="pf1.1.n.refresh",
        token_expires_at=EXPIRES,
        service="https://api.example",
        scopes=("read", "write"),
        renewable_until=EXPIRES,
        sandbox_machine="m-1",
        created_at=now,
        updated_at=now,
    )
    return replace(account, **changes)  # type: ignore[arg-type]


def _as_new(found: SocialAccount, given: SocialAccount) -> SocialAccount:
    """What was stored, without the cluster's stamps."""
    assert found.last_checked_at is not None
    return replace(
        found,
        created_at=given.created_at,
        updated_at=given.updated_at,
        last_checked_at=given.last_checked_at,
        rev=given.rev,
    )


@pytest.fixture
def account(office: Office) -> SocialAccount:
    made = _account(office)
    office.people.accounts.add(made)
    return made


def test_an_account_comes_back_with_every_field(office: Office, account: SocialAccount) -> None:
    found = office.stored(account.id)
    assert _as_new(found, account) == account
    document = office.people.database["socialAccounts"].find_one({})
    assert document is not None
    assert document["platform"] == "x"
    assert document["metadata"] == {"service": "https://api.example", "sandboxMachine": "m-1"}


def test_a_person_of_a_network_is_connected_once_per_organization(
    office: Office, account: SocialAccount
) -> None:
    accounts = office.people.accounts
    error = refusal(lambda: accounts.add(_account(office)))
    assert (type(error), error.code) == (Conflict, "already_connected")
    accounts.add(_account(office, organization_id="a" * 24))
    accounts.add(_account(office, network=Network.MASTODON))
    assert len(accounts.list(office.organization_id)) == 2


def test_another_organization_reads_and_changes_nothing(
    office: Office, account: SocialAccount
) -> None:
    accounts, other = office.people.accounts, "a" * 24
    assert accounts.get(other, account.id) is None
    assert accounts.find(other, account.network, account.user_id) is None
    assert accounts.list(other) == ()
    assert not accounts.lease_refresh(other, account.id, "me", 60)
    assert not accounts.remove(other, account.id)
    accounts.mark(other, account.id, AccountStatus.REVOKED, "code", "message")
    accounts.rename(other, account.id, "mallory")
    for organization_id, account_id in (("no id", account.id), (office.organization_id, "no id")):
        assert accounts.get(organization_id, account_id) is None
        assert not accounts.remove(organization_id, account_id)
        assert not accounts.lease_refresh(organization_id, account_id, "me", 60)
    assert accounts.list("no id") == ()
    assert accounts.find("no id", account.network, account.user_id) is None
    assert office.stored(account.id).rev == 1


def test_accounts_are_listed_by_network_and_name(office: Office) -> None:
    for network, name in ((Network.X, "b"), (Network.BLUESKY, "z"), (Network.X, "a")):
        office.people.accounts.add(_account(office, network=network, username=name, user_id=name))
    listed = office.people.accounts.list(office.organization_id)
    assert [(each.network.value, each.username) for each in listed] == [
        ("bluesky", "z"),
        ("x", "a"),
        ("x", "b"),
    ]


def test_tokens_are_saved_over_the_expected_version_only(
    office: Office, account: SocialAccount
) -> None:
    def save(version: int, refresh: str | None) -> bool:
        return office.people.accounts.save_tokens(
            office.organization_id,
            account.id,
            expected_version=version,
            sealed_access=f"pf1.1.n.access{version}",
            sealed_refresh=refresh,
            expires_at=None,
        )

    accounts = office.people.accounts
    accounts.mark(office.organization_id, account.id, AccountStatus.EXPIRED, "code", "message")
    assert save(1, None)
    assert not save(1, "pf1.1.n.late")
    found = office.stored(account.id)
    assert (found.token_version, found.status) == (2, AccountStatus.ACTIVE)
    assert found.sealed_refresh_token == "pf1.1.n.refresh"
    assert found.token_expires_at is None
    assert (found.last_error_code, found.last_error_message) == (None, None)
    assert found.last_error_at is None
    assert found.last_refreshed_at is not None
    assert found.rev == 3
    assert save(2, "pf1.1.n.new")
    assert office.stored(account.id).sealed_refresh_token == "pf1.1.n.new"


def test_a_reconnection_replaces_everything_but_the_id(
    office: Office, account: SocialAccount
) -> None:
    accounts = office.people.accounts
    accounts.mark(office.organization_id, account.id, AccountStatus.EXPIRED, "code", "message")
    again = replace(
        account,
        username="alice2",
        display_name=None,
        sealed_access_token="pf1.1.n.second",
        sealed_refresh_token=None,
        token_expires_at=None,
        token_version=2,
        service="https://elsewhere.example",
        sandbox_machine=None,
    )
    assert accounts.replace_connection(again, expected_token_version=1)
    assert not accounts.replace_connection(again, expected_token_version=1)
    found = office.stored(account.id)
    assert _as_new(found, again) == again


def test_the_last_error_is_kept_short_and_cleared(office: Office, account: SocialAccount) -> None:
    accounts, scope = office.people.accounts, (office.organization_id, account.id)
    accounts.mark(*scope, AccountStatus.ERROR, "c" * 200, "m" * 900 + "\ud800")
    found = office.stored(account.id)
    assert (found.last_error_code, found.last_error_message) == ("c" * 100, "m" * 500)
    assert found.last_error_at is not None
    accounts.mark(*scope, AccountStatus.ACTIVE, "", "")
    found = office.stored(account.id)
    assert (found.status, found.last_error_code, found.last_error_at) == (
        AccountStatus.ACTIVE,
        None,
        None,
    )


def test_what_was_found_about_old_tokens_does_not_mark_new_ones(
    office: Office, account: SocialAccount
) -> None:
    office.people.accounts.mark(
        office.organization_id,
        account.id,
        AccountStatus.EXPIRED,
        "code",
        "message",
        token_version=9,
    )
    assert office.stored(account.id).status is AccountStatus.ACTIVE


def test_broken_names_of_a_network_are_kept_as_far_as_possible(office: Office) -> None:
    made = _account(office, username="a\ud800b", display_name="é" * 400)
    office.people.accounts.add(made)
    found = office.stored(made.id)
    assert (found.username, found.display_name) == ("a?b", "é" * 300)


def test_of_many_machines_one_gets_the_lease(office: Office, account: SocialAccount) -> None:
    together = threading.Barrier(8)
    won: list[str] = []

    def take(owner: str) -> None:
        together.wait(20)
        if office.people.accounts.lease_refresh(office.organization_id, account.id, owner, 60):
            won.append(owner)

    threads = [threading.Thread(target=take, args=(f"$machine.{n}",)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(won) == 1
    office.people.accounts.release_refresh(office.organization_id, account.id, "somebody else")
    assert not office.people.accounts.lease_refresh(
        office.organization_id, account.id, "second", 60
    )
    office.people.accounts.release_refresh(office.organization_id, account.id, won[0])
    assert office.people.accounts.lease_refresh(office.organization_id, account.id, "second", 60)


def test_a_lease_ends_on_the_clusters_clock(office: Office, account: SocialAccount) -> None:
    def take(owner: str) -> bool:
        accounts = office.people.accounts
        return accounts.lease_refresh(office.organization_id, account.id, owner, 0.2)

    assert take("first")
    assert not take("second")
    wait_until(lambda: take("second"), what="the end of the lease")


def test_a_removed_account_leaves_no_envelope(office: Office, account: SocialAccount) -> None:
    assert office.people.accounts.remove(office.organization_id, account.id)
    assert not office.people.accounts.remove(office.organization_id, account.id)
    assert office.people.database["socialAccounts"].count_documents({}) == 0


@pytest.mark.parametrize(
    "wrong",
    [
        {"platform": "twitter"},
        {"platform": "myspace"},
        {"platformUserId": ""},
        {"platformUserId": "x" * 513},
        {"platformUsername": "x" * 256},
        {"status": "asleep"},
        {"accessToken": None},
        {"tokenVersion": 0},
        {"refreshLease": {"owner": "me"}},
        {"lastErrorMessage": "x" * 501},
        {"scopes": ["x"] * 101},
        {"metadata": {"service": 5}},
        {"organizationId": "acme"},
        {"tokenExpiresAt": "soon"},
    ],
)
def test_the_server_refuses_wrong_documents(
    office: Office, account: SocialAccount, wrong: dict[str, object]
) -> None:
    with pytest.raises(WriteError) as refused:
        office.people.database["socialAccounts"].update_one({}, {"$set": wrong})
    assert refused.value.code == 121
