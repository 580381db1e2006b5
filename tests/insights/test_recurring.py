"""Posts are measured as they grow older, by one machine at a time, and what is told is kept."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from bson import ObjectId

from postflow_desktop.cluster.budgets import MongoBudgetStore
from postflow_desktop.domain.account import AccountStatus, Session
from postflow_desktop.domain.errors import ClusterUnreachable, NetworkUnreachable, NotAllowed
from postflow_desktop.domain.metrics import GONE, SPARING, PostMetrics, Untold
from postflow_desktop.domain.network import Network
from postflow_desktop.services.insights import RUN_SECONDS, Insights
from postflow_desktop.services.ports.metrics import TooManyRequests
from tests.fakes.clock import HeldClock
from tests.insights.kit import DAY, HOUR, NumberedNetwork, Team

MINUTE = timedelta(minutes=1)


def test_a_post_is_measured_and_kept_in_one_document(team: Team) -> None:
    account = team.account()
    target = team.out(account, 2 * HOUR)
    assert team.insights().run() == 1
    first = team.stored(target)
    assert first["metrics"] == {"likes": 10, "comments": 1}, "what is not told is left out"
    assert first["platformPostId"] == f"at://{target.id}"
    assert first["platformPostUrl"].startswith("https://bsky.app/")
    assert (first["platform"], first["rev"]) == ("bluesky", 1)
    assert team.insights().run() == 0, "it was just now"
    team.later(HOUR)
    assert team.insights().run() == 1
    second = team.stored(target)
    assert second["_id"] == first["_id"]
    assert (second["metrics"]["likes"], second["rev"]) == (20, 2)
    assert second["createdAt"] == first["createdAt"]
    assert second["fetchedAt"] > first["fetchedAt"]
    (kept,) = team.analytics.of_post(team.organization_id, target.post_id)
    assert kept.metrics == PostMetrics(likes=20, comments=2)


def test_two_machines_measure_once(team: Team) -> None:
    accounts = [team.account() for _ in range(4)]
    for account in accounts:
        for number in range(5):
            team.out(account, (2 + number) * HOUR)
    machines = [team.insights() for _ in range(4)]
    together = threading.Barrier(4)

    def run(insights: Insights) -> int:
        together.wait()
        return insights.run()

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(run, machines)) == 20
    assert len(team.network.posts_asked) == len(set(team.network.posts_asked)) == 20
    assert team.network.accounts_asked == 4
    assert {d["rev"] for d in team.cluster.db["analytics"].find()} == {1}


def test_a_machine_that_died_is_followed_when_its_lease_ends(team: Team) -> None:
    account = team.account()
    team.out(account, 2 * HOUR)
    turn = team.analytics.take(account, "dead", lease_seconds=300)
    assert turn is not None
    assert team.insights().run() == 0
    past = datetime.now(UTC) - MINUTE
    change = {"$set": {"lease.until": past}}
    team.cluster.db["metricTurns"].update_one({}, change)
    assert team.insights().run() == 1


def test_older_posts_are_measured_more_rarely_and_in_the_end_no_more(team: Team) -> None:
    ages = {HOUR: True, 2 * DAY: False, 10 * DAY: False, 91 * DAY: False}
    account = team.account()
    targets = {age: team.out(account, age) for age in ages}
    assert team.insights().run() == 3, "never measured, and too old for the first time"
    asked = len(team.network.posts_asked)
    team.later(HOUR)
    assert team.insights().run() == 1
    assert team.network.posts_asked[asked:] == [f"at://{targets[HOUR].id}"]
    team.later(3 * HOUR)
    assert team.insights().run() == 2
    team.later(DAY)
    assert team.insights().run() == 3
    team.later(90 * DAY)
    assert team.insights().run() == 0


def test_a_post_of_minutes_waits_for_its_first_time(team: Team) -> None:
    account = team.account()
    team.out(account, 5 * MINUTE)
    assert team.insights().run() == 0
    team.later(15 * MINUTE)
    assert team.insights().run() == 1


def test_what_is_gone_keeps_its_last_numbers_and_is_left_alone(team: Team) -> None:
    account = team.account()
    old, young = team.out(account, 3 * HOUR), team.out(account, 30 * MINUTE)
    assert team.insights().run() == 2
    team.network.answers = {f"at://{old.id}": GONE, f"at://{young.id}": GONE}
    before = team.stored(old)
    team.cluster.db["analytics"].update_many(
        {}, [{"$set": {"askedAt": {"$subtract": ["$askedAt", 3_600_000]}}}]
    )
    team.cluster.db["metricTurns"].update_many({}, {"$set": {"nextAt": None}})
    team.insights().run()
    gone = team.stored(old)
    assert gone["goneAt"] is not None
    assert (gone["metrics"], gone["fetchedAt"]) == (before["metrics"], before["fetchedAt"])
    assert team.stored(young)["goneAt"] is None, "so young a post may be on its way"
    team.network.answers = {}
    team.later(5 * HOUR)
    assert team.insights().run() == 1
    assert team.stored(old)["goneAt"] == gone["goneAt"]


def test_a_network_that_says_nothing_is_not_asked_all_the_time(team: Team) -> None:
    account = team.account()
    target = team.out(account, 2 * HOUR)
    team.network.answers = {f"at://{target.id}": None}
    team.insights().run()
    silent = team.stored(target)
    assert silent["metrics"] == {}
    team.later(20 * MINUTE)
    team.insights().run()
    assert len(team.network.asked) == 1
    team.network.answers = {}
    team.later(HOUR)
    team.insights().run()
    told = team.stored(target)
    assert told["metrics"] == {"likes": 20, "comments": 2}
    team.network.answers = {f"at://{target.id}": None}
    team.later(HOUR)
    team.insights().run()
    again = team.stored(target)
    assert again["metrics"] == told["metrics"]
    assert again["fetchedAt"] < again["askedAt"]


def test_what_x_told_before_its_30_days_stays(team: Team) -> None:
    team.network = NumberedNetwork(Network.X, SPARING)
    account = team.account(Network.X)
    target = team.out(account, 29 * DAY)
    place = f"at://{target.id}"
    team.network.answers = {place: PostMetrics(likes=5, clicks=7, engagement=40)}
    assert team.insights().run() == 1
    team.network.answers = {place: PostMetrics(likes=6, engagement=6, reason=Untold.AGED)}
    team.later(4 * DAY)
    assert team.insights().run() == 1
    (kept,) = team.analytics.of_post(team.organization_id, target.post_id)
    assert kept.metrics == PostMetrics(likes=6, clicks=7, engagement=40, reason=Untold.AGED)


def test_an_account_is_measured_once_a_day(team: Team) -> None:
    account = team.account()
    assert team.insights().run() == 0
    team.later(HOUR)
    team.insights().run()
    assert team.network.accounts_asked == 1
    (today,) = team.analytics.account_days(team.organization_id, account.id, limit=9)
    assert today.metrics.followers == 101
    yesterday = {"$subtract": ["$day", 86_400_000]}
    team.cluster.db["accountMetrics"].update_many({}, [{"$set": {"day": yesterday}}])
    team.later(HOUR)
    team.insights().run()
    days = team.analytics.account_days(team.organization_id, account.id, limit=9)
    assert [day.metrics.followers for day in days] == [102, 101]
    assert days[0].day - days[1].day == DAY


def _raise(error: Exception) -> Any:
    def fail(_session: Session) -> None:
        raise error

    return fail


def test_a_limit_of_the_network_is_kept_to_by_everybody(team: Team) -> None:
    account = team.account()
    target = team.out(account, 2 * HOUR)
    until = datetime.now(UTC).replace(microsecond=0) + 2 * HOUR
    team.network.fail = _raise(TooManyRequests("Enough for now.", retry_at=until))
    assert team.insights().run() == 0
    turn = team.turn(account)
    assert (turn["blockedUntil"], turn["lastError"]) == (until, "Enough for now.")
    team.network.fail = lambda _: None
    assert team.insights().run() == 0
    (look,) = team.member().post(target.post_id, refresh=True)
    assert isinstance(look.problem, TooManyRequests)
    assert look.problem.retry_at == until
    assert team.network.asked == []
    team.later(2 * HOUR)
    assert team.insights().run() == 1
    assert team.turn(account)["blockedUntil"] is None


def test_a_block_of_publishing_is_respected(team: Team) -> None:
    account = team.account()
    target = team.out(account, 2 * HOUR)
    blocked = datetime.now(UTC) + HOUR
    MongoBudgetStore(team.cluster.db).block(target, blocked)
    assert team.insights().run() == 0
    assert team.network.asked == []


def test_the_days_allowance_is_not_used_up(team: Team) -> None:
    account = team.account()
    for number in range(9):
        team.out(account, (2 + number) * HOUR)
    team.network.most = 2
    team.network.daily_requests = 3
    assert team.insights().run() == 6
    assert team.turn(account)["spent"] == 4, "three questions about posts, one about the account"
    team.cluster.db["metricTurns"].update_many({}, {"$set": {"nextAt": None}})
    assert team.insights().run() == 0
    team.cluster.db["metricTurns"].update_many(
        {}, [{"$set": {"nextAt": None, "spentOn": {"$subtract": ["$spentOn", 86_400_000]}}}]
    )
    assert team.insights().run() == 3, "another day"


def test_the_trouble_of_one_account_is_not_that_of_the_others(team: Team) -> None:
    bad, good = team.account(), team.account()
    team.out(bad, 2 * HOUR)
    team.out(good, 2 * HOUR)

    def fail(session: Session) -> None:
        if session.account_id == bad.id:
            raise NetworkUnreachable("No answer.")

    team.network.fail = fail
    assert team.insights().run() == 1
    assert team.turn(bad)["lastError"] == "No answer."
    team.network.fail = lambda _: None
    assert team.insights().run() == 0, "not again at once"
    team.later(HOUR)
    assert team.insights().run() == 2


def test_a_refused_session_is_renewed_once(team: Team) -> None:
    account = team.account()
    team.out(account, 2 * HOUR)
    sessions = team.world.sessions

    def fail(_session: Session) -> None:
        if not sessions.refreshed:
            raise NotAllowed("Old token.", code="token_refused")

    team.network.fail = fail
    assert team.insights().run() == 1
    assert sessions.refreshed == [account.id]
    team.network.fail = _raise(NotAllowed("No.", code="token_refused"))
    team.later(HOUR)
    assert team.insights().run() == 0
    assert team.turn(account)["lastError"] == "No."


def test_accounts_that_can_not_be_asked_are_left_out(team: Team) -> None:
    for account in (
        team.account(status=AccountStatus.EXPIRED),
        team.account(sandbox_machine="another machine"),
        team.account(Network.TELEGRAM),
    ):
        team.out(account, 2 * HOUR)
    assert team.insights().run() == 0
    assert team.network.accounts_asked == 0


def test_without_the_cluster_the_run_ends_and_the_lease_with_it(team: Team) -> None:
    account = team.account()
    team.out(account, 2 * HOUR)
    team.network.fail = _raise(ClusterUnreachable("Gone."))
    with pytest.raises(ClusterUnreachable):
        team.insights().run()
    assert team.turn(account)["lease"] is not None, "nobody could give it back"


def test_a_run_does_not_go_on_for_ever(team: Team) -> None:
    for _ in range(3):
        team.out(team.account(), 2 * HOUR)

    clock = HeldClock(datetime.now(UTC))
    team.network.fail = lambda _: clock.advance(RUN_SECONDS)
    insights = team.insights(clock=clock)
    assert [insights.run() for _ in range(4)] == [1, 1, 1, 0], "the others come next"


def test_every_question_is_answered_by_an_index(team: Team) -> None:
    account = team.account()
    targets = [team.out(account, (2 + n) * HOUR) for n in range(20)]
    team.insights().run()
    team.cluster.db["system.profile"].drop()
    team.cluster.db.command("profile", 2)
    team.later(HOUR)
    team.insights().run()
    team.member().post(targets[0].post_id, refresh=True)
    team.member().account(account.id)
    team.analytics.blocked_until(team.organization_id, account.id)
    organization = {"organizationId": ObjectId(team.organization_id)}
    analytics = team.cluster.db["analytics"]
    list(analytics.find(organization).sort("fetchedAt", -1).limit(10))
    list(analytics.find(organization).sort("metrics.impressions", -1).limit(10))
    team.cluster.db.command("profile", 0)
    told = [
        entry
        for entry in team.cluster.db["system.profile"].find({"planSummary": {"$exists": True}})
        if "q" not in entry.get("command", {}) or entry["command"]["q"] != {}
    ]
    ours = ("analytics", "accountMetrics", "metricTurns", "schedules")
    told = [entry for entry in told if entry["ns"].rpartition(".")[2] in ours]
    assert len(told) >= 12
    bad = [
        (entry["ns"], entry["planSummary"], str(entry["command"])[:300])
        for entry in told
        if "COLLSCAN" in entry["planSummary"] or entry.get("hasSortStage")
    ]
    assert bad == []
