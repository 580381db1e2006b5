"""Disconnecting accounts with posts that wait, and connecting them again; on a real cluster."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from postflow_desktop.cluster.documents import new_id
from postflow_desktop.cluster.pauses import MongoPauseStore
from postflow_desktop.cluster.posts import MongoPostStore
from postflow_desktop.cluster.schema.gates import GATE_COLLECTIONS
from postflow_desktop.cluster.schema.posts import POST_COLLECTIONS
from postflow_desktop.cluster.schema.spec import apply
from postflow_desktop.cluster.targets import MongoTargetStore
from postflow_desktop.domain.account import DISCONNECTED, AccountStatus, SocialAccount
from postflow_desktop.domain.errors import Conflict, NetworkUnreachable, NotAllowed, NotFound
from postflow_desktop.domain.network import Network
from postflow_desktop.domain.post import Post, PostStatus
from postflow_desktop.domain.target import Target, TargetStatus
from postflow_desktop.services.disconnecting import WAITS, PostsThen, Revoked
from postflow_desktop.services.ports.targets import Scope
from postflow_desktop.services.publishing.summaries import refresh_summary
from tests.accounts.conftest import REQUEST, Office
from tests.fakes.people import refusal

HASH = "0" * 64


@pytest.fixture
def account(office: Office) -> SocialAccount:
    apply(office.people.database, (*POST_COLLECTIONS, *GATE_COLLECTIONS))
    return office.connect()


def targets(office: Office) -> MongoTargetStore:
    return MongoTargetStore(office.people.database)


def posts(office: Office) -> MongoPostStore:
    return MongoPostStore(office.people.database)


def plan(office: Office, *account_ids: str, hours: float = 1) -> list[Target]:
    """A stored post that goes to these accounts."""
    store, now = targets(office), targets(office).now()
    post = posts(office).add(
        Post(
            id=new_id(),
            organization_id=office.organization_id,
            created_by=office.owner.user_id,
            status=PostStatus.DRAFT,
            text="Hello",
            account_ids=account_ids,
            created_at=now,
            updated_at=now,
        )
    )
    due = now + timedelta(hours=hours)
    made = [
        Target(
            id=store.new_id(),
            organization_id=office.organization_id,
            post_id=post.id,
            account_id=account_id,
            network=Network.BLUESKY,
            status=TargetStatus.PENDING,
            scheduled_at=due,
            not_before=due,
            content_hash=HASH,
            created_at=now,
            updated_at=now,
        )
        for account_id in account_ids
    ]
    store.add(made)
    refresh_summary(posts(office), store, office.organization_id, post.id)
    return made


def state(office: Office, target: Target) -> TargetStatus:
    found = targets(office).get(office.organization_id, target.id)
    assert found is not None
    return found.status


def post_status(office: Office, target: Target) -> PostStatus:
    found = posts(office).get(office.organization_id, target.post_id)
    assert found is not None
    return found.status


def test_without_posts_the_session_ends_and_the_tokens_go(
    office: Office, account: SocialAccount
) -> None:
    gone = office.disconnecting().disconnect(account.id)
    assert (gone.account.id, gone.sign_in, gone.note) == (account.id, Revoked.REVOKED, "")
    assert gone.revoked
    assert office.network.sessions == 0
    assert office.people.database["socialAccounts"].count_documents({}) == 0
    error = refusal(lambda: office.disconnecting().disconnect(account.id))
    assert (type(error), error.code) == (NotFound, "unknown_account")


def test_a_network_that_is_away_is_told_with_the_place_to_end_it(
    office: Office, account: SocialAccount
) -> None:
    office.network.down = True
    gone = office.disconnecting().disconnect(account.id)
    assert gone.sign_in is Revoked.NOT_REVOKED
    assert "could not be ended" in gone.note
    assert "https://bsky.app/settings/app-passwords" in gone.note
    assert office.people.database["socialAccounts"].count_documents({}) == 0


def test_posts_that_wait_are_counted_with_their_times_and_nothing_is_changed(
    office: Office, account: SocialAccount
) -> None:
    first = plan(office, account.id, hours=1)[0]
    last = plan(office, account.id, hours=48)[0]
    service = office.disconnecting()
    found = service.plan(account.id)
    assert (found.waiting, found.under_way) == (2, 0)
    stored = targets(office).of_account(office.organization_id, account.id)
    assert (found.first_at, found.last_at) == (stored[0].scheduled_at, stored[1].scheduled_at)
    error = refusal(lambda: service.disconnect(account.id))
    assert (type(error), error.code) == (Conflict, "account_in_use")
    assert "2 scheduled posts" in error.message
    assert {state(office, first), state(office, last)} == {TargetStatus.PENDING}
    assert office.network.sessions == 1


def test_posts_are_taken_out_of_the_plan(office: Office, account: SocialAccount) -> None:
    other = office.people.accounts.new_id()
    alone = plan(office, account.id)[0]
    ours, theirs = plan(office, account.id, other)
    gone = office.disconnecting().disconnect(account.id, PostsThen.CANCEL)
    assert (gone.canceled, gone.kept, gone.sign_in) == (2, 0, Revoked.REVOKED)
    assert state(office, alone) is state(office, ours) is TargetStatus.CANCELED
    assert state(office, theirs) is TargetStatus.PENDING
    assert post_status(office, alone) is PostStatus.DRAFT
    assert post_status(office, theirs) is PostStatus.SCHEDULED
    assert office.people.accounts.get(office.organization_id, account.id) is None


def test_posts_wait_without_tokens_until_the_account_is_connected_again(
    office: Office, account: SocialAccount
) -> None:
    waiting = plan(office, account.id)[0]
    gone = office.disconnecting().disconnect(account.id, PostsThen.KEEP)
    assert (gone.kept, gone.sign_in) == (1, Revoked.REVOKED)
    assert office.network.sessions == 0
    kept = office.stored(account.id)
    assert (kept.status, kept.last_error_code) == (AccountStatus.REVOKED, DISCONNECTED)
    assert kept.sealed_refresh_token is None
    assert kept.sealed_access_token != account.sealed_access_token
    assert kept.pause is not None
    assert kept.pause.reason == WAITS
    assert state(office, waiting) is TargetStatus.PENDING
    service = office.service()
    for error in (
        refusal(lambda: service.check(office.owner, account.id)),
        refusal(lambda: service.refresh(office.owner, account.id)),
    ):
        assert (type(error), error.code) == (NotAllowed, "disconnected")
    with pytest.raises(NotAllowed):
        office.sessions().open(office.organization_id, account.id)
    again = office.service().connect(office.owner, REQUEST)
    assert (again.reconnected, again.account.id) == (True, account.id)
    back = office.stored(account.id)
    assert (back.status, back.pause, back.last_error_code) == (AccountStatus.ACTIVE, None, None)
    assert office.sessions().open(office.organization_id, account.id).access_token == "access-2"


def test_a_pause_of_a_person_survives_both(office: Office, account: SocialAccount) -> None:
    plan(office, account.id)
    pauses = MongoPauseStore(office.people.database)
    pauses.pause_account(office.organization_id, account.id, "Rebranding", office.owner.user_id)
    office.disconnecting().disconnect(account.id, PostsThen.KEEP)
    back = office.service().connect(office.owner, REQUEST).account
    assert back.pause is not None
    assert back.pause.reason == "Rebranding"


def test_what_waits_for_a_disconnected_account_can_be_canceled_later(
    office: Office, account: SocialAccount
) -> None:
    waiting = plan(office, account.id)[0]
    office.disconnecting().disconnect(account.id, PostsThen.KEEP)
    gone = office.disconnecting().disconnect(account.id, PostsThen.CANCEL)
    assert (gone.canceled, gone.sign_in, gone.revoked) == (1, Revoked.NONE_LEFT, False)
    assert state(office, waiting) is TargetStatus.CANCELED
    assert office.people.accounts.get(office.organization_id, account.id) is None


@pytest.mark.parametrize("then", list(PostsThen))
def test_while_a_post_is_being_sent_nothing_is_changed(
    office: Office, account: SocialAccount, then: PostsThen
) -> None:
    waiting = plan(office, account.id)[0]
    sending = plan(office, account.id, hours=-0.01)[0]
    scope = Scope(
        organization_ids=(office.organization_id,),
        networks=frozenset({Network.BLUESKY}),
        machine="m-1",
    )
    claimed = targets(office).claim(scope, "me", 60)
    assert claimed is not None
    office.people.database["schedules"].update_one(
        {"fence": claimed.fence, "status": "claimed"}, {"$set": {"status": "sending"}}
    )
    assert state(office, sending) is TargetStatus.SENDING
    error = refusal(lambda: office.disconnecting().disconnect(account.id, then))
    assert (type(error), error.code) == (Conflict, "under_way")
    assert state(office, waiting) is TargetStatus.PENDING
    assert office.stored(account.id) == account
    assert office.network.sessions == 1


# --- connecting again ---------------------------------------------------------------------------


def test_nobody_else_is_taken_where_an_account_is_to_be_reconnected(
    office: Office, account: SocialAccount
) -> None:
    waiting = plan(office, account.id)[0]
    office.network.people["alice.example"] = ("did:plc:mallory", "app-pass")
    request = replace(REQUEST, again=account.id)
    error = refusal(lambda: office.service().connect(office.owner, request))
    assert (type(error), error.code) == (Conflict, "other_account")
    assert "Nothing was changed" in error.message
    assert office.service().list(office.owner) == (account,)
    assert state(office, waiting) is TargetStatus.PENDING
    unknown = replace(REQUEST, again=office.people.accounts.new_id())
    assert isinstance(refusal(lambda: office.service().connect(office.owner, unknown)), NotFound)


def test_the_same_person_is_taken_and_keeps_id_and_posts(
    office: Office, account: SocialAccount
) -> None:
    waiting = plan(office, account.id)[0]
    again = office.service().connect(office.owner, replace(REQUEST, again=account.id))
    assert (again.reconnected, again.account.id) == (True, account.id)
    assert [t.id for t in targets(office).of_account(office.organization_id, account.id)] == [
        waiting.id
    ]


@pytest.mark.parametrize("act", ["check", "refresh", "open", "renew"])
def test_a_blip_changes_nothing_whatever_asks(
    office: Office, account: SocialAccount, act: str
) -> None:
    office.network.down = True
    service, sessions = office.service(), office.sessions()
    doing = {
        "check": lambda: service.check(office.owner, account.id),
        "refresh": lambda: service.refresh(office.owner, account.id),
        "open": lambda: sessions.open(office.organization_id, account.id, force_refresh=True),
        "renew": lambda: sessions.renew(account),
    }[act]
    error = refusal(doing)
    assert isinstance(error, NetworkUnreachable)
    after = office.stored(account.id)
    assert (after.status, after.last_error_code, after.last_error_at) == (
        AccountStatus.ACTIVE,
        None,
        None,
    )
    assert after.last_checked_at == account.last_checked_at
    office.network.down = False
    assert service.check(office.owner, account.id).problem is None
