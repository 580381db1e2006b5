"""An inspector that shows the first post."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from postflow_desktop.ui.inspector.view import InspectorView
from postflow_desktop.ui.inspector.viewmodel import InspectorViewModel
from postflow_desktop.ui.kit.changes import Changes
from postflow_desktop.ui.kit.tasks import Tasks
from tests.fakes.backend import NOW, FakeBackend


def make(
    backend: FakeBackend, changes: Changes, qtbot: QtBot, tasks: Tasks | None = None
) -> InspectorView:
    model = InspectorViewModel(backend, tasks or Tasks(immediate=True), changes, now=lambda: NOW)
    view = InspectorView(model)
    model.setParent(view)
    qtbot.addWidget(view)
    view.resize(320, 1400)
    view.show()
    view.activateWindow()
    qtbot.waitExposed(view)
    model.show_post("p1")
    return view
