"""The numbers of a published post in the inspector."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Literal

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from postflow_desktop.domain.errors import NetworkUnreachable
from postflow_desktop.domain.metrics import MeasuredPost, PostMetrics, Untold
from postflow_desktop.domain.network import Network
from postflow_desktop.domain.post import PostStatus
from postflow_desktop.services.ports.replica import Change, Link, SyncState
from postflow_desktop.ui.inspector.numbers import NumbersItem
from postflow_desktop.ui.inspector.view import InspectorView
from postflow_desktop.ui.kit.changes import Changes
from postflow_desktop.ui.kit.theme import Look, current_theme
from tests.fakes.backend import NOW, FakeBackend
from tests.ui.composer.held import HeldTasks
from tests.ui.inspector.names import nameless
from tests.ui.inspector.showing import make
from tests.ui.kit.walk import unnamed

BLUESKY = PostMetrics(likes=1234, comments=0, shares=3, saves=None, engagement=1237)
X = PostMetrics(impressions=120, likes=3, reason=Untold.AGED)


def measured(account: str, network: Network, metrics: PostMetrics, **more: object) -> MeasuredPost:
    values: dict[str, object] = {
        "organization_id": "o1",
        "post_id": "p1",
        "account_id": account,
        "network": network,
        "external_id": "1",
        "url": "https://x.example/1",
        "metrics": metrics,
        "fetched_at": NOW - timedelta(hours=2),
        "asked_at": NOW - timedelta(hours=1),
        **more,
    }
    return MeasuredPost(**values)  # type: ignore[arg-type]  # filled by name


@pytest.fixture
def backend() -> FakeBackend:
    made = FakeBackend()
    made.add_post("Hello", status=PostStatus.PUBLISHED, accounts=("a1", "a2"))
    made.replica.metrics["p1"] = [
        measured("a1", Network.BLUESKY, BLUESKY),
        measured("a2", Network.X, X),
    ]
    return made


@pytest.fixture
def changes(qapp: object) -> Changes:
    return Changes()


@pytest.fixture
def view(backend: FakeBackend, changes: Changes, qtbot: QtBot) -> InspectorView:
    return make(backend, changes, qtbot)


def run_all(tasks: HeldTasks) -> None:
    while tasks.waiting:
        tasks.let_one_run()


def texts(item: NumbersItem) -> list[str]:
    return [label.text() for label in item.findChildren(QLabel)]


def test_each_account_has_its_numbers_and_what_is_not_told(view: InspectorView) -> None:
    bluesky, x = view.body.numbers.items
    assert view.body.numbers.isVisible()
    assert texts(bluesky) == [
        "@bakery1.test",
        *("1,234", "Likes", "0", "Comments", "3", "Shares", "1,237", "Engagement"),
        "Not told by Bluesky: impressions, reach, saves, clicks, video views.",
        "As of Fri 20 Nov, 11:00 CET",
    ]
    assert "Impressions" in texts(x)
    assert any("for 30 days only" in text for text in texts(x))
    assert any(text.startswith("Not told by X: reach, comments") for text in texts(x))


def test_a_post_that_is_out_nowhere_has_no_numbers(
    backend: FakeBackend, changes: Changes, qtbot: QtBot
) -> None:
    planned = backend.add_post("Later")
    view = make(backend, changes, qtbot)
    view.show_post(planned.id)
    assert not view.body.numbers.isVisible()
    assert view.body.numbers.items == ()


@pytest.mark.parametrize(
    ("metrics", "said"),
    [
        (None, "the first ones come by themselves within the hour"),
        (PostMetrics(), "No numbers were told so far."),
        (PostMetrics(reason=Untold.MEMBER_CLOSED), "only to apps that it has reviewed"),
    ],
)
def test_where_nothing_is_told_it_says_why(
    backend: FakeBackend,
    changes: Changes,
    qtbot: QtBot,
    metrics: PostMetrics | None,
    said: str,
) -> None:
    known = [] if metrics is None else [measured("a1", Network.BLUESKY, metrics)]
    backend.replica.metrics["p1"] = known
    view = make(backend, changes, qtbot)
    item = view.body.numbers.items[0]
    assert any(said in text for text in texts(item))
    assert not any(text == "0" for text in texts(item))


def test_a_network_that_is_not_read_offers_no_refresh(
    backend: FakeBackend, changes: Changes, qtbot: QtBot
) -> None:
    backend.replica.targets["p1"] = [
        replace(target, network=Network.TELEGRAM) for target in backend.replica.targets["p1"]
    ]
    backend.replica.metrics["p1"] = []
    view = make(backend, changes, qtbot)
    numbers = view.body.numbers
    assert "PostFlow does not read numbers from Telegram yet." in texts(numbers.items[0])
    assert not numbers.button.isVisible()


def test_a_post_that_is_gone_keeps_its_last_numbers(
    backend: FakeBackend, changes: Changes, qtbot: QtBot
) -> None:
    gone = measured("a1", Network.BLUESKY, BLUESKY, gone_at=NOW)
    backend.replica.metrics["p1"] = [gone]
    view = make(backend, changes, qtbot)
    item = view.body.numbers.items[0]
    assert "1,234" in texts(item)
    assert "It is no longer on Bluesky; these are the last numbers." in texts(item)


def test_refresh_asks_once_and_shows_what_came(
    backend: FakeBackend, changes: Changes, qtbot: QtBot
) -> None:
    tasks = HeldTasks()
    view = make(backend, changes, qtbot, tasks)
    run_all(tasks)
    button = view.body.numbers.button
    button.setFocus()
    QTest.keyClick(button, Qt.Key.Key_Space)
    assert button.text() == "Asking…"
    QTest.keyClick(button, Qt.Key.Key_Space)
    assert view.focusWidget() is button, "the keyboard stays"
    better = measured("a1", Network.BLUESKY, PostMetrics(likes=1300), fetched_at=NOW)
    backend.replica.metrics["p1"] = [better]
    said: list[str] = []
    view.toast.connect(lambda text, _: said.append(text))
    run_all(tasks)
    assert [call for call in backend.calls if call[0] == "refresh_metrics"] == [
        ("refresh_metrics", "p1")
    ]
    assert button.text() == "Refresh"
    assert "1,300" in texts(view.body.numbers.items[0])
    assert said == ["The numbers are up to date."]


def test_what_stands_in_the_way_is_told_and_the_numbers_stay(
    view: InspectorView, backend: FakeBackend
) -> None:
    backend.failure = NetworkUnreachable("X allows no more requests for now.", fix="Try later.")
    view.body.numbers.button.click()
    assert view.problem.isVisible()
    assert view.viewmodel.problem is not None
    assert view.viewmodel.problem.message == "X allows no more requests for now."
    assert "1,234" in texts(view.body.numbers.items[0])


def test_without_the_cluster_the_last_numbers_stay_and_nobody_is_asked(
    view: InspectorView, backend: FakeBackend, changes: Changes, qtbot: QtBot
) -> None:
    changes.publish_sync(SyncState(link=Link.OFFLINE, since=NOW))
    button = view.body.numbers.button
    qtbot.waitUntil(lambda: not button.isEnabled())
    assert button.accessibleDescription() == "Not while offline"
    view.viewmodel.networks.numbers.ask()
    assert backend.calls == []
    assert "1,234" in texts(view.body.numbers.items[0])


def test_new_numbers_from_elsewhere_are_shown(
    view: InspectorView, backend: FakeBackend, changes: Changes, qtbot: QtBot
) -> None:
    backend.replica.metrics["p1"] = [measured("a1", Network.BLUESKY, PostMetrics(likes=9999))]
    changes.publish(Change(noun="analytics", ids=frozenset({"m1"})))
    qtbot.waitUntil(lambda: "9,999" in texts(view.body.numbers.items[0]))


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_it_is_named_and_readable(view: InspectorView, mode: Literal["light", "dark"]) -> None:
    current_theme().set_look(Look(mode=mode, contrast=False, motion="reduced"))
    assert nameless(view) == []
    assert unnamed(view) == []
    numbers = view.body.numbers
    assert numbers.button.accessibleName() == "Refresh the numbers"
    assert numbers.items[0].accessibleName() == (
        "Bluesky, @bakery1.test. Likes 1,234, Comments 0, Shares 3, Engagement 1,237. "
        "Not told by Bluesky: impressions, reach, saves, clicks, video views. "
        "As of Fri 20 Nov, 11:00 CET"
    )
    assert numbers.items[0].width() <= view.width(), "what has no room wraps"
    grabbed = view.grab()
    assert not grabbed.isNull()
