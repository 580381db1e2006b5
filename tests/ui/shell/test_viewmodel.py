"""What the frame around the screens shows."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from pytestqt.qtbot import QtBot

from postflow_desktop.domain.account import AccountStatus
from postflow_desktop.domain.errors import MachineProblem
from postflow_desktop.domain.pause import Pause
from postflow_desktop.services.ports.drafts import LocalDraft
from postflow_desktop.services.ports.replica import AccountRow, Change, Link, SyncState
from postflow_desktop.ui.kit.changes import Changes
from postflow_desktop.ui.kit.tasks import Tasks
from postflow_desktop.ui.shell.viewmodel import ShellViewModel, health
from tests.fakes.backend import NOW, FakeBackend, account_row


def test_drafts_on_this_machine_are_counted_with_the_others(
    backend: FakeBackend, changes: Changes, qtbot: QtBot
) -> None:
    place = backend.place()
    assert place is not None
    model = ShellViewModel(backend, Tasks(immediate=True), changes)
    model.refresh()
    before = model.counts.drafts
    new = LocalDraft(id="d1", organization_id=place.organization_id, post_id=None, text="New")
    backend.drafts.put(new)
    backend.drafts.put(
        LocalDraft(id="d2", organization_id=place.organization_id, post_id="p1", text="Changed")
    )
    changes.publish(Change(noun="localDrafts", ids=frozenset({"d1", "d2"})))
    qtbot.waitUntil(lambda: model.counts.drafts == before + 1)


def test_that_there_is_no_account_is_said_only_when_it_was_read(
    backend: FakeBackend, changes: Changes
) -> None:
    backend.replica.account_rows = []
    reading = backend.replica.accounts
    backend.replica.accounts = _unreadable  # type: ignore[method-assign]
    model = ShellViewModel(backend, Tasks(immediate=True), changes)
    model.refresh()
    assert not model.none_connected
    backend.replica.accounts = reading  # type: ignore[method-assign]
    model.refresh()
    assert model.none_connected


@pytest.mark.parametrize(
    ("slip", "told"),
    [
        (timedelta(seconds=59), None),
        (timedelta(seconds=-59), None),
        (timedelta(minutes=5), "5 min behind"),
        (timedelta(hours=-3), "3 h ahead"),
        (timedelta(days=-365), "365 days ahead"),
    ],
)
def test_a_clock_that_is_wrong_by_more_than_a_minute_is_told(
    backend: FakeBackend, changes: Changes, slip: timedelta, told: str | None, qtbot: QtBot
) -> None:
    model = ShellViewModel(backend, Tasks(immediate=True), changes)
    now = datetime(2026, 11, 20, 9, tzinfo=UTC)
    with qtbot.waitSignal(model.sync_changed):
        changes.publish_sync(SyncState(link=Link.LIVE, since=now, clock_slip=slip))
    shown = model.sync()
    if told is None:
        assert shown.kind == "success"
    else:
        assert shown.kind == "danger"
        assert told in shown.detail
        assert "are not affected" in shown.detail


def _unreadable(organization_id: str) -> list[AccountRow]:
    raise MachineProblem("The file can't be read.", code="replica_unreadable")


def test_a_paused_channel_is_marked_with_the_reason() -> None:
    pause = Pause(reason="Rebranding", by="u1", at=NOW)
    mark = health(replace(account_row(1), pause=pause))
    assert mark is not None
    assert (mark.icon, mark.text) == ("pause-circle", "Paused: Rebranding")
    broken = replace(account_row(1), pause=pause, status=AccountStatus.EXPIRED)
    mark = health(broken)
    assert mark is not None
    assert mark.text.startswith("Its sign-in has ended"), "what needs somebody comes first"
