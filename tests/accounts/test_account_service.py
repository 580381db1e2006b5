"""Connecting, checking and disconnecting accounts."""

from __future__ import annotations

from dataclasses import replace

import pytest

from postflow_desktop.domain.account import AccountStatus, SocialAccount
from postflow_desktop.domain.errors import (
    InvalidInput,
    NetworkUnreachable,
    NotAllowed,
)
from postflow_desktop.domain.network import Network
from postflow_desktop.services.ports.organizations import Role
from tests.accounts.conftest import REQUEST, Office
from tests.fakes.people import refusal


@pytest.fixture
def account(office: Office) -> SocialAccount:
    return office.connect()


def test_a_connected_account_is_active_and_sealed(office: Office) -> None:
    connected = office.service().connect(office.owner, replace(REQUEST, sandbox_machine="m-1"))
    assert not connected.reconnected
    assert connected.warnings == ()
    made = connected.account
    assert made == office.stored(made.id)
    assert (made.status, made.username, made.user_id, made.sandbox_machine) == (
        AccountStatus.ACTIVE,
        "alice.example",
        "did:plc:alice",
        "m-1",
    )
    stored = str(office.people.database["socialAccounts"].find_one({}))
    for secret in ("access-1", "refresh-1", "app-pass"):
        assert secret not in stored
    assert "app-pass" not in repr(REQUEST)


def test_an_unwise_secret_is_warned_of(office: Office) -> None:
    office.network.people["alice.example"] = ("did:plc:alice", "password")
    connected = office.service().connect(office.owner, replace(REQUEST, secret="password"))
    assert connected.warnings == ("Use an app password.",)


def test_connecting_again_keeps_the_id(office: Office, account: SocialAccount) -> None:
    office.people.accounts.mark(
        office.organization_id, account.id, AccountStatus.EXPIRED, "code", "message"
    )
    again = office.service().connect(office.owner, REQUEST)
    assert again.reconnected
    assert (again.account.id, again.account.token_version) == (account.id, 2)
    assert (again.account.status, again.account.last_error_code) == (AccountStatus.ACTIVE, None)
    session = office.sessions().open(office.organization_id, account.id)
    assert session.access_token == "access-2"


def test_wrong_secrets_and_unknown_networks_change_nothing(office: Office) -> None:
    service = office.service()
    wrong = refusal(lambda: service.connect(office.owner, replace(REQUEST, secret="no-pass")))
    assert wrong.code == "wrong_app_password"
    unknown = refusal(lambda: service.connect(office.owner, replace(REQUEST, network=Network.X)))
    assert (type(unknown), unknown.code) == (InvalidInput, "unknown_network")
    assert "bluesky" in unknown.fix
    assert service.list(office.owner) == ()


@pytest.mark.parametrize("role", [Role.MEMBER, Role.VIEWER])
def test_small_roles_connect_and_disconnect_nothing(
    office: Office, account: SocialAccount, role: Role
) -> None:
    actor, service = replace(office.owner, role=role), office.service()
    for error in (
        refusal(lambda: service.connect(actor, REQUEST)),
        refusal(lambda: office.disconnecting(actor).disconnect(account.id)),
        refusal(lambda: office.disconnecting(actor).plan(account.id)),
    ):
        assert (type(error), error.code) == (NotAllowed, "role_too_small")
    assert service.list(actor) == (office.stored(account.id),)
    assert office.network.sessions == 1


def test_a_viewer_neither_checks_nor_refreshes(office: Office, account: SocialAccount) -> None:
    viewer, service = replace(office.owner, role=Role.VIEWER), office.service()
    for error in (
        refusal(lambda: service.check(viewer, account.id)),
        refusal(lambda: service.refresh(viewer, account.id)),
    ):
        assert error.code == "role_too_small"


def test_a_check_asks_the_network(office: Office, account: SocialAccount) -> None:
    checked = office.service().check(office.owner, account.id)
    assert checked.problem is None
    checked_at = checked.account.last_checked_at
    assert checked_at is not None
    assert account.last_checked_at is not None
    assert checked_at > account.last_checked_at
    assert checked.account.token_version == account.token_version
    assert office.network.refreshes == 0


def test_a_check_refreshes_a_token_that_ran_out(office: Office, account: SocialAccount) -> None:
    office.network.expire_access()
    checked = office.service().check(office.owner, account.id)
    assert checked.problem is None
    assert checked.account.token_version == 2
    assert office.network.refreshes == 1


def test_a_check_reads_the_new_name(office: Office, account: SocialAccount) -> None:
    office.network.people["alice.new"] = office.network.people.pop("alice.example")
    assert office.service().check(office.owner, account.id).account.username == "alice.new"


def test_a_blip_never_changes_the_status(office: Office, account: SocialAccount) -> None:
    office.network.down = True
    before = office.stored(account.id)
    error = refusal(lambda: office.service().check(office.owner, account.id))
    assert isinstance(error, NetworkUnreachable)
    assert office.stored(account.id) == before


def test_a_definite_refusal_marks_the_account_and_says_what_to_do(
    office: Office, account: SocialAccount
) -> None:
    office.network.revoke()
    checked = office.service().check(office.owner, account.id)
    assert checked.problem is not None
    assert checked.problem.code == "reconnect_needed"
    assert "account connect bluesky" in checked.problem.fix
    assert checked.account.status is AccountStatus.EXPIRED
    assert checked.account.last_error_code == "reconnect_needed"


def test_a_refused_fresh_token_marks_the_account(office: Office, account: SocialAccount) -> None:
    """The refresh works and the network refuses what it gave: suspended, say."""
    service = office.service()
    office.network.expire_access()
    office.network.suspended = True
    checked = service.check(office.owner, account.id)
    assert checked.account.status is AccountStatus.EXPIRED
    assert checked.account.last_error_message == "This account is suspended."


def test_a_check_heals_an_account_that_works_again(office: Office, account: SocialAccount) -> None:
    for status in (AccountStatus.EXPIRED, AccountStatus.ERROR):
        office.people.accounts.mark(office.organization_id, account.id, status, "code", "message")
        checked = office.service().check(office.owner, account.id)
        assert (checked.account.status, checked.account.last_error_code) == (
            AccountStatus.ACTIVE,
            None,
        )


def test_a_damaged_envelope_is_not_blamed_on_the_network(
    office: Office, account: SocialAccount
) -> None:
    office.people.database["socialAccounts"].update_one({}, {"$set": {"accessToken": "pf1.1.x"}})
    error = refusal(lambda: office.service().check(office.owner, account.id))
    assert error.code == "bad_envelope"
    assert office.stored(account.id).status is AccountStatus.ACTIVE


def test_a_refresh_brings_new_tokens(office: Office, account: SocialAccount) -> None:
    assert office.service().refresh(office.owner, account.id).token_version == 2
    assert office.network.refreshes == 1
