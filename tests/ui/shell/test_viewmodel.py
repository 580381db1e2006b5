"""What the frame around the screens shows."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from postflow_desktop.services.ports.drafts import LocalDraft
from postflow_desktop.services.ports.replica import Change
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
