"""What the frame around the screens shows."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from postflow_desktop.domain.errors import MachineProblem
from postflow_desktop.services.ports.drafts import LocalDraft
from postflow_desktop.services.ports.replica import AccountRow, Change
from postflow_desktop.ui.kit.changes import Changes
from postflow_desktop.ui.kit.tasks import Tasks
from postflow_desktop.ui.shell.viewmodel import ShellViewModel
from tests.fakes.backend import FakeBackend


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


def _unreadable(organization_id: str) -> list[AccountRow]:
    raise MachineProblem("The file can't be read.", code="replica_unreadable")
