"""What notices offer is done for real, said, and can be taken back where that is possible."""

from __future__ import annotations

from datetime import timedelta

import pytest

from postflow_desktop.domain.errors import Conflict
from postflow_desktop.domain.notice import Notice, NoticeAction, NoticeKind
from postflow_desktop.domain.post import PostStatus
from postflow_desktop.domain.target import TargetStatus
from postflow_desktop.domain.time import plan_instant
from postflow_desktop.services.ports.replica import Link, SyncState
from postflow_desktop.ui.inspector.offer import Offer
from postflow_desktop.ui.kit.changes import Changes
from postflow_desktop.ui.kit.tasks import Tasks
from postflow_desktop.ui.notices.acts import NoticeActs
from tests.fakes.backend import NOW, FakeBackend
from tests.ui.notices.figures import notice

SOON = NOW + timedelta(minutes=10)


class Bench:
    """The acts, and what they said and asked for."""

    def __init__(self) -> None:
        self.backend = FakeBackend()
        self.backend.add_post("Missed", status=PostStatus.FAILED, target_status=TargetStatus.MISSED)
        self.changes = Changes()
        self.acts = NoticeActs(
            self.backend, Tasks(immediate=True), self.changes, self.changes, now=lambda: NOW
        )
        self.toasts: list[tuple[str, str]] = []
        self.offers: list[Offer] = []
        self.asked: list[tuple[str, str]] = []
        self.frames: list[str] = []
        acts = self.acts
        acts.toast.connect(lambda text, kind: self.toasts.append((text, kind)))
        acts.offered.connect(self.offers.append)
        acts.began.connect(lambda key: self.frames.append("began"))
        acts.ended.connect(lambda key: self.frames.append("ended"))
        for name in ("post", "edit", "reschedule", "account", "reconnect"):
            signal = getattr(acts, f"{name}_asked")
            signal.connect(lambda value, name=name: self.asked.append((name, value)))

    def do(self, kind: NoticeKind, action: NoticeAction, **more: object) -> Notice:
        made = notice(kind, 1, due_at=SOON if kind is NoticeKind.PREFLIGHT else None)
        self.acts.do(made, action)
        return made


@pytest.fixture
def bench(qapp: object) -> Bench:
    return Bench()


def test_retry(bench: Bench) -> None:
    bench.do(NoticeKind.FAILED, NoticeAction.RETRY)
    assert bench.backend.calls == [("retry", "p1")]
    assert bench.toasts == [("Trying again what is not out.", "success")]
    assert bench.frames == ["began", "ended"]


def test_hold_and_undo(bench: Bench) -> None:
    bench.do(NoticeKind.PREFLIGHT, NoticeAction.HOLD)
    assert bench.backend.calls == [("keep_back", "p1-a1", "")]
    (offer,) = bench.offers
    assert offer.action == "Undo"
    offer.run()
    assert bench.backend.calls[-1] == ("let_out", "p1-a1")
    assert bench.toasts == [("It goes out as planned.", "success")]


def test_an_hour_later_and_back(bench: Bench) -> None:
    bench.do(NoticeKind.PREFLIGHT, NoticeAction.LATER)
    assert bench.backend.calls == [("postpone", "p1-a1", 60)]
    (offer,) = bench.offers
    assert offer.text == "An hour later: Fri 20 Nov, 14:10 CET."
    offer.run()
    assert bench.backend.calls[-1] == ("move", "p1", plan_instant(SOON, "Europe/Berlin"))


def test_publish_now_waits_a_moment(bench: Bench) -> None:
    made = bench.do(NoticeKind.MISSED, NoticeAction.PUBLISH_NOW)
    assert bench.backend.calls == []
    assert bench.acts.busy
    bench.acts._leaving[made.key][0].timeout.emit()
    assert bench.backend.calls == [("retry", "p1")]
    assert bench.toasts == [("Publishing now.", "success")]
    assert not bench.acts.busy


def test_publish_now_is_taken_back(bench: Bench) -> None:
    bench.do(NoticeKind.MISSED, NoticeAction.PUBLISH_NOW)
    bench.do(NoticeKind.MISSED, NoticeAction.PUBLISH_NOW)
    (offer,) = bench.offers
    offer.run()
    offer.run()
    bench.acts.finish()
    assert bench.backend.calls == []
    assert not bench.acts.busy
    assert bench.frames == ["began", "ended"]


def test_at_the_end_what_was_promised_is_published(bench: Bench) -> None:
    bench.do(NoticeKind.MISSED, NoticeAction.PUBLISH_NOW)
    bench.acts.finish()
    assert bench.backend.calls == [("retry", "p1")]


@pytest.mark.parametrize(
    ("kind", "action", "asked"),
    [
        (NoticeKind.FAILED, NoticeAction.OPEN, ("post", "p1")),
        (NoticeKind.COVERAGE, NoticeAction.OPEN, ("post", "p1")),
        (NoticeKind.PREFLIGHT, NoticeAction.EDIT, ("edit", "p1")),
        (NoticeKind.MISSED, NoticeAction.RESCHEDULE, ("reschedule", "p1")),
        (NoticeKind.ACCOUNT_EXPIRED, NoticeAction.RECONNECT, ("reconnect", "a1")),
        (NoticeKind.ACCOUNT_EXPIRED, NoticeAction.OPEN, ("account", "a1")),
    ],
)
def test_what_leads_somewhere(
    bench: Bench, kind: NoticeKind, action: NoticeAction, asked: tuple[str, str]
) -> None:
    bench.do(kind, action)
    assert bench.asked == [asked]
    assert bench.backend.calls == []


def test_too_late_is_told(bench: Bench) -> None:
    bench.backend.failure = Conflict("It is too late for that.", code="too_late")
    bench.do(NoticeKind.PREFLIGHT, NoticeAction.HOLD)
    assert bench.offers == []
    assert bench.toasts == [("It is too late for that. Look at the post as it is now.", "error")]
    assert bench.frames == ["began", "ended"]


@pytest.mark.parametrize(
    ("kind", "action"),
    [
        (NoticeKind.FAILED, NoticeAction.RETRY),
        (NoticeKind.MISSED, NoticeAction.PUBLISH_NOW),
        (NoticeKind.PREFLIGHT, NoticeAction.HOLD),
        (NoticeKind.PREFLIGHT, NoticeAction.LATER),
    ],
)
def test_offline_nothing_is_promised(bench: Bench, kind: NoticeKind, action: NoticeAction) -> None:
    bench.changes._take_state(SyncState(link=Link.OFFLINE, since=NOW))
    bench.do(kind, action)
    assert bench.backend.calls == []
    assert [kind for _, kind in bench.toasts] == ["warning"]
    assert not bench.acts.busy
