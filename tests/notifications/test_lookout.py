"""Looking ahead: accounts that end, nights without anybody awake, posts that go out shortly."""

from __future__ import annotations

from datetime import timedelta

import pytest
from bson import ObjectId

from postflow_desktop.domain.account import AccountStatus, SocialAccount
from postflow_desktop.domain.network import Network
from postflow_desktop.domain.notice import NoticeAction, NoticeKind
from postflow_desktop.domain.presence import PublisherKind, PublisherProcess
from tests.notifications.kit import Bakery


def set_account(bakery: Bakery, account: SocialAccount, **fields: object) -> None:
    bakery.workspace.database["socialAccounts"].update_one(
        {"_id": ObjectId(account.id)}, {"$set": fields, "$inc": {"rev": 1}}
    )


def process(bakery: Bakery, kind: PublisherKind) -> PublisherProcess:
    return PublisherProcess(
        machine="m-1",
        name="laptop",
        kind=kind,
        process="p-1",
        version="1",
        organization_ids=(bakery.organization_id,),
    )


def test_an_expired_account_is_told_until_it_is_connected_again_or_gone(bakery: Bakery) -> None:
    account, other = bakery.account(), bakery.account("second.test")
    look = bakery.lookout.accounts
    assert look(bakery.organization_id) == 0
    accounts = bakery.workspace.accounts
    for each in (account, other):
        accounts.mark(bakery.organization_id, each.id, AccountStatus.EXPIRED, "x", "It was refused")
    assert look(bakery.organization_id) == 2
    assert look(bakery.organization_id) == 0
    notice = bakery.notices()[f"account:{account.id}"]
    assert notice.kind is NoticeKind.ACCOUNT_EXPIRED
    assert notice.title == "Connect @bakery.test on Bluesky again"
    assert "It was refused" in notice.text
    assert "kept" in notice.text
    accounts.mark(bakery.organization_id, account.id, AccountStatus.ACTIVE, "", "")
    accounts.remove(bakery.organization_id, other.id)
    assert look(bakery.organization_id) == 2
    assert bakery.standing() == set()


def test_a_permission_that_ends_is_told_a_week_and_a_day_before(bakery: Bakery) -> None:
    ends = bakery.now() + timedelta(days=8)
    account = bakery.account(token_expires_at=ends)
    key, look = f"account:{account.id}", bakery.lookout.accounts
    assert look(bakery.organization_id) == 0
    for days, words in ((6.9, "within 7 days"), (0.9, "within a day")):
        ends = bakery.now() + timedelta(days=days)
        set_account(bakery, account, tokenExpiresAt=ends)
        bakery.workspace.notices.mark_read(bakery.organization_id, str(ObjectId()), None)
        assert look(bakery.organization_id) == 1
        assert look(bakery.organization_id) == 0
        notice = bakery.notices()[key]
        assert notice.kind is NoticeKind.ACCOUNT_EXPIRING
        assert words in notice.title
        assert notice.read_by == frozenset()
    set_account(bakery, account, tokenExpiresAt=bakery.now() - timedelta(seconds=1))
    assert look(bakery.organization_id) == 1
    assert bakery.notices()[key].kind is NoticeKind.ACCOUNT_EXPIRED


def test_the_end_of_renewing_is_told_too(bakery: Bakery) -> None:
    """LinkedIn renews for a year from the first sign-in, and then wants a person."""
    ends = bakery.now() + timedelta(days=6)
    account = bakery.account(
        token_expires_at=bakery.now() + timedelta(days=40),
        sealed_refresh_token="pf1.1.a.b",
        renewable_until=ends,
    )
    assert bakery.lookout.accounts(bakery.organization_id) == 1
    notice = bakery.notices()[f"account:{account.id}"]
    assert notice.kind is NoticeKind.ACCOUNT_EXPIRING
    assert "within 7 days" in notice.title


def test_linkedin_is_reconnected_with_one_click(bakery: Bakery) -> None:
    ends = bakery.now() + timedelta(days=6)
    account = bakery.account(network=Network.LINKEDIN, token_expires_at=ends)
    bakery.lookout.accounts(bakery.organization_id)
    notice = bakery.notices()[f"account:{account.id}"]
    assert "one click" in notice.fix
    assert NoticeAction.RECONNECT in notice.actions


def test_a_permission_that_renews_itself_does_not_end(bakery: Bakery) -> None:
    soon = bakery.now() + timedelta(hours=1)
    bakery.account(token_expires_at=soon, sealed_refresh_token="pf1.1.a.b")
    assert bakery.lookout.accounts(bakery.organization_id) == 0


def test_a_night_without_anybody_awake_is_told_and_withdrawn_when_an_agent_comes(
    bakery: Bakery,
) -> None:
    account = bakery.account()
    due = bakery.now() + timedelta(hours=5)
    target = bakery.target(account, at=due)
    bakery.target(account, at=bakery.now() + timedelta(hours=25))
    look = bakery.lookout.coverage
    assert look(bakery.organization_id) == 1
    assert look(bakery.organization_id) == 0
    (notice,) = bakery.notices().values()
    assert notice.key == f"coverage:{target.id}"
    assert notice.due_at == target.scheduled_at
    assert "No computer was on at" in notice.text
    assert "agent" in notice.fix
    bakery.workspace.presence.beat(process(bakery, PublisherKind.AGENT), (), None)
    assert look(bakery.organization_id) == 1
    assert bakery.standing() == set()


@pytest.mark.parametrize("what", ["organization", "account", "target"])
def test_what_is_on_hold_needs_nobody_awake(bakery: Bakery, what: str) -> None:
    account = bakery.account()
    target = bakery.target(account)
    assert bakery.lookout.coverage(bakery.organization_id) == 1
    pauses, by = bakery.workspace.pauses, str(ObjectId())
    if what == "organization":
        pauses.pause_organization(bakery.organization_id, "Fire", by)
    elif what == "account":
        pauses.pause_account(bakery.organization_id, account.id, "Fire", by)
    else:
        pauses.hold(bakery.organization_id, target.id, "Fire", by)
    assert bakery.lookout.coverage(bakery.organization_id) == 1
    assert bakery.standing() == set()


def test_a_post_of_a_careful_account_is_told_some_minutes_before(bakery: Bakery) -> None:
    careful, quick = bakery.account(), bakery.account("quick.test")
    bakery.workspace.accounts.set_preflight(bakery.organization_id, careful.id, 30)
    soon = bakery.now() + timedelta(minutes=20)
    target = bakery.target(careful, at=soon)
    bakery.target(careful, at=bakery.now() + timedelta(minutes=40))
    bakery.target(quick, at=soon)
    look = bakery.lookout.preflight
    assert look(bakery.organization_id) == 1
    assert look(bakery.organization_id) == 0
    assert bakery.standing() == {f"preflight:{target.id}"}
    notice = bakery.notices()[f"preflight:{target.id}"]
    assert notice.kind is NoticeKind.PREFLIGHT
    assert notice.due_at == target.scheduled_at
    bakery.settle(target, status="canceled")
    assert look(bakery.organization_id) == 1
    assert bakery.standing() == set()
