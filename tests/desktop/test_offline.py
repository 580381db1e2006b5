"""The cluster is killed under the open window, and comes back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from postflow_desktop.domain.post import PostStatus
from postflow_desktop.sandbox.server import SandboxServer
from postflow_desktop.services.ports.replica import Link, PostHit
from postflow_desktop.services.posts import NewPost
from postflow_desktop.ui.inspector.viewmodel import Stage
from tests.desktop.kit import (
    Desk,
    MakeDesk,
    Teammate,
    add_account,
    instant,
    kill9,
    noon,
    pids_of,
    until,
)
from tests.kit.mongod import TestMongod


@pytest.fixture
def mongod(tmp_path: Path) -> Iterator[TestMongod]:
    """A cluster of the test's own, to be killed."""
    server = TestMongod(tmp_path / "mongod")
    server.start()
    yield server
    server.stop()


@pytest.fixture
def planned(desks: MakeDesk, mongod: TestMongod, sandbox: SandboxServer) -> Desk:
    """A window with a post planned for tomorrow, on that cluster."""
    desk = desks()
    desk.create(uri=mongod.uri.replace("/?", "/team?"))
    plan(desk, sandbox, "Loaf")
    return desk


def plan(desk: Desk, sandbox: SandboxServer, text: str) -> None:
    """A post for tomorrow."""
    account = add_account(desk, sandbox.url)
    new = NewPost(text=text, account_ids=(account.id,))
    desk.workspace().seat().submit.create(new, instant(noon(1)), now=False)
    until(lambda: desk.titles == [text], "the post")


def test_without_its_cluster_the_window_is_usable_and_says_so(
    planned: Desk, mongod: TestMongod
) -> None:
    window, calendar = planned.screens.window, planned.screens.calendar
    mongod.kill9()
    until(lambda: planned.link is Link.OFFLINE, "the loss")

    assert window.main.offline.isVisible()
    assert window.viewmodel.sync().text.startswith("Offline since")
    calendar.next_month()
    until(lambda: calendar.snapshot and calendar.snapshot.month == calendar.month, "paging")
    calendar.go_today()
    until(lambda: planned.titles == ["Loaf"], "paging back")
    found: list[PostHit] = []
    window.viewmodel.search("loa", found.extend)
    until(lambda: [hit.title for hit in found] == ["Loaf"], "the search")
    window.open_post(found[0].post_id)
    until(lambda: planned.screens.inspector.stage is Stage.READY, "the inspector")
    assert not planned.screens.inspector.can.cancel

    planned.drag("Loaf", noon(2).date())
    assert planned.row("Loaf").at == noon(1)
    assert planned.toasts == [calendar.mover.refusal(planned.row("Loaf"))]
    assert planned.toasts[0].startswith("Offline:")


def test_what_is_written_offline_is_kept_and_saved_when_the_cluster_is_back(
    planned: Desk, mongod: TestMongod, tmp_path: Path
) -> None:
    teammate = Teammate(tmp_path / "teammate", mongod.uri.replace("/?", "/team?"), planned.recovery)
    mongod.kill9()
    until(lambda: planned.link is Link.OFFLINE, "the loss")
    composer = planned.screens.compose()
    until(lambda: composer.model.ready, "the composer")
    QTest.keyClicks(composer.sheet.editor, "Written offline")
    QTest.keyClick(composer.sheet.editor, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    composer.close()
    until(lambda: not planned.screens.composers.all, "the closing")
    planned.screens.window.show_screen("drafts")
    until(lambda: [r.title for r in planned.screens.drafts.rows] == ["Written offline"], "a draft")

    mongod.restart()
    teammate.plan("Meanwhile", noon(2), planned.screens.calendar.channels.accounts[0].id)
    planned.until_live()
    until(lambda: planned.titles == ["Loaf", "Meanwhile"], "what was changed meanwhile")
    assert not planned.screens.window.main.offline.isVisible()

    planned.screens.drafts.open(planned.screens.drafts.rows[0].key)
    again = planned.composer()
    assert again.sheet.editor.words() == "Written offline"
    again.save()
    until(lambda: planned.screens.drafts.rows[0].in_workspace, "the saving")
    saved = teammate.seat.posts.page(status=PostStatus.DRAFT, cursor=None, limit=5).posts
    assert [post.text for post in saved] == ["Written offline"]
    teammate.close()


def test_a_killed_embedded_server_comes_back_by_itself_and_publishes(
    desks: MakeDesk, sandbox: SandboxServer
) -> None:
    desk = desks()
    desk.create()
    plan(desk, sandbox, "Loaf")
    former = desk.workspace()

    killed = pids_of(desk.home / "database")
    kill9(killed)
    until(lambda: set(pids_of(desk.home / "database")) - set(killed), "the server's return")
    desk.until_live()

    seat = desk.workspace().seat()
    new = NewPost(text="After", account_ids=(desk.screens.calendar.channels.accounts[0].id,))
    seat.submit.create(new, None, now=True)
    desk.running.backend._stations.of(desk.place.workspace_id).publisher.wake()
    until(lambda: [e.text for e in sandbox.log] == ["After"], "the publishing")
    until(lambda: desk.row("After").status is PostStatus.PUBLISHED, "the news of it")
    desk.drag("Loaf", noon(2).date())
    until(lambda: desk.row("Loaf").at == noon(2), "the move")
    until(lambda: not desk.screens.calendar.mover.sending(), "the answer")
    assert desk.row("Loaf").at - noon(1) == timedelta(days=1)
    assert former.record == desk.workspace().record
