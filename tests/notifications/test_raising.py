"""Events become notices: at once, by the sweep, and withdrawn when a person settles them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from postflow_desktop.cluster.documents import new_id
from postflow_desktop.domain.errors import ClusterUnreachable
from postflow_desktop.domain.notice import Notice, NoticeKind, Urgency
from postflow_desktop.domain.target import TargetStatus
from postflow_desktop.services.notifications.raising import NoticeRaiser, NoticeSweep
from tests.notifications.kit import RESULT, Bakery, error

NINE = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)


def test_a_failure_says_what_happened_what_is_kept_and_what_to_do(bakery: Bakery) -> None:
    target = bakery.target(
        bakery.account(), TargetStatus.FAILED, at=NINE, last_error=error(), text="Bread " * 30
    )
    bakery.raiser.settled(target)
    notice = bakery.notices()[f"target:{target.id}"]
    assert notice.kind is NoticeKind.FAILED
    assert notice.title == "Not published: @bakery.test on Bluesky"
    assert notice.text.startswith("“Bread Bread")
    assert "…” It was planned for Sat 21 Nov, 09:00 (Europe/Berlin)." in notice.text
    assert "The network said no." in notice.text
    assert notice.text.endswith("The post is kept.")
    assert notice.fix == "Change the text."
    assert (notice.target_id, notice.post_id, notice.account_id) == (
        target.id,
        target.post_id,
        target.account_id,
    )


@pytest.mark.parametrize(
    ("status", "title"),
    [
        (TargetStatus.NEEDS_ATTENTION, "Is it out? @bakery.test on Bluesky"),
        (TargetStatus.MISSED, "Missed: @bakery.test on Bluesky"),
    ],
)
def test_each_bad_end_has_its_words_and_advice(
    bakery: Bakery, status: TargetStatus, title: str
) -> None:
    target = bakery.target(bakery.account(), status, text="  ")
    bakery.raiser.settled(target)
    notice = bakery.notices()[f"target:{target.id}"]
    assert notice.title == title
    assert "A post without words." in notice.text
    assert "kept" in notice.text
    assert notice.fix


def test_what_the_rule_skips_stands_in_the_list_and_asks_nobody(bakery: Bakery) -> None:
    target = bakery.target(bakery.account(), TargetStatus.MISSED)
    skipped = {"code": "skipped", "message": "Posts that are so late are skipped here."}
    target = bakery.settle(target, lastError=skipped)
    bakery.raiser.settled(target)
    notice = bakery.notices()[f"target:{target.id}"]
    assert (notice.kind, notice.urgency) == (NoticeKind.SKIPPED, Urgency.SILENT)
    assert notice.title == "Skipped: @bakery.test on Bluesky"
    assert "skipped here" in notice.text
    bakery.settle(target, status="pending", lastError=None)
    assert bakery.sweep.run(bakery.organization_id) == 1
    assert bakery.standing() == set()


def test_a_published_post_costs_nothing_at_once_and_the_sweep_tells_it(bakery: Bakery) -> None:
    class Counting:
        def __init__(self, real: Any) -> None:
            self.real, self.asked = real, 0

        def __getattr__(self, name: str) -> Any:
            self.asked += 1
            return getattr(self.real, name)

    asked = [Counting(part) for part in (bakery.parts.notices, bakery.parts.posts)]
    parts = replace(bakery.parts, notices=asked[0], posts=asked[1])
    target = bakery.target(bakery.account(), TargetStatus.PUBLISHED)
    target = bakery.settle(target, result={"externalId": "at://x", "url": RESULT.url})
    NoticeRaiser(parts).settled(target)
    assert [part.asked for part in asked] == [0, 0]
    assert bakery.sweep.run(bakery.organization_id) == 1
    notice = bakery.notices()[f"target:{target.id}"]
    assert (notice.kind, notice.url) == (NoticeKind.PUBLISHED, RESULT.url)
    assert bakery.sweep.run(bakery.organization_id) == 0


def test_a_notice_that_can_not_be_raised_disturbs_nobody_and_is_not_lost(bakery: Bakery) -> None:
    class Away:
        def put(self, notice: Notice) -> Notice | None:
            raise ClusterUnreachable("It does not answer.")

    target = bakery.target(bakery.account(), TargetStatus.FAILED, last_error=error())
    NoticeRaiser(replace(bakery.parts, notices=Away())).settled(target)  # type: ignore[arg-type]
    assert bakery.notices() == {}
    assert bakery.sweep.run(bakery.organization_id) == 1
    assert bakery.standing() == {f"target:{target.id}"}


def test_published_after_all_replaces_the_failure(bakery: Bakery) -> None:
    target = bakery.target(bakery.account(), TargetStatus.FAILED, last_error=error())
    bakery.raiser.settled(target)
    bakery.sweep.run(bakery.organization_id)
    bakery.settle(target, status="published", result={"externalId": "at://x", "url": RESULT.url})
    assert bakery.sweep.run(bakery.organization_id) == 1
    assert bakery.notices()[f"target:{target.id}"].kind is NoticeKind.PUBLISHED


@pytest.mark.parametrize("status", ["pending", "canceled", "claimed"])
def test_what_a_person_retried_or_dropped_is_withdrawn_and_may_fail_again(
    bakery: Bakery, status: str
) -> None:
    target = bakery.target(bakery.account(), TargetStatus.MISSED)
    bakery.raiser.settled(target)
    key = f"target:{target.id}"
    bakery.settle(target, status=status)
    assert bakery.sweep.run(bakery.organization_id) == 1
    assert bakery.notices()[key].withdrawn
    bakery.settle(target, status="missed")
    assert bakery.sweep.run(bakery.organization_id) == 1
    assert not bakery.notices()[key].withdrawn


def test_a_target_that_is_gone_takes_its_notice_along(bakery: Bakery) -> None:
    target = bakery.target(bakery.account(), TargetStatus.FAILED)
    bakery.raiser.settled(target)
    bakery.workspace.database["schedules"].delete_many({})
    assert bakery.sweep.run(bakery.organization_id) == 1
    assert bakery.standing() == set()


def test_two_sweeps_raise_everything_once_however_much_there_is(bakery: Bakery) -> None:
    account = bakery.account()
    for _ in range(205):
        bakery.target(account, TargetStatus.PUBLISHED)
    second = NoticeSweep(bakery.parts, bakery.raiser)
    assert bakery.sweep.run(bakery.organization_id) == 205
    assert second.run(bakery.organization_id) == 0
    assert bakery.workspace.database["notifications"].count_documents({}) == 205


def test_a_process_that_begins_looks_back_a_day_and_at_its_own_organization(
    bakery: Bakery,
) -> None:
    account = bakery.account()
    old = bakery.target(account, TargetStatus.FAILED)
    foreign = bakery.target(account, TargetStatus.FAILED)
    bakery.target(account, TargetStatus.CANCELED)
    schedules = bakery.workspace.database["schedules"]
    from bson import ObjectId

    schedules.update_one(
        {"_id": ObjectId(old.id)}, {"$set": {"updatedAt": bakery.now() - timedelta(days=2)}}
    )
    schedules.update_one(
        {"_id": ObjectId(foreign.id)}, {"$set": {"organizationId": ObjectId(new_id())}}
    )
    assert bakery.sweep.run(bakery.organization_id) == 0
