"""A composer's view model over the fake backend, with time standing still."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from postflow_desktop.ui.composer.viewmodel import ComposerViewModel
from postflow_desktop.ui.kit.changes import Changes
from postflow_desktop.ui.kit.tasks import Tasks
from tests.fakes.backend import FakeBackend
from tests.ui.composer.held import HeldMoments


@dataclass
class Desk:
    """One composer with everything around it, and what it said."""

    backend: FakeBackend
    moments: HeldMoments
    changes: Changes
    tasks: Tasks
    model: ComposerViewModel
    toasts: list[tuple[str, str]] = field(default_factory=list)
    offers: list[tuple[str, str, object]] = field(default_factory=list)
    scheduled: list[str] = field(default_factory=list)
    finished: int = 0

    def listen(self) -> None:
        self.model.toast.connect(lambda text, kind: self.toasts.append((text, kind)))
        self.model.offer.connect(lambda *offer: self.offers.append(offer))
        self.model.scheduled.connect(self.scheduled.append)
        self.model.finished.connect(self._count)

    def _count(self) -> None:
        self.finished += 1

    def take_offer(self) -> None:
        act = self.offers.pop()[2]
        assert callable(act)
        act()

    @property
    def commands(self) -> list[object]:
        return [call[0] for call in self.backend.calls]


def make_desk(backend: FakeBackend | None = None, tasks: Tasks | None = None) -> Desk:
    fake = backend or FakeBackend()
    moments = HeldMoments()
    changes = Changes()
    work = tasks or Tasks(immediate=True)
    model = ComposerViewModel(fake, work, changes, moments=moments)
    desk = Desk(backend=fake, moments=moments, changes=changes, tasks=work, model=model)
    desk.listen()
    return desk


@pytest.fixture
def desk(qapp: object) -> Desk:
    return make_desk()


@pytest.fixture
def writing(desk: Desk) -> Desk:
    """A new post that was opened."""
    desk.model.open_new(None)
    return desk
