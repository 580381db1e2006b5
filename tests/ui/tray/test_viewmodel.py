"""Where the tray's words come from: this machine's copy, the clusters, and the link."""

from __future__ import annotations

from datetime import timedelta

import pytest

from postflow_desktop.domain.errors import ClusterUnreachable
from postflow_desktop.domain.pause import Pause
from postflow_desktop.domain.post import PostStatus
from postflow_desktop.services.ports.replica import Change, Link
from postflow_desktop.ui.tray.state import Mark
from tests.fakes.backend import NOW, FakeBackend
from tests.ui.tray.conftest import Desk
from tests.ui.tray.figures import due, outlook


def tell(desk: Desk, noun: str) -> None:
    desk.changes._gather(Change(noun=noun, ids=frozenset()))
    desk.changes._flush()


def test_the_open_place_comes_from_this_machines_copy(desk: Desk, backend: FakeBackend) -> None:
    backend.add_post("Fresh bread", at=NOW + timedelta(hours=2))
    backend.add_post("Out", at=NOW - timedelta(hours=2), status=PostStatus.PUBLISHED)
    backend.add_post("Failed", at=NOW - timedelta(hours=1), status=PostStatus.FAILED)
    desk.model.read()
    state = desk.model.state
    assert [post.label for post in state.next] == ["15:00  Fresh bread"]
    assert (state.attention, state.today) == (1, 1)
    assert state.due.count == 1


def test_other_places_come_from_their_clusters(desk: Desk, backend: FakeBackend) -> None:
    backend.add_post("Fresh bread", at=NOW + timedelta(hours=2))
    stale = outlook(due(9, "Old"))
    backend.outlooks = (stale, outlook(due(1, "Roses"), workspace_id="w-2", name="Flowers"))
    desk.model.start()
    assert [post.label for post in desk.model.state.next] == [
        "14:00  Roses · Flowers",
        "15:00  Fresh bread · Corner Bakery",
    ]
    assert desk.model.places == "Corner Bakery, Flowers"


def test_who_covers_only_the_cluster_knows(desk: Desk, backend: FakeBackend) -> None:
    backend.add_post("Fresh bread", at=NOW + timedelta(hours=2))
    backend.add_post("Cake", at=NOW + timedelta(hours=3))
    backend.outlooks = (outlook(due(2, covered=True, name="p1"), due(3, name="p2")),)
    desk.model.look()
    assert (desk.model.state.due.count, desk.model.state.due.uncovered) == (2, 1)


def test_news_are_read(desk: Desk, backend: FakeBackend) -> None:
    desk.model.start()
    backend.add_post("Fresh bread", at=NOW + timedelta(hours=2))
    tell(desk, "memberships")
    assert desk.model.state.next == ()
    tell(desk, "posts")
    assert len(desk.model.state.next) == 1


def test_offline_is_told_and_over(desk: Desk, backend: FakeBackend) -> None:
    backend.add_post("Fresh bread", at=NOW + timedelta(hours=2))
    desk.model.start()
    desk.link(Link.OFFLINE)
    assert desk.model.state.mark is Mark.OFFLINE
    assert desk.model.state.status == "Offline since 13:00"
    assert len(desk.model.state.next) == 1
    desk.link(Link.LIVE)
    assert desk.model.state.status == "Publishing · next 15:00 · 1 today"


def test_nobody_is_signed_in_any_more(desk: Desk, backend: FakeBackend) -> None:
    backend.outlooks = (outlook(due(2)),)
    desk.model.start()
    assert desk.model.state.is_known
    backend.here, backend.outlooks = None, ()
    desk.model.forget()
    assert not desk.model.state.is_known


def test_pausing_and_resuming_are_done_and_said(desk: Desk, backend: FakeBackend) -> None:
    desk.model.pause("The shop is closed")
    desk.model.resume()
    desk.model.sync()
    assert backend.calls == [
        ("pause_everywhere", "The shop is closed"),
        ("resume_everywhere",),
        ("sync_now",),
    ]
    assert desk.toasts == [
        ("Publishing is paused. Nothing goes out until you resume.", "success"),
        ("Publishing goes on.", "success"),
    ]


def test_what_could_not_be_paused_is_a_problem(desk: Desk, backend: FakeBackend) -> None:
    met: list[object] = []
    desk.model.problem.connect(met.append)
    backend.failure = ClusterUnreachable("Away.")
    desk.model.pause("Closed")
    assert [str(error) for error in met] == ["Away."]
    assert desk.toasts == []


@pytest.mark.parametrize("reason", ["Closed", None])
def test_the_pause_of_the_open_place(desk: Desk, backend: FakeBackend, reason: str | None) -> None:
    if reason is not None:
        backend.replica.paused = Pause(reason=reason, by="u1", at=NOW)
    desk.model.read()
    assert desk.model.state.paused is (reason is not None)
