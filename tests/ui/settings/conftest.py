"""The settings' view model over the fake backend and a settings file of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from postflow_desktop.domain.errors import PostFlowError
from postflow_desktop.services.ports.replica import Link, SyncState
from postflow_desktop.ui.kit.changes import Changes
from postflow_desktop.ui.kit.memory import Memory
from postflow_desktop.ui.kit.tasks import Tasks
from postflow_desktop.ui.settings.viewmodel import SettingsViewModel
from tests.fakes.backend import NOW, FakeBackend


@dataclass
class Desk:
    """The view model with everything around it, and what it said."""

    backend: FakeBackend
    changes: Changes
    path: Path
    model: SettingsViewModel
    toasts: list[tuple[str, str]] = field(default_factory=list)
    problems: list[PostFlowError] = field(default_factory=list)
    left: list[str] = field(default_factory=list)

    def listen(self) -> None:
        self.model.toast.connect(lambda text, kind: self.toasts.append((text, kind)))
        self.model.problem.connect(self.problems.append)
        self.model.left.connect(lambda: self.left.append("left"))

    def link(self, link: Link) -> None:
        self.changes._take_state(SyncState(link=link, since=NOW))

    def remembered(self) -> Memory:
        """What another start would find in the file."""
        return Memory(self.path)

    @property
    def commands(self) -> list[object]:
        return [call[0] for call in self.backend.calls]


MakeDesk = Callable[[FakeBackend], Desk]


@pytest.fixture
def make_desk(qapp: object, tmp_path: Path) -> Iterator[MakeDesk]:
    models: list[SettingsViewModel] = []

    def make(backend: FakeBackend) -> Desk:
        path, changes = tmp_path / "window.ini", Changes()
        model = SettingsViewModel(backend, Tasks(immediate=True), changes, memory=Memory(path))
        made = Desk(backend=backend, changes=changes, path=path, model=model)
        made.listen()
        models.append(model)
        return made

    yield make
    for model in models:
        model.deleteLater()


@pytest.fixture
def desk(make_desk: MakeDesk) -> Desk:
    return make_desk(FakeBackend())
