"""Sessions stay fresh, and a refresh token is used once, however many ask."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest

from postflow_desktop.domain.account import AccountStatus, SocialAccount
from postflow_desktop.domain.errors import (
    ClusterUnreachable,
    NetworkUnreachable,
    NotAllowed,
    NotFound,
)
from postflow_desktop.services.sessions import AccountSessions, RefreshTimings
from tests.accounts.conftest import QUICK, REQUEST, Office
from tests.fakes.clock import HeldClock
from tests.fakes.people import refusal


@pytest.fixture
def account(office: Office) -> SocialAccount:
    """Alice's account, whose token lasts two hours."""
    office.network.expires_at = office.people.clock.now() + timedelta(hours=2)
    return office.connect()


def _token(office: Office, account: SocialAccount, sessions: AccountSessions | None = None) -> str:
    opened = (sessions or office.sessions()).open(office.organization_id, account.id)
    return opened.access_token


def _forced(office: Office, account: SocialAccount, sessions: AccountSessions) -> str:
    opened = sessions.open(office.organization_id, account.id, force_refresh=True)
    return opened.access_token


def test_a_fresh_token_is_only_opened(office: Office, account: SocialAccount) -> None:
    session = office.sessions().open(office.organization_id, account.id)
    assert (session.account_id, session.user_id, session.username, session.service) == (
        account.id,
        "did:plc:alice",
        "alice.example",
        "https://network.example",
    )
    assert session.access_token == "access-1"
    assert "access-1" not in repr(session)
    assert office.network.refreshes == 0


def test_a_token_with_less_than_ten_minutes_left_is_refreshed(
    office: Office, account: SocialAccount
) -> None:
    office.people.clock.advance(7200 - 600)
    assert _token(office, account) == "access-1"
    office.network.expires_at = office.people.clock.now() + timedelta(hours=2)
    office.people.clock.advance(1)
    assert _token(office, account) == "access-2"
    assert _token(office, account) == "access-2"
    stored = office.stored(account.id)
    assert (stored.token_version, stored.token_expires_at) == (2, office.network.expires_at)
    assert stored.last_refreshed_at is not None
    assert "refreshLease" not in (office.people.database["socialAccounts"].find_one({}) or {})


def test_an_unknown_expiry_is_refreshed_on_demand_only(office: Office) -> None:
    account = office.connect()
    office.people.clock.advance(10**7)
    sessions = office.sessions()
    assert _token(office, account, sessions) == "access-1"
    assert _forced(office, account, sessions) == "access-2"


def test_a_machine_takes_newer_tokens_rather_than_refreshing_again(
    office: Office, account: SocialAccount
) -> None:
    one, two = office.sessions(), office.sessions()
    assert _token(office, account, one) == _token(office, account, two) == "access-1"
    assert _forced(office, account, one) == "access-2"
    assert _forced(office, account, two) == "access-2"
    assert office.network.refreshes == 1
    assert _forced(office, account, two) == "access-3"


def test_a_kept_refresh_token_can_be_opened_after_every_refresh(
    office: Office, account: SocialAccount
) -> None:
    office.network.rotates = False
    sessions = office.sessions()
    tokens = [_forced(office, account, sessions) for _ in range(3)]
    assert tokens == ["access-2", "access-3", "access-4"]


@pytest.mark.parametrize("shared", [True, False], ids=["threads", "machines"])
def test_many_at_once_use_a_refresh_token_once(
    office: Office, account: SocialAccount, shared: bool
) -> None:
    one = office.sessions()
    everybody = [one if shared else office.sessions() for _ in range(6)]
    for sessions in everybody:
        _token(office, account, sessions)
    office.people.clock.advance(7000)
    office.network.expires_at = office.people.clock.now() + timedelta(hours=2)
    together = threading.Barrier(len(everybody))
    tokens: list[str] = []

    def ask(sessions: AccountSessions) -> None:
        together.wait(20)
        tokens.append(_token(office, account, sessions))

    threads = [threading.Thread(target=ask, args=(sessions,)) for sessions in everybody]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert tokens == ["access-2"] * 6
    assert (office.network.refreshes, office.network.reused) == (1, 0)


@contextmanager
def _refreshing(office: Office, account: SocialAccount) -> Iterator[list[str]]:
    """Another machine is in the middle of a refresh; it ends when the block does."""
    sessions, tokens = office.sessions(), list[str]()
    office.network.entered.clear()
    office.network.hold.clear()
    busy = threading.Thread(target=lambda: tokens.append(_forced(office, account, sessions)))
    busy.start()
    assert office.network.entered.wait(20)
    try:
        yield tokens
    finally:
        office.network.hold.set()
        busy.join(20)


def test_waiting_for_another_machine_ends(office: Office, account: SocialAccount) -> None:
    with _refreshing(office, account) as tokens:
        patient = office.sessions(QUICK)
        error = refusal(lambda: _forced(office, account, patient))
        assert (type(error), error.code) == (NetworkUnreachable, "refresh_busy")
        # Nine minutes are left, so the old token still serves who does not insist.
        office.people.clock.advance(7200 - 540)
        assert _token(office, account, patient) == "access-1"
    assert tokens == ["access-2"]
    assert office.network.reused == 0


def test_who_waited_does_not_use_a_token_that_was_just_refused(
    office: Office, account: SocialAccount
) -> None:
    errors: list[str] = []
    sessions = office.sessions()
    office.people.clock = HeldClock()
    second = office.sessions()
    office.network.hold.clear()
    office.network.entered.clear()
    first = threading.Thread(
        target=lambda: errors.append(refusal(lambda: _forced(office, account, sessions)).code)
    )
    first.start()
    assert office.network.entered.wait(20)
    office.network.revoke()
    waiting = threading.Thread(
        target=lambda: errors.append(refusal(lambda: _forced(office, account, second)).code)
    )
    waiting.start()
    assert office.people.clock.timed.wait(20)
    office.network.hold.set()
    first.join(20)
    waiting.join(20)
    assert errors == ["reconnect_needed"] * 2
    assert office.network.refreshes == 1


def test_a_blip_leaves_the_account_alone(office: Office, account: SocialAccount) -> None:
    office.network.down = True
    sessions = office.sessions()
    error = refusal(lambda: _forced(office, account, sessions))
    assert isinstance(error, NetworkUnreachable)
    stored = office.stored(account.id)
    assert (stored.status, stored.token_version) == (AccountStatus.ACTIVE, 1)
    assert stored.last_error_code is None
    office.network.down = False
    assert _forced(office, account, sessions) == "access-2"


def test_a_definite_refusal_marks_the_account(office: Office, account: SocialAccount) -> None:
    office.network.revoke()
    error = refusal(lambda: _forced(office, account, office.sessions()))
    assert (type(error), error.code) == (NotAllowed, "reconnect_needed")
    assert "account connect bluesky" in error.fix
    stored = office.stored(account.id)
    assert (stored.status, stored.last_error_code) == (AccountStatus.EXPIRED, "reconnect_needed")
    assert stored.last_error_message == "The session has ended."
    again = refusal(lambda: _token(office, account))
    assert again.code == "reconnect_needed"
    assert office.network.refreshes == 1


def test_an_answer_for_somebody_else_is_refused(office: Office, account: SocialAccount) -> None:
    office.people.database["socialAccounts"].update_one(
        {}, {"$set": {"platformUserId": "did:plc:other"}}
    )
    error = refusal(lambda: _forced(office, account, office.sessions()))
    assert error.code == "reconnect_needed"
    assert office.stored(account.id).token_version == 1


def test_a_reconnection_meanwhile_wins(office: Office, account: SocialAccount) -> None:
    with _refreshing(office, account) as tokens:
        again = office.service().connect(office.owner, REQUEST).account
        assert (again.id, again.token_version) == (account.id, 2)
    assert tokens == ["access-2"]
    assert office.stored(account.id).token_version == 2
    assert _token(office, account) == "access-2"


def test_a_refusal_of_old_tokens_does_not_end_a_reconnection(
    office: Office, account: SocialAccount
) -> None:
    errors: list[str] = []
    sessions = office.sessions()
    office.network.entered.clear()
    office.network.hold.clear()
    old = threading.Thread(
        target=lambda: errors.append(refusal(lambda: _forced(office, account, sessions)).code)
    )
    old.start()
    assert office.network.entered.wait(20)
    office.network.revoke()
    office.service().connect(office.owner, REQUEST)
    office.network.hold.set()
    old.join(20)
    assert errors == ["reconnect_needed"]
    assert office.stored(account.id).status is AccountStatus.ACTIVE


def test_tokens_that_the_cluster_did_not_take_are_saved_next_time(
    office: Office, account: SocialAccount
) -> None:
    """A refresh token is spent; what came for it must not be lost with the connection."""
    sessions = office.sessions()
    _token(office, account, sessions)
    admin = office.people.database.client.admin
    office.network.entered.clear()
    office.network.hold.clear()
    errors: list[type[Exception]] = []
    refreshing = threading.Thread(
        target=lambda: errors.append(type(refusal(lambda: _forced(office, account, sessions))))
    )
    refreshing.start()
    assert office.network.entered.wait(20)
    fail = {"failCommands": ["update"], "errorCode": 91, "closeConnection": False}
    admin.command("configureFailPoint", "failCommand", mode="alwaysOn", data=fail)
    try:
        office.network.hold.set()
        refreshing.join(60)
    finally:
        admin.command("configureFailPoint", "failCommand", mode="off")
    assert errors == [ClusterUnreachable]
    assert office.stored(account.id).token_version == 1
    # The lease could not be given back either; its time is up when the database says so.
    office.people.database["socialAccounts"].update_one({}, {"$unset": {"refreshLease": ""}})
    assert _token(office, account, sessions) == "access-2"
    assert (office.network.refreshes, office.network.reused) == (1, 0)


def test_a_lease_that_took_too_long_to_get_is_not_used(
    office: Office, account: SocialAccount
) -> None:
    """A machine that slept may hold a lease that is over; it must not send the token."""
    sessions = office.sessions(RefreshTimings(latest_start_seconds=-1, pause_seconds=0.01))
    error = refusal(lambda: _forced(office, account, sessions))
    assert error.code == "refresh_busy"
    assert office.network.refreshes == 0


def test_a_moved_envelope_is_refused_and_the_account_is_not_marked(
    office: Office, account: SocialAccount
) -> None:
    accounts = office.people.database["socialAccounts"]
    known = accounts.find_one({})
    assert known is not None
    accounts.update_one({}, {"$set": {"accessToken": known["refreshToken"]}})
    error = refusal(lambda: _token(office, account))
    assert (type(error), error.code) == (NotAllowed, "bad_envelope")
    assert office.stored(account.id).status is AccountStatus.ACTIVE


def test_an_account_that_is_gone_is_not_found(office: Office) -> None:
    error = refusal(lambda: office.sessions().open(office.organization_id, "a" * 24))
    assert (type(error), error.code) == (NotFound, "unknown_account")


def test_a_new_name_at_the_network_is_kept(office: Office, account: SocialAccount) -> None:
    office.network.people["alice.new"] = office.network.people.pop("alice.example")
    sessions = office.sessions()
    _forced(office, account, sessions)
    assert office.stored(account.id).username == "alice.new"
