"""A published post is measured from its inspector: over HTTP there, home by the replica."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from postflow_desktop.domain.post import PostStatus
from postflow_desktop.sandbox.server import SandboxServer
from postflow_desktop.services.posts import NewPost
from tests.desktop.kit import Desk, MakeDesk, add_account, until


@pytest.fixture
def published(desk: Desk, sandbox: SandboxServer) -> str:
    """The id of a post that is out, an hour ago."""
    account = add_account(desk, sandbox.url)
    new = NewPost(text="Fresh rye", account_ids=(account.id,))
    post = desk.workspace().seat().submit.create(new, None, now=True)
    desk.running.backend._stations.of(desk.place.workspace_id).publisher.wake()
    until(lambda: any(row.status is PostStatus.PUBLISHED for row in desk.rows), "the publishing")
    return post.id


def test_numbers_come_by_refresh_and_stay_without_the_network(
    desk: Desk, sandbox: SandboxServer, published: str
) -> None:
    desk.screens.window.show_screen("calendar")
    desk.screens._show_post(published)
    numbers = desk.screens.inspector_view.body.numbers
    until(lambda: numbers.items, "the section")
    assert "within the hour" in numbers.items[0].accessibleName()
    desk.click("inspector-refresh-numbers")
    until(lambda: "Likes 0" in numbers.items[0].accessibleName(), "the numbers")
    assert "Not told by Bluesky: impressions" in numbers.items[0].accessibleName()
    assert "As of" in numbers.items[0].accessibleName()
    sandbox.stop()
    cluster = desk.workspace().cluster
    long_ago = datetime.now(UTC) - timedelta(hours=1)
    cluster.database["analytics"].update_many({}, {"$set": {"askedAt": long_ago}})
    desk.click("inspector-refresh-numbers")
    until(lambda: desk.screens.inspector.problem, "the trouble")
    assert "Likes 0" in numbers.items[0].accessibleName()


def test_what_stands_at_the_network_is_looked_at_and_taken_away(
    desk: Desk, sandbox: SandboxServer, published: str
) -> None:
    desk.screens.window.show_screen("calendar")
    desk.screens._show_post(published)
    copies = desk.screens.inspector_view.body.copies
    until(copies.isVisible, "the section")
    desk.click("inspector-look")
    until(lambda: copies.lines, "the answer")
    assert copies.lines[0] == "Bluesky, @bakery.test: it is there: “Fresh rye”"
    taken = sandbox.bluesky._state
    with taken.lock:
        for key, _ in taken.items("records"):
            taken.delete("records", key)
    desk.click("inspector-look")
    until(lambda: "not there any more" in copies.lines[0], "the news")


def test_the_sample_has_the_numbers_of_a_past(desks: MakeDesk) -> None:
    """Its posts are measured by themselves; the older ones have found their readers."""
    desk = desks()
    desk.click("welcome-explore")
    until(desk.screens.window.has_place, "the sample", seconds=120)
    desk.until_live()
    out = desk.workspace().cluster.database
    query = {"metrics.likes": {"$gt": 0}}
    until(lambda: out["analytics"].count_documents(query) > 5, "numbers", seconds=120)
    found = out["analytics"].find_one({"metrics.impressions": {"$gt": 50}})
    assert found is not None, "X tells how often a post was shown"
    desk.screens._show_post(str(found["postId"]))
    numbers = desk.screens.inspector_view.body.numbers
    until(lambda: numbers.items, "the section")
    until(
        lambda: any("Impressions" in item.accessibleName() for item in numbers.items),
        "the numbers",
    )
