"""Measurements in the replica: followed by the change stream, there offline, with their post."""

from __future__ import annotations

from pathlib import Path

from postflow_desktop.domain.account import SocialAccount
from postflow_desktop.domain.metrics import MeasuredPost, PostMetrics, Untold
from postflow_desktop.domain.network import Network
from postflow_desktop.domain.post import Post
from postflow_desktop.replica.files import connect, migrate
from postflow_desktop.replica.statements import migrations
from postflow_desktop.services.ports.analytics import OutPost
from tests.replica.conftest import MakeHome, cluster, home, homes
from tests.replica.kit import START, Cluster, Home, held_revs

__all__ = ["cluster", "home", "homes"]

NUMBERS = PostMetrics(impressions=120, likes=0, clicks=None, reason=Untold.OWNER_ONLY)


def measure(
    cluster: Cluster, post: Post, account: SocialAccount, metrics: PostMetrics = NUMBERS
) -> MeasuredPost:
    out = OutPost(post_id=post.id, external_id="1", url="https://x.example/1", published_at=START)
    return cluster.workspace.analytics.put(account, out, metrics)


def shown(home: Home, post: Post) -> list[MeasuredPost]:
    """What the window would read."""
    detail = home.replica.post(post.organization_id, post.id)
    return [] if detail is None else list(detail.metrics)


def test_numbers_are_here_as_in_the_cluster_and_follow_it(cluster: Cluster, home: Home) -> None:
    first, second = cluster.account(), cluster.account(Network.X, "bakery")
    post, other = cluster.post(accounts=(first, second)), cluster.post("Other")
    home.live()
    one = measure(cluster, post, first)
    home.until(lambda: shown(home, post) == [one], "the numbers")
    two = measure(cluster, post, second, PostMetrics(impressions=7))
    home.until(lambda: len(shown(home, post)) == 2, "those of the other account")
    again = measure(cluster, post, first, PostMetrics(impressions=121, likes=1))
    home.until(lambda: again in shown(home, post), "newer numbers")
    assert sorted(shown(home, post), key=lambda m: m.account_id) == sorted(
        (again, two), key=lambda m: m.account_id
    )
    assert shown(home, other) == []
    assert any(change.noun == "analytics" and change.ids for change in home.changes)
    out = OutPost(post_id=post.id, external_id="1", url="https://x.example/1", published_at=START)
    gone = cluster.workspace.analytics.put_gone(first, out)
    assert gone.gone_at is not None
    home.until(lambda: gone in shown(home, post), "the end")
    assert gone.metrics == again.metrics
    cluster.db["analytics"].delete_many({})
    home.until(lambda: shown(home, post) == [], "the deletion")


def test_the_last_numbers_are_there_without_the_cluster(cluster: Cluster, home: Home) -> None:
    account = cluster.account()
    post = cluster.post(accounts=(account,))
    home.live()
    measured = measure(cluster, post, account)
    home.until(lambda: shown(home, post) == [measured], "the numbers")
    home.sync.stop()
    assert shown(home, post) == [measured]
    assert held_revs(home.path)["analytics"] == cluster.revs()["analytics"]


def test_a_file_from_before_the_numbers_catches_up(
    cluster: Cluster, homes: MakeHome, tmp_path: Path
) -> None:
    account = cluster.account()
    post = cluster.post(accounts=(account,))
    missed = measure(cluster, post, account)
    path, feed = tmp_path / "cache.db", cluster.feed()
    connection = connect(path, synchronous="NORMAL")
    migrate(connection, migrations("cache")[:3])
    for key, value in (("fingerprint", feed.fingerprint()), ("token", feed.token())):
        connection.execute("INSERT INTO meta (key, value) VALUES (?, ?)", (key, value))
    connection.close()
    later = homes(cluster.feed, path).live()
    assert shown(later, post) == [missed]


def test_numbers_of_a_newer_version_do_not_hide_the_post(cluster: Cluster, home: Home) -> None:
    account = cluster.account()
    post = cluster.post(accounts=(account,))
    measured = measure(cluster, post, account)
    home.live()
    home.until(lambda: shown(home, post) == [measured], "the numbers")
    cluster.db.command("collMod", "analytics", validator={})
    change = {"$set": {"platform": "nextnet"}, "$inc": {"rev": 1}}
    cluster.db["analytics"].update_many({}, change)
    home.until(lambda: shown(home, post) == [], "the newer network")
    assert home.replica.post(post.organization_id, post.id) is not None
    newer = {"platform": "x", "untold": "full moon", "metrics.smiles": 5}
    cluster.db["analytics"].update_many({}, {"$set": newer, "$inc": {"rev": 1}})
    home.until(lambda: len(shown(home, post)) == 1, "a network that is known")
    (known,) = shown(home, post)
    assert (known.metrics.impressions, known.metrics.reason) == (120, None)
