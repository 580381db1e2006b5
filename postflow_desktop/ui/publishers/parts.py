"""The sections of the board: the next days, the usual hours, and how to set up an agent."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from PySide6.QtCore import QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QFontMetrics, QGuiApplication, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QGridLayout,
    QHBoxLayout,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from postflow_desktop.domain.coverage import HISTORY_DAYS
from postflow_desktop.domain.time import zone
from postflow_desktop.ui.kit.buttons import Button
from postflow_desktop.ui.kit.direction import mirrored, write
from postflow_desktop.ui.kit.marks import ElidedText
from postflow_desktop.ui.kit.panels import Card, IconLabel, Text
from postflow_desktop.ui.kit.theme import current_theme
from postflow_desktop.ui.kit.tokens import RADIUS
from postflow_desktop.ui.publishers.ahead import AHEAD, NextDays, Uncovered
from postflow_desktop.ui.publishers.hours import UsualHours
from postflow_desktop.ui.publishers.strip import HoursScale, HoursStrip
from postflow_desktop.ui.words import count_of, when

_DAYS = f"the next {AHEAD.days} days"
_WIDE_TIME = "Wed 20 Nov, 00:00 CET"
_PAGE = 8
"""So many posts at first, and with each "Show more"."""


class PostLine(QAbstractButton):
    """A post that has nobody awake: its time and title, and under them why."""

    opened = Signal(str)

    def __init__(self, found: Uncovered, at: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._at = at
        self._title = " ".join(found.title.split()) or "Post without text"
        self._below = found.sentence
        self.post_id = found.post_id
        self.setObjectName(f"uncovered-{found.post_id}")
        self.setText(f"{at} {self._title}")
        self.setAccessibleName(f"{self._title}, {at}")
        self.setAccessibleDescription(f"{found.sentence} Shows the post.")
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.clicked.connect(self._open)
        current_theme().changed.connect(self.updateGeometry)

    def sizeHint(self) -> QSize:
        """Two lines."""
        return QSize(current_theme().px(240), current_theme().px(46))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - Qt's signature
        """A ground under the pointer, the time, the title, the sentence."""
        theme = current_theme()
        painter = QPainter(self)
        try:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            if self.isDown() or self.underMouse():
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(theme.color("pressed" if self.isDown() else "hover"))
                painter.drawRoundedRect(QRectF(self.rect()), RADIUS.control, RADIUS.control)
            half = self.height() / 2
            edge = theme.px(8)
            # One width for all, so that the titles stand under each other.
            metrics = QFontMetrics(theme.font("body"))
            time = max(metrics.horizontalAdvance(words) for words in (self._at, _WIDE_TIME))
            time += theme.px(12)
            wide = self.width() - 2 * edge
            self._line(painter, QRectF(edge, 3, time, half - 2), self._at, "body", "text2")
            title = QRectF(edge + time, 3, wide - time, half - 2)
            self._line(painter, title, self._title, "strong", "text")
            below = QRectF(edge, half, wide, half - 4)
            self._line(painter, below, self._below, "small", "text2")
        finally:
            painter.end()

    def _line(self, painter: QPainter, box: QRectF, words: str, role: str, color: str) -> None:
        theme = current_theme()
        font = theme.font(role)
        shown = QFontMetrics(font).elidedText(words, Qt.TextElideMode.ElideRight, int(box.width()))
        painter.setFont(font)
        painter.setPen(theme.color(color))
        rtl = self.isRightToLeft()
        place = mirrored(box, QRectF(self.rect()), right_to_left=rtl)
        write(painter, place, shown, right_to_left=rtl)

    @Slot()
    def _open(self) -> None:
        self.opened.emit(self.post_id)


class NextDaysCard(Card):
    """What of the next days has nobody awake."""

    post_asked = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, margin=16)
        self.setObjectName("publishers-ahead")
        self.icon = IconLabel("check-circle", self, size=18)
        self.words = Text(role="strong", wraps=True, parent=self)
        self.words.setObjectName("publishers-ahead-words")
        self.more_button = Button("Show more", self, size="small", name="publishers-more")
        self._limit = _PAGE
        self._shown: tuple[object, ...] = ()
        self.lines: list[PostLine] = []
        self._column = QVBoxLayout()
        self._column.setSpacing(2)
        head = QHBoxLayout()
        head.setSpacing(10)
        head.addWidget(self.icon, 0, Qt.AlignmentFlag.AlignTop)
        head.addWidget(self.words, 1)
        self.body.addLayout(head)
        self.body.addLayout(self._column)
        self.body.addWidget(self.more_button, 0, Qt.AlignmentFlag.AlignLeft)
        self.more_button.clicked.connect(self._show_more)
        self._state: tuple[NextDays | None, str, datetime | None] = (None, "UTC", None)
        self.more_button.hide()

    def show_ahead(self, found: NextDays | None, zone_name: str, now: datetime | None) -> None:
        """Show what was worked out; None: not yet."""
        self._state = (found, zone_name, now)
        icon, color, words = _words_about(found)
        self.icon.set_icon(icon, color)
        self.words.setText(words)
        uncovered = found.uncovered if found else ()
        self.more_button.setVisible(len(uncovered) > self._limit)
        self._show_lines(uncovered[: self._limit], zone_name, now)

    def _show_lines(
        self, uncovered: Sequence[Uncovered], zone_name: str, now: datetime | None
    ) -> None:
        shown = (tuple(uncovered), zone_name)
        if shown == self._shown or now is None:
            return
        self._shown = shown
        focused = next((line.post_id for line in self.lines if line.hasFocus()), "")
        for old in self.lines:
            self._column.removeWidget(old)
            old.hide()
            old.deleteLater()
        self.lines = [PostLine(one, when(one.at, zone_name, now), self) for one in uncovered]
        for line in self.lines:
            line.opened.connect(self.post_asked)
            self._column.addWidget(line)
            if line.post_id == focused:
                line.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot()
    def _show_more(self) -> None:
        self._limit += _PAGE
        self.show_ahead(*self._state)


class HoursCard(Card):
    """A strip for each machine of the last days."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, margin=16)
        self.setObjectName("publishers-hours")
        self.hint = Text(role="small", tone="text2", wraps=True, parent=self)
        self.strips: list[HoursStrip] = []
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(16)
        self._grid.setVerticalSpacing(6)
        self._grid.setColumnStretch(1, 1)
        self._shown: object = None
        self._made: list[QWidget] = []
        self.body.addLayout(self._grid)
        self.body.addWidget(self.hint)

    def show_hours(
        self, machines: Sequence[UsualHours], zone_name: str, now: datetime | None
    ) -> None:
        """Show the machines; the clock is that of the organization."""
        hour = now.astimezone(zone(zone_name)).hour if now else -1
        if (machines, hour, zone_name) == self._shown:
            return
        self._shown = (machines, hour, zone_name)
        for old in self._made:
            self._grid.removeWidget(old)
            old.hide()
            old.deleteLater()
        self._made, self.strips = [], []
        if machines:
            self._put(HoursScale(self), 0, 1)
        for row, machine in enumerate(machines, start=1):
            self._put(self._name(machine), row, 0)
            strip = HoursStrip(self)
            strip.show_hours(machine, hour)
            self.strips.append(strip)
            self._put(strip, row, 1)
        self.hint.setText(
            f"Hours in {zone_name}; the fuller, the more often PostFlow was on in the last "
            f"{HISTORY_DAYS} days. Coverage is judged by this."
            if machines
            else f"PostFlow was on nowhere in the last {HISTORY_DAYS} days."
        )

    def _name(self, machine: UsualHours) -> QWidget:
        box = QWidget(self)
        box.setFixedWidth(current_theme().px(190))
        name = ElidedText(machine.name, parent=box)
        words = ElidedText(role="caption", parent=box)
        words.set_tone("text2")
        words.setText(machine.words[:1].upper() + machine.words[1:])
        column = QVBoxLayout(box)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(name)
        column.addWidget(words)
        return box

    def _put(self, widget: QWidget, row: int, column: int) -> None:
        self._made.append(widget)
        self._grid.addWidget(widget, row, column, Qt.AlignmentFlag.AlignVCenter)


class AgentCard(Card):
    """How to set up a computer that is always awake."""

    copied = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, margin=16)
        self.setObjectName("publishers-agent")
        self.words = Text(
            "An agent publishes without a window, for every workspace it is signed in to, and goes "
            "first while it is on. Any computer that is always on will do, as long as it reaches "
            "the workspace's database. Install PostFlow there, then run:",
            tone="text2",
            wraps=True,
            parent=self,
        )
        self.commands = Text("", role="mono", parent=self)
        self.commands.setObjectName("publishers-agent-commands")
        self.commands.setAccessibleName("Commands that set up an agent")
        self.commands.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.copy_button = Button(
            "Copy commands", self, size="small", icon="copy", name="publishers-copy"
        )
        self.hint = Text(
            "On this computer the last line alone is enough. To start it with the computer, see "
            "postflow-agent.service in the packaging folder.",
            role="small",
            tone="text2",
            wraps=True,
            parent=self,
        )
        ground = Card(self, margin=12)
        ground.setProperty("panel", "sunken")
        ground.body.addWidget(self.commands)
        self.body.addWidget(self.words)
        self.body.addWidget(ground)
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(self.copy_button)
        row.addWidget(self.hint, 1)
        self.body.addLayout(row)
        self.copy_button.clicked.connect(self._copy)

    def show_email(self, email: str) -> None:
        """The commands with the address of who is signed in here."""
        self.commands.setText(
            "postflow workspace create --name Team --uri 'mongodb+srv://…'\n"
            f"postflow user login --email {email or 'you@example.com'} --recovery CODE\n"
            "postflow agent"
        )

    @Slot()
    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.commands.text())
        self.copied.emit()


def _words_about(found: NextDays | None) -> tuple[str, str, str]:
    """Icon, colour and sentence."""
    if found is None:
        return "clock", "text3", f"Looking who will be awake in {_DAYS}…"
    if not found.planned:
        return "calendar-blank", "text2", f"Nothing is planned for {_DAYS}."
    posts = count_of(found.planned, "post", "posts")
    if not found.uncovered:
        return "check-circle", "success", f"Somebody will be awake for the {posts} of {_DAYS}."
    alone = len(found.uncovered)
    if alone == found.planned > 1:
        return "moon", "warning", f"All {posts} of {_DAYS} have nobody awake."
    verb = "has" if alone == 1 else "have"
    of = f" of {found.planned}" if found.planned > 1 else ""
    which = "post" if alone == 1 and found.planned == 1 else "posts"
    return "moon", "warning", f"{alone}{of} {which} {verb} nobody awake in {_DAYS}."
