"""One notice: what happened, what is kept, what to do, and its acts."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from postflow_desktop.domain.notice import Notice, NoticeAction, NoticeKind
from postflow_desktop.ui.kit.buttons import Button
from postflow_desktop.ui.kit.panels import IconLabel, Pill, Text
from postflow_desktop.ui.kit.theme import current_theme

_LOOKS = {
    NoticeKind.FAILED: ("warning", "danger"),
    NoticeKind.NEEDS_ATTENTION: ("warning-circle", "warning"),
    NoticeKind.MISSED: ("calendar-x", "warning"),
    NoticeKind.SKIPPED: ("calendar-x", "info"),
    NoticeKind.PUBLISHED: ("check-circle", "success"),
    NoticeKind.ACCOUNT_EXPIRED: ("plugs", "danger"),
    NoticeKind.ACCOUNT_EXPIRING: ("plugs", "warning"),
    NoticeKind.COVERAGE: ("moon", "info"),
    NoticeKind.PREFLIGHT: ("paper-plane-tilt", "accent_text"),
}


class UnreadDot(QWidget):
    """Not seen yet; the row's accessible name says the same."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.is_unread = False
        current_theme().changed.connect(self.updateGeometry)

    def sizeHint(self) -> QSize:
        """A small square."""
        return QSize(current_theme().px(8), current_theme().px(8))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - Qt's signature
        """A dot, or nothing in its room."""
        if not self.is_unread:
            return
        painter = QPainter(self)
        try:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(current_theme().color("accent"))
            painter.drawEllipse(QRectF(self.rect()))
        finally:
            painter.end()


class ActButton(Button):
    """One of the acts that a notice offers."""

    chosen = Signal(object)
    """Its NoticeAction."""

    def __init__(self, action: NoticeAction, notice: Notice, parent: QWidget) -> None:
        super().__init__(
            action.words, parent, size="small", name=f"notice-{action.value}-{notice.key}"
        )
        self._action = action
        self.setAccessibleName(f"{action.words}: {notice.title}")
        self.clicked.connect(self._choose)

    @Slot()
    def _choose(self) -> None:
        self.chosen.emit(self._action)


class NoticeItem(QFrame):
    """Takes the focus as a whole; its buttons follow by Tab."""

    acted = Signal(str, object)
    """The key and a NoticeAction."""

    def __init__(self, notice: Notice, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.notice = notice
        self.setObjectName(f"notice-{notice.key}")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.dot = UnreadDot(self)
        self.mark = IconLabel("bell", self, size=18)
        self.title = Text(role="strong", wraps=True, parent=self)
        self.time = Text(role="caption", tone="text2", parent=self)
        self.text = Text(role="small", wraps=True, parent=self)
        self.fix = Text(role="small", tone="text2", wraps=True, parent=self)
        self.done = Pill("Done", self, tone="success", icon="check-circle")
        self.buttons: dict[NoticeAction, ActButton] = {}
        self._button_row = QHBoxLayout()
        self._lay_out()

    def show_notice(self, notice: Notice, *, time: str, is_unread: bool, can_act: bool) -> None:
        """Show it as it is now."""
        self.notice = notice
        icon, tone = _LOOKS[notice.kind]
        settled = notice.withdrawn
        self.mark.set_icon("check-circle" if settled else icon, "text3" if settled else tone)
        self.title.setText(notice.title)
        self.title.set_tone("text2" if settled else "text")
        self.text.setText(notice.text)
        self.text.set_tone("text2" if settled else "text")
        self.fix.setText(notice.fix)
        self.fix.setVisible(bool(notice.fix) and not settled)
        self.time.setText(time)
        self.done.setVisible(settled)
        self.dot.is_unread = is_unread
        self.dot.update()
        self._show_buttons(() if settled else notice.actions, can_act=can_act)
        state = "done" if settled else ("unread" if is_unread else "seen")
        self.setAccessibleName(f"{notice.title}, {time}, {state}")
        self.setAccessibleDescription(f"{notice.text} {notice.fix}".strip())

    def act(self) -> None:
        """What Enter does: look at it, or what is offered instead."""
        actions = self.notice.actions
        can_open = self.notice.post_id is not None or NoticeAction.OPEN in actions
        self.acted.emit(self.notice.key, NoticeAction.OPEN if can_open else actions[0])

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A click beside the buttons looks at it."""
        super().mouseReleaseEvent(event)
        if event.button() == Qt.MouseButton.LeftButton and self.rect().contains(
            event.position().toPoint()
        ):
            self.act()

    def _show_buttons(self, actions: tuple[NoticeAction, ...], *, can_act: bool) -> None:
        for action in set(self.buttons) - set(actions):
            gone = self.buttons.pop(action)
            self._button_row.removeWidget(gone)
            gone.hide()
            gone.deleteLater()
        for place, action in enumerate(actions):
            button = self.buttons.get(action)
            if button is None:
                button = self.buttons[action] = ActButton(action, self.notice, self)
                button.chosen.connect(self._act)
                self._button_row.insertWidget(place, button)
            button.setEnabled(can_act)

    @Slot(object)
    def _act(self, action: NoticeAction) -> None:
        self.acted.emit(self.notice.key, action)

    def _lay_out(self) -> None:
        self._button_row.setSpacing(6)
        self._button_row.addWidget(self.done)
        self._button_row.addStretch(1)
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self.title, 1)
        head.addWidget(self.time, 0, Qt.AlignmentFlag.AlignTop)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addLayout(head)
        words.addWidget(self.text)
        words.addWidget(self.fix)
        words.addSpacing(4)
        words.addLayout(self._button_row)
        side = QVBoxLayout()
        side.setSpacing(8)
        side.addWidget(self.mark, 0, Qt.AlignmentFlag.AlignHCenter)
        side.addWidget(self.dot, 0, Qt.AlignmentFlag.AlignHCenter)
        side.addStretch(1)
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 8, 10, 8)
        row.setSpacing(10)
        row.addLayout(side)
        row.addLayout(words, 1)
