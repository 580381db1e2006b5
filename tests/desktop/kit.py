"""A window on a home, as a person has it in front of them, and what is done with it."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from PySide6.QtCore import (
    QCoreApplication,
    QEvent,
    QEventLoop,
    QPoint,
    Qt,
    QTimer,
    qInstallMessageHandler,
)
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLineEdit, QWidget

from postflow_desktop.bootstrap import Machine, Workspace
from postflow_desktop.bootstrap.window import WindowParts
from postflow_desktop.desktop.app import Running
from postflow_desktop.desktop.openplace import OpenPlace
from postflow_desktop.desktop.screens import Screens
from postflow_desktop.domain.post import Post
from postflow_desktop.domain.time import PlannedTime, plan_instant
from postflow_desktop.machine.home import Home
from postflow_desktop.services.ports.replica import AccountRow, CalendarRow, Link
from postflow_desktop.services.posts import NewPost
from postflow_desktop.ui.backend import Place
from postflow_desktop.ui.calendar.boxes import Box
from postflow_desktop.ui.calendar.chips import ChipBox
from postflow_desktop.ui.composer.view import ComposerWindow
from postflow_desktop.ui.kit.theme import current_theme
from tests.ui.conftest import FIXED_LOOK

PASSWORD = "correct horse battery"
EMAIL = "ana@example.com"
PATIENCE = 60.0
_LOOK_MS = 5

MakeDesk = Callable[..., "Desk"]


def until(done: Callable[[], object], what: str = "it", seconds: float = PATIENCE) -> None:
    """Let the window live until that holds; AssertionError after so many seconds."""
    deadline = time.monotonic() + seconds
    loop = QEventLoop()
    timer = QTimer()
    timer.setInterval(_LOOK_MS)

    def look() -> None:
        if done() or time.monotonic() > deadline:
            loop.quit()

    timer.timeout.connect(look)
    while not done():
        assert time.monotonic() < deadline, f"{what} did not happen within {seconds} s"
        timer.start()
        loop.exec()
        timer.stop()


def turn() -> None:
    """Everything that is queued now, deletions too."""
    for _ in range(3):
        QCoreApplication.processEvents()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


class Desk:
    """One window on one home; `close` ends it as a person does and looks that nothing is left."""

    def __init__(self, home: Path, environ: dict[str, str]) -> None:
        self.home = home
        self._threads = set(threading.enumerate())
        self.machine = Machine(
            {"POSTFLOW_KEYRING": "file", **environ}, Home(home), linger_seconds=0.2
        )
        heard = qInstallMessageHandler(None)
        self.running = Running(self.machine)
        # The test's own ear, which fails on what Qt complains about.
        qInstallMessageHandler(heard)
        current_theme().set_look(FIXED_LOOK)
        self.crashes: list[BaseException] = []
        self.running.tasks.crashed.connect(self.crashes.append)
        self.is_open = True
        self.screens.start()

    # --- looking ----------------------------------------------------------------------------

    @property
    def screens(self) -> Screens:
        """The window's screens."""
        return self.running.screens

    @property
    def place(self) -> Place:
        """Where the window is."""
        place = self.running.backend.place()
        assert place is not None
        return place

    @property
    def rows(self) -> tuple[CalendarRow, ...]:
        """The posts that the calendar shows."""
        shown = self.screens.calendar.snapshot
        return () if shown is None else tuple(shown.rows)

    @property
    def titles(self) -> list[str]:
        """The words on the calendar, in order of time."""
        return [row.title for row in self.rows]

    @property
    def link(self) -> Link:
        """How the window stands to the cluster."""
        return self.running.changes.state.link

    @property
    def toasts(self) -> list[str]:
        """What stands in the corner of the window."""
        return [toast.text for toast in self.screens.window.toasts.visible()]

    def row(self, title: str) -> CalendarRow:
        """The post with this title."""
        (row,) = (row for row in self.rows if row.title == title)
        return row

    def find(self, name: str, kind: type[QWidget] = QWidget) -> QWidget:
        """A visible widget by its object name, wherever it is."""
        for window in QApplication.topLevelWidgets():
            for widget in [window, *window.findChildren(kind, name)]:
                if widget.objectName() == name and widget.isVisible():
                    return widget
        raise AssertionError(f"nothing named {name} is to be seen")

    # --- doing ------------------------------------------------------------------------------

    def click(self, name: str) -> None:
        """Press a button."""
        button = self.find(name, QAbstractButton)
        assert button.isEnabled(), name
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)

    def fill(self, **texts: str) -> None:
        """Type into fields; underscores in names stand for hyphens."""
        for name, text in texts.items():
            field = self.find(name.replace("_", "-"))
            edit = field if isinstance(field, QLineEdit) else field.findChild(QLineEdit)
            assert isinstance(edit, QLineEdit), name
            edit.setFocus()
            edit.selectAll()
            QTest.keyClicks(edit, text)

    def create(self, uri: str = "", name: str = "Corner Bakery") -> Place:
        """A workspace, made without the form; the window arrives there."""
        made = self.running.backend.create_place(
            workspace=name,
            uri=uri,
            email=EMAIL,
            name="Ana",
            password=PASSWORD,
            organization=name,
        )
        self.recovery = made[1]
        self.arrive()
        return made[0]

    def arrive(self) -> None:
        """Look where we are, and wait until the cluster is followed."""
        self.screens.window.refresh_place()
        self.screens.window.show_welcome(shown=False)
        self.screens.window.show_screen("calendar")
        self.until_live()

    def until_live(self) -> None:
        """Wait until the window shows what the cluster has."""
        until(lambda: self.link is Link.LIVE, "following the cluster")

    def place_parts(self) -> WindowParts:
        """The local side of the open place."""
        return self._here()._parts

    def workspace(self) -> Workspace:
        """The open workspace, connected."""
        return self._here().connection.workspace()

    def _here(self) -> OpenPlace:
        here = self.running.backend._open
        assert here is not None
        return here

    def chip(self, title: str) -> ChipBox:
        """Where a post stands on the month."""
        layout = self.screens.calendar_view.month.month_layout
        assert layout is not None
        row = self.row(title)
        cell = layout.cell(self.screens.calendar.day_of(row))
        assert cell is not None
        (chip,) = (chip for chip in cell.chips if chip.row.post_id == row.post_id)
        return chip

    def click_day(self, day: date) -> None:
        """Click the empty part of a day."""
        month = self.screens.calendar_view.month
        assert month.month_layout is not None
        cell = month.month_layout.cell(day)
        assert cell is not None
        spot = QPoint(cell.box.right - 6, cell.box.bottom - 6)
        QTest.mouseClick(month, Qt.MouseButton.LeftButton, pos=spot)

    def drag(self, title: str, day: date) -> None:
        """Carry a post to another day and let go."""
        month = self.screens.calendar_view.month
        assert month.month_layout is not None
        cell = month.month_layout.cell(day)
        assert cell is not None
        start, end = _middle(self.chip(title).box), _middle(cell.box)
        QTest.mousePress(month, Qt.MouseButton.LeftButton, pos=start)
        QTest.mouseMove(month, start + QPoint(20, 20))
        QTest.mouseMove(month, end)
        QTest.mouseRelease(month, Qt.MouseButton.LeftButton, pos=end)

    def composer(self) -> ComposerWindow:
        """The composer that was opened last, ready to type."""
        composer = self.screens.composers.all[-1]
        until(lambda: composer.model.ready, "the composer's opening")
        return composer

    # --- ending -----------------------------------------------------------------------------

    def close(self, *, last: bool = True) -> None:
        """Close the window and wait for its end; nothing may have crashed, no thread may stay.

        While another window is open (`last` is False), threads are its as well, and not counted.
        """
        if not self.is_open:
            return
        self.is_open = False
        ended: list[bool] = []
        self.screens.finished.connect(lambda: ended.append(True))
        self.screens.close()
        until(lambda: ended, "the end of the window")
        self.stop(last=last)

    def stop(self, *, last: bool = True) -> None:
        """End what carries the window."""
        self.is_open = False
        self.running.close()
        self.machine.close()
        turn()
        assert not self.crashes
        if last:
            self._await_threads()

    def _await_threads(self) -> None:
        until(lambda: not self.left_threads(), f"the end of {self.left_threads()}", seconds=20)

    def left_threads(self) -> list[str]:
        """Threads that were not there before the window."""
        return [t.name for t in threading.enumerate() if t not in self._threads]


class Teammate:
    """A second machine of the team, without a window."""

    def __init__(self, home: Path, address: str, recovery: str) -> None:
        from postflow_desktop.machine.settings import WorkspaceKind

        self.machine = Machine({"POSTFLOW_KEYRING": "file"}, Home(home))
        name = address.partition("?")[0].rpartition("/")[2]
        record = self.machine.home.add(
            "Team", WorkspaceKind.URI, db=name, created_at=self.machine.clock.now()
        )
        self.machine.keep_address(record, address)
        self.workspace = Workspace.open(self.machine, record, address)
        entered = self.workspace.identity.log_in(EMAIL, PASSWORD, recovery)
        self.machine.home.set_user(record.id, entered.user.id, EMAIL)
        self.seat = self.workspace.seat()

    def plan(self, text: str, at: datetime, account_id: str) -> Post:
        """A post for a time."""
        new = NewPost(text=text, account_ids=(account_id,))
        return self.seat.submit.create(new, instant(at), now=False)

    def close(self) -> None:
        """Go away."""
        self.workspace.close()
        self.machine.close()


def instant(at: datetime) -> PlannedTime:
    """A time as it is planned, in UTC."""
    return plan_instant(at, "UTC")


def noon(days: int = 1) -> datetime:
    """Twelve o'clock some days from now."""
    day = datetime.now(UTC).date() + timedelta(days=days)
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)


def add_account(desk: Desk, url: str, handle: str = "bakery.test") -> AccountRow:
    """An account on a sandbox, connected as a person would; once the window shows it."""
    from postflow_desktop.domain.network import Network

    row, _ = desk.running.backend.connect(Network.BLUESKY, url, handle, "abcd-efgh-ijkl-mnop")
    until(lambda: row.id in {a.id for a in desk.screens.calendar.channels.accounts}, "the account")
    return row


def pids_of(folder: Path) -> list[int]:
    """The processes whose command line names something below a folder."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            words = (entry / "cmdline").read_bytes().decode(errors="replace").split("\0")
            state = (entry / "stat").read_text().rpartition(")")[2].split()[0]
            if state not in "ZX" and any(f"{word}/".startswith(f"{folder}/") for word in words):
                found.append(int(entry.name))
    return found


def kill9(pids: list[int]) -> None:
    """End processes as a power cut would."""
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def clear(folder: Path) -> None:
    """End the embedded servers of the homes below a folder."""
    while left := pids_of(folder):
        kill9(left)


def _middle(box: Box) -> QPoint:
    return QPoint(box.x + box.width // 2, box.y + box.height // 2)
