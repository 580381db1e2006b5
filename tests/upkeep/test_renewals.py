"""Tokens are renewed ahead of time, once, whatever is due; leases that nobody holds go."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest
from bson import ObjectId

from postflow_desktop.domain.account import AccountStatus, SocialAccount
from postflow_desktop.domain.network import Network
from postflow_desktop.platforms import registry
from postflow_desktop.platforms.threads.connector import RENEWABLE_AFTER
from postflow_desktop.services.renewals import EARLIEST, LATEST, RenewalParts, Renewals, renew_at
from postflow_desktop.services.sessions import AccountSessions
from postflow_desktop.transport.client import HttpClient
from tests.accounts.conftest import QUICK, REQUEST, Office
from tests.fakes.clock import HeldClock

LIFE = timedelta(hours=2)


@pytest.fixture(autouse=True)
def _clock(office: Office) -> None:
    """What the cluster stamps and what the machine reads are the same time."""
    office.people.clock = HeldClock(datetime.now(UTC))


def _connect(office: Office) -> SocialAccount:
    office.network.expires_at = office.people.clock.now() + LIFE
    return office.connect()


def _renewals(office: Office, sessions: AccountSessions | None = None) -> Renewals:
    return Renewals(
        RenewalParts(
            organization_ids=[office.organization_id],
            accounts=office.people.accounts,
            sessions=sessions or office.sessions(QUICK),
            connectors={Network.BLUESKY: office.network},
            clock=office.people.clock,
        )
    )


def test_a_token_is_renewed_in_the_second_half_of_its_life_with_nothing_due(
    office: Office,
) -> None:
    account, renewals = _connect(office), _renewals(office)
    office.people.clock.advance(EARLIEST * LIFE.total_seconds() - 5)
    assert renewals.run() == 0
    office.people.clock.advance((LATEST - EARLIEST) * LIFE.total_seconds() + 10)
    office.network.expires_at = office.people.clock.now() + LIFE
    assert renewals.run() == 1
    assert renewals.run() == 0, "the new one is young"
    stored = office.stored(account.id)
    assert (stored.token_version, stored.token_expires_at) == (
        2,
        office.network.expires_at.replace(
            microsecond=office.network.expires_at.microsecond // 1000 * 1000
        ),
    )
    assert (office.network.refreshes, office.network.reused) == (1, 0)


def test_accounts_take_turns_within_their_time(office: Office) -> None:
    account = _connect(office)
    ends = account.token_expires_at
    assert ends is not None
    points = set[float]()
    for _ in range(300):
        at = renew_at(_with_id(account, str(ObjectId())), office.network)
        assert at is not None
        points.add((at - (ends - LIFE)) / LIFE)
    assert min(points) >= EARLIEST
    assert max(points) <= LATEST
    assert max(points) - min(points) > 0.15


def test_a_server_that_gives_short_lives_is_asked_by_them(office: Office) -> None:
    """Else a token of ten minutes, where two hours are usual, would be renewed at every look."""
    short = timedelta(minutes=10)
    account, renewals = _connect(office), _renewals(office)
    office.network.expires_at = office.people.clock.now() + short
    office.sessions(QUICK).open(office.organization_id, account.id, force_refresh=True)
    office.network.expires_at = None
    assert renewals.run() == 0
    office.people.clock.advance(short.total_seconds() * LATEST + 5)
    assert renewals.run() == 1


def test_many_machines_at_once_use_a_refresh_token_once(office: Office) -> None:
    _connect(office)
    office.people.clock.advance(LATEST * LIFE.total_seconds() + 5)
    office.network.expires_at = office.people.clock.now() + LIFE
    machines = [_renewals(office) for _ in range(6)]
    together = threading.Barrier(len(machines))

    def run(renewals: Renewals) -> None:
        together.wait(20)
        renewals.run()

    threads = [threading.Thread(target=run, args=(renewals,)) for renewals in machines]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert (office.network.refreshes, office.network.reused) == (1, 0)


def test_nobody_is_waited_for(office: Office) -> None:
    """Another machine is at it: the old token is good for a while."""
    account, first = _connect(office), _renewals(office)
    office.people.clock.advance(LATEST * LIFE.total_seconds() + 5)
    office.network.expires_at = office.people.clock.now() + LIFE
    office.network.hold.clear()
    busy = threading.Thread(target=first.run)
    busy.start()
    assert office.network.entered.wait(20)
    assert _renewals(office).run() == 0
    office.network.hold.set()
    busy.join(30)
    assert office.stored(account.id).token_version == 2


def test_what_has_no_end_or_no_session_is_left_alone(office: Office) -> None:
    account = office.connect()
    office.people.clock.advance(10**7)
    assert _renewals(office).run() == 0
    _set(office, account, tokenExpiresAt=office.people.clock.now(), status="expired")
    assert _renewals(office).run() == 0
    assert office.network.refreshes == 0


def test_one_accounts_trouble_leaves_the_others_their_turn(office: Office) -> None:
    office.network.people["bob.example"] = ("did:plc:bob", "app-pass")
    alice = _connect(office)
    request = type(REQUEST)(
        network=REQUEST.network, service=REQUEST.service, username="bob.example", secret="app-pass"
    )
    bob = office.service().connect(office.owner, request).account
    office.network._logins = [
        login for login in office.network._logins if login.user_id == "did:plc:bob"
    ]
    office.people.clock.advance(LATEST * LIFE.total_seconds() + 5)
    office.network.expires_at = office.people.clock.now() + LIFE
    assert _renewals(office).run() == 1
    assert office.stored(alice.id).status is AccountStatus.EXPIRED
    assert office.stored(bob.id).token_version == 2


def test_leases_that_nobody_holds_any_more_are_swept(office: Office) -> None:
    account = _connect(office)
    now = datetime.now(UTC)
    lease = {"owner": "m", "until": now - timedelta(minutes=50)}
    _set(office, account, refreshLease=lease)
    assert _renewals(office).sweep() == 0, "it has only just ended"
    _set(office, account, refreshLease={"owner": "m", "until": now - timedelta(minutes=70)})
    other = Renewals(
        RenewalParts(
            organization_ids=[str(ObjectId())],
            accounts=office.people.accounts,
            sessions=office.sessions(),
            connectors={},
            clock=office.people.clock,
        )
    )
    assert other.sweep() == 0, "another organization's"
    before = office.stored(account.id).rev
    office.people.database.command("profile", 2)
    assert _renewals(office).sweep() == 1
    office.people.database.command("profile", 0)
    plans = office.people.database["system.profile"].find({"op": "update"})
    assert ["COLLSCAN" in plan["planSummary"] for plan in plans] == [False]
    stored = office.people.database["socialAccounts"].find_one({}) or {}
    assert "refreshLease" not in stored
    assert stored["rev"] == before + 1


def test_tokens_that_could_not_be_saved_are_there_for_all_sessions_of_the_process(
    office: Office,
) -> None:
    """The renewal got them when the cluster went away; the publisher comes next."""
    account = _connect(office)
    one, two = office.sessions(QUICK), office.sessions(QUICK)
    two._unsaved = one._unsaved
    admin = office.people.database.client.admin
    office.people.clock.advance(LATEST * LIFE.total_seconds() + 5)
    office.network.expires_at = office.people.clock.now() + LIFE
    office.network.entered.clear()
    office.network.hold.clear()
    errors: list[str] = []

    def renew() -> None:
        try:
            one.renew(account)
        except Exception as error:  # noqa: BLE001 - the test asks which
            errors.append(type(error).__name__)

    renewing = threading.Thread(target=renew)
    renewing.start()
    assert office.network.entered.wait(20)
    fail = {"failCommands": ["update"], "errorCode": 91, "closeConnection": False}
    admin.command("configureFailPoint", "failCommand", mode="alwaysOn", data=fail)
    try:
        office.network.hold.set()
        renewing.join(60)
    finally:
        admin.command("configureFailPoint", "failCommand", mode="off")
    assert errors == ["ClusterUnreachable"]
    office.people.database["socialAccounts"].update_one({}, {"$unset": {"refreshLease": ""}})
    assert two.open(office.organization_id, account.id).access_token == "access-2"
    assert (office.network.refreshes, office.network.reused) == (1, 0)


def test_every_network_says_how_long_its_tokens_live() -> None:
    with HttpClient() as http:
        connectors = registry.connectors(http, HeldClock())
    lives = {network: connector.token_life for network, connector in connectors.items()}
    assert set(lives) == set(connectors)
    threads = lives[Network.THREADS]
    assert threads == timedelta(days=60)
    assert threads * EARLIEST > RENEWABLE_AFTER, "Threads renews no younger token"
    assert {lives[Network.FACEBOOK], lives[Network.TELEGRAM]} == {None}


def _set(office: Office, account: SocialAccount, **fields: object) -> None:
    accounts = office.people.database["socialAccounts"]
    accounts.update_one({"_id": ObjectId(account.id)}, {"$set": fields})


def _with_id(account: SocialAccount, some_id: str) -> SocialAccount:
    from dataclasses import replace

    return replace(account, id=some_id)
