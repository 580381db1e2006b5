"""A calendar over the backend in memory, on a held clock."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from PySide6.QtWidgets import QApplication

from postflow_desktop.domain.errors import PostFlowError
from postflow_desktop.domain.post import PostStatus
from postflow_desktop.services.ports.replica import CalendarRow, Change
from postflow_desktop.ui.calendar.state import ComposeRequest
from postflow_desktop.ui.calendar.viewmodel import CalendarViewModel
from postflow_desktop.ui.kit.changes import Changes
from postflow_desktop.ui.kit.tasks import Tasks
from tests.fakes.backend import NOW, FakeBackend, MemoryReplica

BERLIN = ZoneInfo("Europe/Berlin")
TODAY = date(2026, 11, 20)


class ScriptedReplica(MemoryReplica):
    """A replica that can lag behind the cluster or fail."""

    def __init__(self) -> None:
        super().__init__()
        self.failure: PostFlowError | None = None
        self._old: Sequence[CalendarRow] | None = None

    def calendar(
        self,
        organization_id: str,
        start: datetime,
        end: datetime,
        *,
        account_ids: frozenset[str] | None = None,
    ) -> Sequence[CalendarRow]:
        """What it has, or had."""
        if self.failure is not None:
            raise self.failure
        fresh = super().calendar(organization_id, start, end, account_ids=account_ids)
        return fresh if self._old is None else self._old

    def lag(self) -> None:
        """Go on saying what is true now."""
        year = timedelta(days=365)
        self._old = super().calendar("o1", NOW - year, NOW + year)

    def catch_up(self) -> None:
        """Say what is true."""
        self._old = None


class HeldTasks(Tasks):
    """Reads at once; commands wait until `release`, as on a slow cluster."""

    def __init__(self) -> None:
        super().__init__(immediate=True)
        self.waiting: list[Callable[[], None]] = []
        self.holding = False
        self.holding_reads = False

    def run(self, work, done, failed=None, *, key=None):  # type: ignore[no-untyped-def]
        """Keep it while held."""
        start = super().run
        if self.holding:
            self.waiting.append(lambda: start(work, done, failed, key=key))
        else:
            start(work, done, failed, key=key)

    def read(self, work, done, failed=None, *, key=None):  # type: ignore[no-untyped-def]
        """Keep it while reads are held."""
        start = super().read
        if self.holding_reads:
            self.waiting.append(lambda: start(work, done, failed, key=key))
        else:
            start(work, done, failed, key=key)

    def release(self) -> None:
        """Let the oldest one run."""
        self.waiting.pop(0)()


@dataclass
class Calendar:
    """A view model with everything around it, and what it said."""

    backend: FakeBackend
    replica: ScriptedReplica
    tasks: HeldTasks
    changes: Changes
    viewmodel: CalendarViewModel
    clock: list[datetime]
    toasts: list[tuple[str, str, bool]] = field(default_factory=list)
    selected: list[str] = field(default_factory=list)
    opened: list[str] = field(default_factory=list)
    composed: list[ComposeRequest] = field(default_factory=list)

    def post(
        self,
        day: date,
        hour: int = 9,
        minute: int = 30,
        *,
        text: str = "Fresh bread",
        status: PostStatus = PostStatus.SCHEDULED,
        accounts: tuple[str, ...] = ("a1",),
    ) -> str:
        """A post at a wall time in Berlin; its id."""
        at = datetime.combine(day, time(hour, minute), tzinfo=BERLIN).astimezone(UTC)
        return self.backend.add_post(text, at=at, status=status, accounts=accounts).id

    def row(self, post_id: str) -> CalendarRow:
        """The post as the calendar shows it."""
        found = self.viewmodel.row(post_id)
        assert found is not None
        return found

    def wall(self, post_id: str) -> str:
        """Where the calendar shows the post."""
        return f"{self.row(post_id).at.astimezone(BERLIN):%Y-%m-%d %H:%M}"

    def moving(self) -> frozenset[str]:
        """Posts that show as being moved."""
        snapshot = self.viewmodel.snapshot
        assert snapshot is not None
        return snapshot.moving

    def moved_to(self) -> list[str]:
        """The wall times that the cluster was asked for."""
        moves = [call for call in self.backend.calls if call[0] == "move"]
        return [str(call[2].local) for call in moves]  # type: ignore[attr-defined]

    def fail_next(self, error: PostFlowError) -> None:
        """The cluster refuses the next command."""
        self.backend.failure = error

    def tell(self, noun: str = "posts") -> None:
        """The replica changed."""
        self.changes.changed.emit(Change(noun=noun, ids=frozenset()))


@pytest.fixture
def calendar(qapp: QApplication) -> Iterator[Calendar]:
    replica, tasks, changes = ScriptedReplica(), HeldTasks(), Changes()
    backend = FakeBackend(replica=replica)
    clock = [NOW]
    viewmodel = CalendarViewModel(backend, tasks, changes, now=lambda: clock[0])
    made = Calendar(backend, replica, tasks, changes, viewmodel, clock)
    viewmodel.toast.connect(lambda *parts: made.toasts.append(parts))
    viewmodel.post_selected.connect(made.selected.append)
    viewmodel.post_opened.connect(made.opened.append)
    viewmodel.compose_requested.connect(made.composed.append)
    yield made
    tasks.shutdown()
