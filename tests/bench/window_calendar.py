"""The calendar month with 5,000 posts of 100,000: first paint, next month, drag frame, drop.

Each figure stands beside a floor of the same run: painting one flat colour on a widget of that
size. The goals are those of the design: a switch in 16 ms with its query, a drag frame in 2 ms.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from postflow_desktop.replica.reader import SqliteReplica
from postflow_desktop.services.ports.replica import CalendarRow
from postflow_desktop.ui.calendar.view import CalendarView
from postflow_desktop.ui.calendar.viewmodel import CalendarViewModel
from postflow_desktop.ui.kit.changes import Changes
from postflow_desktop.ui.kit.tasks import Tasks
from tests.bench.report import figure, percentile
from tests.bench.window_home import ORGANIZATION, POSTS, fill
from tests.bench.window_qt import SIZE, settle, timed
from tests.fakes.backend import NOW, FakeBackend, MemoryReplica

_ROUNDS = 40
_FRESH_MONTHS = 8


def window_calendar(folder: Path) -> None:
    """Print the figures."""
    settle()
    replica = SqliteReplica(fill(folder / "cache.db", NOW))
    stage = _Stage(replica)
    try:
        _measure(stage)
    finally:
        stage.close()
        replica.close()


class _Replica(MemoryReplica):
    """Months come from the file; the screen waits for them, so that the query is counted."""

    def __init__(self, file: SqliteReplica) -> None:
        super().__init__()
        self._file = file

    def calendar(
        self,
        organization_id: str,
        start: datetime,
        end: datetime,
        *,
        account_ids: frozenset[str] | None = None,
    ) -> Sequence[CalendarRow]:
        """The rows of that window."""
        return self._file.calendar(ORGANIZATION, start, end, account_ids=account_ids)


class _Tasks(Tasks):
    """Reads at once; what the cluster is asked stays under way, as while a drop is painted."""

    def __init__(self) -> None:
        super().__init__(immediate=True)

    def run(self, *_: object, **__: object) -> None:
        """Asked; no answer yet."""


class _Stage:
    """A calendar on a held clock, and what else was shown."""

    def __init__(self, replica: SqliteReplica) -> None:
        self.tasks = _Tasks()
        self.viewmodel = CalendarViewModel(
            FakeBackend(replica=_Replica(replica)), self.tasks, Changes(), now=lambda: NOW
        )
        self.widgets: list[QWidget] = []

    def close(self) -> None:
        """End it all."""
        for widget in self.widgets:
            widget.close()
            widget.deleteLater()
        self.tasks.shutdown()


class _Flat(QWidget):
    """One colour."""

    def paintEvent(self, event: QPaintEvent) -> None:
        """Fill it."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), 0xFFFFFF)
        painter.end()


def _measure(stage: _Stage) -> None:
    floor = _flat_repaint(stage)
    view, first = _first_paint(stage)
    _tell("calendar: first paint of 5,000 posts", "<= 50 ms", [first], floor)
    fresh, again, ahead = _switches(stage.viewmodel, view)
    _tell("calendar: next month with its query", "<= 16 ms", ahead, floor)
    _tell("calendar: a month that was shown before", "<= 16 ms", again, floor)
    _tell("calendar: next month before it was read ahead", "<= 16 ms", fresh, floor)
    frames, drop = _drag(view)
    _tell("calendar: drag frame", "<= 2 ms", frames, floor)
    _tell("calendar: drop to repaint", "<= 16 ms", [drop], floor)


def _tell(name: str, goal: str, seconds: Sequence[float], floor: float) -> None:
    median = percentile(seconds, 0.5)
    figure(
        name,
        goal=goal,
        posts=POSTS,
        median_ms=median * 1000,
        p95_ms=percentile(seconds, 0.95) * 1000,
        floor_ms=floor * 1000,
        ratio=median / floor,
    )


def _flat_repaint(stage: _Stage) -> float:
    """The floor: a widget of the same size filled with one colour."""
    flat = _Flat()
    stage.widgets.append(flat)
    flat.resize(*SIZE)
    flat.show()
    QTest.qWaitForWindowExposed(flat)
    return percentile([timed(flat.repaint) for _ in range(_ROUNDS)], 0.5)


def _first_paint(stage: _Stage) -> tuple[CalendarView, float]:
    def build() -> None:
        view = CalendarView(stage.viewmodel)
        stage.widgets.append(view)
        view.resize(*SIZE)
        stage.viewmodel.start()
        view.show()
        QTest.qWaitForWindowExposed(view)
        view.month.repaint()

    took = timed(build)
    view = stage.widgets[-1]
    assert isinstance(view, CalendarView)
    return view, took


def _switches(
    viewmodel: CalendarViewModel, view: CalendarView
) -> tuple[list[float], list[float], list[float]]:
    """Months never read, months shown before, months read ahead; with query, layout and paint."""

    def go(step: Callable[[], None]) -> Callable[[], None]:
        def switch() -> None:
            step()
            view.month.repaint()

        return switch

    later, earlier = go(viewmodel.next_month), go(viewmodel.previous_month)
    fresh = [timed(later) for _ in range(_FRESH_MONTHS)]
    again = [timed(step) for _ in range(_ROUNDS // 2) for step in (earlier, later)]
    for _ in range(_FRESH_MONTHS):
        earlier()
    ahead = []
    for _ in range(_FRESH_MONTHS):
        QTest.qWait(400)
        ahead.append(timed(earlier))
    viewmodel.go_today()
    view.month.repaint()
    return fresh, again, ahead


def _drag(view: CalendarView) -> tuple[list[float], float]:
    """Carry a chip over the month, then let it go."""
    month = view.month
    layout = month.month_layout
    assert layout is not None
    cells = [cell for cell in layout.cells if cell.day > month.viewmodel.today()]
    chip = cells[0].chips[0]
    start = QPoint(chip.box.x + 20, chip.box.y + 8)
    QTest.mousePress(month, Qt.MouseButton.LeftButton, pos=start)
    frames: list[float] = []
    QTest.mouseMove(month, start + QPoint(30, 30))
    QApplication.sendPostedEvents()
    for number in range(200):
        cell = cells[number * 7 // 200 % len(cells)]
        point = QPoint(cell.box.x + number % 60, cell.box.y + 40 + number % 30)

        def frame(where: QPoint = point) -> None:
            month.hand.move(where)
            QApplication.processEvents()

        frames.append(timed(frame))
    end = QPoint(cells[9].box.x + 20, cells[9].box.y + 60)
    month.hand.move(end)

    def drop() -> None:
        QTest.mouseRelease(month, Qt.MouseButton.LeftButton, pos=end)
        month.repaint()

    took = timed(drop)
    assert month.viewmodel.mover.sending(), "the post was not moved"
    return frames, took
