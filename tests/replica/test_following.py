"""The replica follows a real cluster: first reading, live changes, deletions, resuming."""

from __future__ import annotations

import time
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from postflow_desktop.domain.network import Network
from postflow_desktop.domain.outcome import OutcomeKind
from postflow_desktop.domain.post import PostStatus
from postflow_desktop.domain.target import TargetStatus
from postflow_desktop.machine.clock import SystemClock
from postflow_desktop.services.ports.replica import Link
from tests.conftest import ClusterDb
from tests.replica.conftest import MakeHome
from tests.replica.kit import MONTH, START, Cluster, Home, cluster_of, held_revs, home_of


def test_what_was_there_before_is_read_at_first(
    cluster: Cluster, homes: MakeHome, tmp_path: Path
) -> None:
    account = cluster.account()
    post = cluster.post(accounts=(account,), at=START, status=PostStatus.SCHEDULED)
    target = cluster.target(post, account)
    cluster.attempt(target, OutcomeKind.AMBIGUOUS)
    home = homes(cluster.feed, tmp_path / "cache.db").live()
    detail = home.replica.post(cluster.organization_id, post.id)
    assert detail is not None
    stores = cluster.workspace
    assert detail.post == stores.posts.get(cluster.organization_id, post.id)
    assert detail.targets == (stores.targets.get(cluster.organization_id, target.id),)
    assert detail.attempts == tuple(stores.attempts.of_targets(post.organization_id, [target.id]))
    assert [state.link for state in home.states] == [Link.SYNCING, Link.LIVE]
    home.close()
    assert held_revs(home.path) == cluster.revs()


def test_a_wrong_clock_of_this_machine_is_found(cluster: Cluster, tmp_path: Path) -> None:
    class HourAhead(SystemClock):
        def now(self) -> datetime:
            return super().now() + timedelta(hours=1)

    home = home_of(cluster.feed, tmp_path / "cache.db", HourAhead()).live()
    slip = home.sync.state.clock_slip
    home.close()
    assert abs(slip + timedelta(hours=1)) < timedelta(seconds=30)
    right = home_of(cluster.feed, tmp_path / "cache.db").live()
    slip = right.sync.state.clock_slip
    right.close()
    assert abs(slip) < timedelta(seconds=30)


def test_a_change_of_somebody_else_is_here_within_a_second(cluster: Cluster, home: Home) -> None:
    home.live()
    started = time.monotonic()
    post = cluster.post("From next door", at=START + timedelta(days=1))
    home.until(lambda: any(post.id in change.ids for change in home.changes), "the change")
    assert time.monotonic() - started < 1.0
    rows = home.replica.calendar(cluster.organization_id, *MONTH)
    assert [row.title for row in rows] == ["From next door"]
    assert [c.noun for c in home.changes if c.ids] == ["posts"]


def test_a_moved_post_and_its_target_move_on_the_calendar(cluster: Cluster, home: Home) -> None:
    account = cluster.account()
    post = cluster.post(at=START, accounts=(account,), status=PostStatus.SCHEDULED)
    target = cluster.target(post, account)
    home.live()
    later = START + timedelta(days=3)
    cluster.set("posts", post.id, scheduledAt=later)
    cluster.set("schedules", target.id, status="sending")

    def moved() -> bool:
        rows = home.replica.calendar(cluster.organization_id, *MONTH)
        return [(row.at, row.movable) for row in rows] == [(later, False)]

    home.until(moved, "the move")


def test_deleted_documents_leave_every_list(cluster: Cluster, home: Home) -> None:
    account = cluster.account(Network.X, "gone")
    post = cluster.post("Bread", at=START, accounts=(account,), status=PostStatus.SCHEDULED)
    target = cluster.target(post, account, TargetStatus.FAILED)
    cluster.attempt(target)
    organization = cluster.organization_id
    home.live()
    home.until(lambda: home.replica.attention(organization) != [], "all of it")
    assert home.replica.accounts(organization)
    for name in ("publishAttempts", "schedules", "posts", "socialAccounts"):
        cluster.db[name].delete_many({})
    home.until(lambda: not home.replica.accounts(organization), "the deletion")
    assert home.replica.calendar(organization, *MONTH) == []
    assert home.replica.post(organization, post.id) is None
    assert home.replica.search(organization, "bread") == []
    assert home.replica.attention(organization) == []
    home.close()
    assert held_revs(home.path) == cluster.revs()


def test_a_stopped_replica_goes_on_where_it_was(
    cluster: Cluster, homes: MakeHome, tmp_path: Path
) -> None:
    path = tmp_path / "cache.db"
    old = cluster.post("Old")
    homes(cluster.feed, path).live().close()
    new = cluster.post("New")
    cluster.workspace.posts.delete(cluster.organization_id, old.id)
    home = homes(cluster.feed, path).live()
    hits = home.replica.drafts(cluster.organization_id)
    assert [hit.post_id for hit in hits] == [new.id]
    told = {(change.noun, change.ids) for change in home.changes}
    assert ("posts", frozenset()) not in told, "it was read anew instead of resumed"
    home.close()
    assert held_revs(path) == cluster.revs()


def test_another_workspace_is_not_mixed_in(
    cluster: Cluster,
    cluster_db: ClusterDb,
    homes: MakeHome,
    tmp_path: Path,
    request: pytest.FixtureRequest,
) -> None:
    path = tmp_path / "cache.db"
    cluster.post("Ours", at=START)
    homes(cluster.feed, path).live().close()
    name = f"{cluster_db.name}_other"
    other = cluster_of(ClusterDb(client=cluster_db.client, name=name, uri=cluster_db.uri))
    request.addfinalizer(other.workspace.drop)
    theirs = other.post("Theirs", at=START)
    home = homes(other.feed, path).live()
    assert home.replica.search(cluster.organization_id, "ours") == []
    assert home.replica.calendar(cluster.organization_id, *MONTH) == []
    assert [h.post_id for h in home.replica.search(other.organization_id, "theirs")] == [theirs.id]
    home.close()
    assert held_revs(path) == other.revs()


def count_of(home: Home, cluster: Cluster) -> int:
    return len(home.replica.calendar(cluster.organization_id, *MONTH))


def rev_of(home: Home, cluster: Cluster, post_id: str) -> int:
    detail = home.replica.post(cluster.organization_id, post_id)
    return 0 if detail is None else detail.post.rev


def test_two_homes_see_each_change_once_and_the_same(
    cluster: Cluster, homes: MakeHome, tmp_path: Path
) -> None:
    both = [homes(cluster.feed, tmp_path / name / "cache.db").live() for name in ("a", "b")]
    for number in range(40):
        post = cluster.post(f"Post {number}", at=START + timedelta(hours=number))
        cluster.set("posts", post.id, failureReason="x")
    for home in both:
        home.until(lambda home=home: rev_of(home, cluster, post.id) == 2)  # type: ignore[misc]
        home.close()
    assert held_revs(both[0].path) == held_revs(both[1].path) == cluster.revs()


def test_the_second_window_of_a_home_shares_the_file(
    cluster: Cluster, homes: MakeHome, tmp_path: Path
) -> None:
    path = tmp_path / "cache.db"
    first, second = homes(cluster.feed, path).live(), homes(cluster.feed, path).live()
    for number in range(20):
        cluster.post(f"Post {number}", at=START + timedelta(hours=number))
    for home in (first, second):
        home.until(lambda home=home: count_of(home, cluster) == 20)  # type: ignore[misc]
    first.close()
    second.close()
    assert held_revs(path) == cluster.revs()


def test_posts_are_found_by_their_targets(cluster: Cluster, home: Home) -> None:
    account = cluster.account()
    post = cluster.post("Loaf", accounts=(account,), at=START, status=PostStatus.SCHEDULED)
    target = cluster.target(post, account)
    home.live()
    # It may have been live before there was anything to follow.
    home.until(lambda: home.replica.posts_of(cluster.organization_id, [target.id]) != {})
    found = home.replica.posts_of(cluster.organization_id, [target.id, "0" * 24])
    assert {key: (hit.post_id, hit.title) for key, hit in found.items()} == {
        target.id: (post.id, "Loaf")
    }
    assert home.replica.posts_of("0" * 24, [target.id]) == {}
