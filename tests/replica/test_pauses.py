"""What is paused or held, as the window reads it."""

from __future__ import annotations

from bson import ObjectId

from postflow_desktop.domain.post import PostStatus
from tests.replica.kit import MONTH, START, Cluster, Home


def test_pauses_and_holds_reach_their_rows_and_leave_them(cluster: Cluster, home: Home) -> None:
    organization, by = cluster.organization_id, str(ObjectId())
    now = cluster.workspace.targets.now()
    cluster.db["organizations"].insert_one(
        {
            "_id": ObjectId(organization),
            "name": "Bakery",
            "slug": "bakery",
            "timezone": "UTC",
            "planId": ObjectId(),
            "status": "active",
            "keyVersion": 1,
            "createdAt": now,
            "updatedAt": now,
            "rev": 1,
        }
    )
    account = cluster.account()
    post = cluster.post(at=START, accounts=(account,), status=PostStatus.SCHEDULED)
    target = cluster.target(post, account)
    home.live()
    home.until(lambda: home.replica.organization(organization) is not None, "the organization")
    assert home.replica.pause(organization) is None
    assert [row.held for row in home.replica.calendar(organization, *MONTH)] == [False]
    (row,) = home.replica.accounts(organization)
    assert (row.pause, row.preflight_minutes) == (None, 0)

    pauses = cluster.workspace.pauses
    pauses.hold(organization, target.id, "Wait for the photo", by)
    account_pause = pauses.pause_account(organization, account.id, "New owner", by)
    cluster.workspace.accounts.set_preflight(organization, account.id, 15)
    whole = pauses.pause_organization(organization, "Fire", by)
    home.until(lambda: home.replica.pause(organization) == whole, "the organization's pause")
    assert [row.held for row in home.replica.calendar(organization, *MONTH)] == [True]
    (row,) = home.replica.accounts(organization)
    assert (row.pause, row.preflight_minutes) == (account_pause, 15)
    detail = home.replica.post(organization, post.id)
    assert detail is not None
    stored = cluster.workspace.targets.get(organization, target.id)
    assert detail.targets == (stored,)
    assert stored is not None
    assert stored.hold is not None
    assert (stored.hold.reason, stored.hold.by) == ("Wait for the photo", by)

    pauses.release(organization, target.id)
    pauses.resume_account(organization, account.id)
    pauses.resume_organization(organization)
    home.until(lambda: home.replica.pause(organization) is None, "the end of the pause")
    assert [row.held for row in home.replica.calendar(organization, *MONTH)] == [False]
    assert [row.pause for row in home.replica.accounts(organization)] == [None]
