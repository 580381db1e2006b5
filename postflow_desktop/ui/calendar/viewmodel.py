"""The calendar's state: month, rows, focus, selection, filter, moves with undo and redo.

QtCore only. What is shown comes from the replica, with what was just asked for laid over it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

from PySide6.QtCore import QLocale, QObject, QTimer, Signal, Slot

from postflow_desktop.domain.errors import PostFlowError
from postflow_desktop.domain.time import zone
from postflow_desktop.services.ports.replica import CalendarRow, Change, Link
from postflow_desktop.ui.backend import Backend, Place
from postflow_desktop.ui.calendar.ahead import Ahead
from postflow_desktop.ui.calendar.channels import Channels
from postflow_desktop.ui.calendar.clock import DayClock
from postflow_desktop.ui.calendar.days import add_months, first_of, wall_day, window_of
from postflow_desktop.ui.calendar.localization import localization_of
from postflow_desktop.ui.calendar.looks import with_pauses
from postflow_desktop.ui.calendar.mover import Mover
from postflow_desktop.ui.calendar.navigation import Focus
from postflow_desktop.ui.calendar.pending import Range
from postflow_desktop.ui.calendar.state import ComposeRequest, Emptiness, Snapshot
from postflow_desktop.ui.kit.changes import Changes
from postflow_desktop.ui.kit.tasks import Tasks

LOADING_AFTER_MS = 400
"""A reading that takes less shows nothing of itself."""
_POST_NOUNS = frozenset({"posts", "schedules"})
_CHANNEL_NOUNS = frozenset({"accounts", "socialAccounts", "organizations"})


def _system_now() -> datetime:
    return datetime.now(UTC)


class CalendarViewModel(QObject):
    """One month of one workspace; made once, lives as long as the window."""

    snapshot_changed = Signal()
    month_changed = Signal()
    focus_changed = Signal()
    state_changed = Signal()
    """Loading, failing, offline, accounts or filter."""
    history_changed = Signal()
    toast = Signal(str, str, bool)
    """Text, kind (info, success, warning, error), whether Undo is offered with it."""
    unattended = Signal(str)
    """Nobody may be awake at the time that was just chosen: why, and what to do."""
    post_selected = Signal(str)
    """Show it in the inspector; empty when nothing is selected any more."""
    post_opened = Signal(str)
    """Edit it."""
    compose_requested = Signal(object)
    """A ComposeRequest."""
    connect_requested = Signal()

    def __init__(
        self,
        backend: Backend,
        tasks: Tasks,
        changes: Changes,
        parent: QObject | None = None,
        *,
        now: Callable[[], datetime] = _system_now,
        locale: QLocale | None = None,
    ) -> None:
        super().__init__(parent)
        self._backend = backend
        self._tasks = tasks
        self._changes = changes
        self.locale = locale or QLocale()
        self.local = localization_of(self.locale)
        self._clock = DayClock(now, self)
        self._clock.day_changed.connect(self.compose)
        self._place: Place | None = None
        self.channels = Channels(backend, tasks, self)
        self.channels.changed.connect(self._channels_changed)
        self.channels.filter_changed.connect(self._filter_changed)
        self._snapshot: Snapshot | None = None
        self._selected = ""
        self.error: PostFlowError | None = None
        self.loading = False
        self.mover = Mover(backend, tasks, self, self)
        self.mover.said.connect(self.toast)
        self.mover.unattended.connect(self.unattended)
        self.mover.history_changed.connect(self.history_changed)
        self._waiting = QTimer(self)
        self._waiting.setSingleShot(True)
        self._waiting.timeout.connect(self._show_loading)
        self._ahead = Ahead(backend, tasks, lambda: (self._range(1), self._range(-1)), self)
        self._take_place()
        self._month = first_of(self.today())
        self._keep_rows(())
        self._focus = Focus(day=self.today())
        changes.changed.connect(self._take_change)
        changes.sync.connect(self._take_sync)

    # --- what is shown ----------------------------------------------------------------------

    @property
    def month(self) -> date:
        """The first day of the month that is wanted."""
        return self._month

    @property
    def snapshot(self) -> Snapshot | None:
        """What was read last; None before the first reading."""
        return self._snapshot

    @property
    def zone(self) -> ZoneInfo:
        """The place's zone."""
        return self._clock.zone

    @property
    def offline(self) -> bool:
        """Whether the cluster can't be asked."""
        return self._changes.state.link is Link.OFFLINE

    @property
    def place(self) -> Place | None:
        """Where the window is."""
        return self._place

    @property
    def emptiness(self) -> Emptiness:
        """Why the month is empty, if it is."""
        if self.channels.none_connected:
            return Emptiness.NO_CHANNELS
        if self._snapshot is None or self._snapshot.rows:
            return Emptiness.NONE
        return Emptiness.NOTHING if self.channels.filter is None else Emptiness.FILTERED

    def now(self) -> datetime:
        """This machine's clock, UTC."""
        return self._clock.now()

    def today(self) -> date:
        """The wall day of the place."""
        return self._clock.today()

    def row(self, post_id: str) -> CalendarRow | None:
        """A post of the shown weeks."""
        rows = self._snapshot.rows if self._snapshot else ()
        return next((row for row in rows if row.post_id == post_id), None)

    def day_of(self, row: CalendarRow) -> date:
        """The wall day on which a post stands."""
        return wall_day(row.at, self._clock.zone)

    # --- reading ----------------------------------------------------------------------------

    @Slot()
    def start(self) -> None:
        """Read accounts and rows; called once the window is there."""
        if self._place is not None:
            self.channels.read(self._place.organization_id)
        self.refresh()

    @Slot()
    def reload(self) -> None:
        """Another place is shown: forget everything and read again."""
        self.mover.clear()
        self._take_place()
        self.channels.clear()
        self._snapshot = None
        self._keep_rows(())
        self.select("")
        self.go_today()
        self.start()

    @Slot()
    def refresh(self) -> None:
        """Read the month's rows again; focus and selection stay."""
        if self._place is None:
            return
        wanted = self._range()
        work = partial(
            self._backend.replica.calendar,
            self._place.organization_id,
            wanted.start,
            wanted.end,
            account_ids=wanted.account_ids,
        )
        if self._snapshot is None or self._snapshot.month != self._month:
            self._waiting.start(LOADING_AFTER_MS)
        self._tasks.read(work, self._take_rows, self._take_failure, key="calendar.rows")

    @Slot()
    def compose(self) -> None:
        """Lay what is under way over the rows that were read and show both."""
        self._snapshot = Snapshot(
            month=self._read_month,
            today=self.today(),
            zone=self._clock.zone,
            rows=with_pauses(
                self.mover.laid_over(self._rows, self._read_range), self.channels.paused
            ),
            moving=self.mover.sending(),
        )
        self._keep_focus()
        self.snapshot_changed.emit()

    # --- paging, focus, selection, filter ---------------------------------------------------

    @Slot()
    def next_month(self) -> None:
        """A month later."""
        self._page(1)

    @Slot()
    def previous_month(self) -> None:
        """A month earlier."""
        self._page(-1)

    @Slot()
    def go_today(self) -> None:
        """To today."""
        self.go_to(self.today())

    def go_to(self, day: date) -> None:
        """Show a day and put the keyboard there."""
        self.set_focus(Focus(day=day))
        self._show_month(first_of(day))

    @property
    def focus(self) -> Focus:
        """Where the keyboard is."""
        return self._focus

    def set_focus(self, focus: Focus) -> None:
        """Put the keyboard somewhere; a day that is not shown brings its month."""
        if focus != self._focus:
            self._focus = focus
            self.focus_changed.emit()
        if not self._is_shown(focus.day):
            self._show_month(first_of(focus.day))

    @property
    def selected(self) -> str:
        """The selected post, or empty."""
        return self._selected

    def select(self, post_id: str) -> None:
        """Select a post for the inspector; empty for none."""
        if post_id != self._selected:
            self._selected = post_id
            self.focus_changed.emit()
        self.post_selected.emit(post_id)

    def open(self, post_id: str) -> None:
        """Edit a post."""
        self.post_opened.emit(post_id)

    def compose_on(self, day: date, files: tuple[Path, ...] = (), text: str = "") -> None:
        """A new post on a day; a day that is over is refused with a word."""
        if day < self.today():
            self.toast.emit("That day is over. Choose today or a later day.", "info", False)
            return
        self.compose_requested.emit(ComposeRequest(day=day, files=files, text=text))

    @Slot()
    def connect_account(self) -> None:
        """An account is to be connected."""
        self.connect_requested.emit()

    # --- changes ----------------------------------------------------------------------------

    def move(self, post_id: str, day: date) -> bool:
        """Move a post to another day at the same wall time; whether it was begun."""
        row = self.row(post_id)
        return row is not None and self.mover.move(row, day)

    def cancel(self, post_id: str) -> bool:
        """Take a post out of the plan; whether it was begun."""
        return self.mover.cancel(post_id)

    @Slot()
    def undo(self) -> None:
        """Undo the last move or cancellation."""
        self.mover.undo()

    @Slot()
    def redo(self) -> None:
        """Do again what was undone last."""
        self.mover.redo()

    @property
    def current(self) -> str:
        """The post that keys act on: under the keyboard, else selected; or empty."""
        return self._focus.post_id or self._selected

    def shift(self, days: int) -> bool:
        """Move the current post by so many days; whether it was begun."""
        row = self.row(self.current)
        if row is None:
            return False
        day = self.day_of(row) + timedelta(days=days)
        moved = self.move(row.post_id, day)
        if moved:
            self.set_focus(Focus(day=day, post_id=row.post_id))
        return moved

    # --- inside -----------------------------------------------------------------------------

    def _take_place(self) -> None:
        self._place = self._backend.place()
        self._clock.set_zone(zone(self._place.timezone) if self._place else ZoneInfo("UTC"))

    def _range(self, later: int = 0) -> Range:
        month = add_months(self._month, later)
        start, end = window_of(month, self.local.week_start, self._clock.zone)
        return Range(start=start, end=end, account_ids=self.channels.filter)

    def _is_shown(self, day: date) -> bool:
        start, end = window_of(self._month, self.local.week_start, self._clock.zone)
        return wall_day(start, self._clock.zone) <= day < wall_day(end, self._clock.zone)

    def _page(self, count: int) -> None:
        month = add_months(self._month, count)
        same_month = first_of(self._focus.day) == self._month
        day = self._focus.day.day if same_month else 1
        last = (add_months(month, 1) - month).days
        self._focus = Focus(day=month.replace(day=min(day, last)))
        self.focus_changed.emit()
        self._show_month(month)

    def _show_month(self, month: date) -> None:
        if month != self._month:
            self._month = month
            self.month_changed.emit()
            self.refresh()

    def _take_rows(self, rows: Sequence[CalendarRow]) -> None:
        self._waiting.stop()
        self._keep_rows(rows)
        self.mover.confirm(rows, self._read_range)
        self.compose()
        self._set_state(loading=False, error=None)
        self._ahead.soon()

    def _take_failure(self, error: PostFlowError) -> None:
        self._waiting.stop()
        self._set_state(loading=False, error=error)

    def _keep_rows(self, rows: Sequence[CalendarRow]) -> None:
        self._rows, self._read_month, self._read_range = rows, self._month, self._range()

    def _show_loading(self) -> None:
        self._keep_rows(())
        self.compose()
        self._set_state(loading=True, error=None)

    def _set_state(self, *, loading: bool, error: PostFlowError | None) -> None:
        self.loading, self.error = loading, error
        self.state_changed.emit()

    def _keep_focus(self) -> None:
        """A focused post that went to another day takes the keyboard along; a gone one not."""
        if self._focus.post_id is None:
            return
        row = self.row(self._focus.post_id)
        day = self.day_of(row) if row else self._focus.day
        focus = Focus(day=day, post_id=row.post_id if row else None)
        if focus != self._focus:
            self._focus = focus
            self.focus_changed.emit()

    @Slot()
    def _channels_changed(self) -> None:
        if self._snapshot is not None:
            self.compose()
        self.state_changed.emit()

    @Slot()
    def _filter_changed(self) -> None:
        self.state_changed.emit()
        self.refresh()

    @Slot(object)
    def _take_change(self, change: Change) -> None:
        if change.noun in _POST_NOUNS:
            self.refresh()
        elif change.noun in _CHANNEL_NOUNS and self._place is not None:
            self.channels.read(self._place.organization_id)

    @Slot(object)
    def _take_sync(self, _state: object) -> None:
        self.state_changed.emit()
