"""Short notices at the bottom of a window; an error stays until it is closed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from PySide6.QtCore import QEvent, QObject, QRect, QSize, QTimer, Signal, Slot
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QEnterEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QWidget

from postflow_desktop.ui.kit.buttons import Button, IconButton
from postflow_desktop.ui.kit.panels import IconLabel, Text

ToastKind = Literal["info", "success", "warning", "error"]

_ICONS = {
    "info": ("info", "info"),
    "success": ("check-circle", "success"),
    "warning": ("warning", "warning"),
    "error": ("warning-circle", "danger"),
}
_MOST = 3
_MARGIN = 20
_GAP = 8
_WIDEST = 560
_SLACK = 4
"""Widths of letters are fractions; without this a last letter would be cut."""


class Toast(QFrame):
    """One notice; its time stands still while the pointer or the focus is on it."""

    closed = Signal(object)

    def __init__(self, text: str, kind: ToastKind, action: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("toast")
        self.setAccessibleName(text)
        self.setProperty("panel", "popover")
        name, color = _ICONS[kind]
        self.kind = kind
        self.text = text
        self._label = Text(text, parent=self)
        self.action = Button(action or "-", self, kind="ghost", size="small", name="toast-action")
        self.action.setVisible(bool(action))
        self._close = IconButton("x", "Close this notice", self, size=28, name="toast-close")
        self._row = row = QHBoxLayout(self)
        row.setContentsMargins(14, 8, 8, 8)
        row.setSpacing(10)
        row.addWidget(IconLabel(name, self, size=18, color=color))
        row.addWidget(self._label, 1)
        row.addWidget(self.action)
        row.addWidget(self._close)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Maximum)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.dismiss)
        self._close.clicked.connect(self.dismiss)

    def start(self, seconds: float) -> None:
        """Close by itself after this time; 0 keeps it."""
        if seconds > 0:
            self._timer.start(round(seconds * 1000))

    def fit(self, widest: int) -> None:
        """As wide as the words, or so wide and as high as they need."""
        self._label.setWordWrap(False)
        wanted = self._wanted().width()
        self._label.setWordWrap(wanted > widest)
        self.setFixedWidth(min(wanted, widest))
        self.adjustSize()

    def _wanted(self) -> QSize:
        """What the words, icon and buttons ask for."""
        for part in (self._label, self.action):
            part.ensurePolished()
            part.updateGeometry()
        self._row.invalidate()
        return self._row.sizeHint() + QSize(_SLACK, 0)

    @Slot()
    def dismiss(self) -> None:
        """Close it."""
        self._timer.stop()
        self.hide()
        self.closed.emit(self)

    def enterEvent(self, event: QEnterEvent) -> None:
        """Time stands still."""
        self._pause()
        super().enterEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        """Time goes on."""
        self._go_on()
        super().leaveEvent(event)

    def _pause(self) -> None:
        if self._timer.isActive():
            self._timer.setInterval(max(self._timer.remainingTime(), 2000))
            self._timer.stop()

    def _go_on(self) -> None:
        if self._timer.interval() > 0 and self.isVisible():
            self._timer.start()


class Toasts(QObject):
    """The notices of one window, newest at the bottom, at most three; they lie over the host."""

    def __init__(
        self,
        host: QWidget,
        *,
        above: QWidget | None = None,
        room: Callable[[], QRect] | None = None,
    ) -> None:
        super().__init__(host)
        self._host = host
        self._above = above
        """What lies at the host's bottom and stays free, as a bar with buttons."""
        self._room = host.rect if room is None else room
        """The part of the host in whose middle they stand; tell its changes by `place`."""
        self._toasts: list[Toast] = []
        self._acts: dict[Toast, Callable[[], object]] = {}
        # A timer of our own: one that Qt keeps would hold a window that is gone before it rings.
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(0)
        self._soon.timeout.connect(self.place)
        host.installEventFilter(self)

    def show(
        self,
        text: str,
        *,
        kind: ToastKind = "info",
        action: str = "",
        on_action: Callable[[], object] | None = None,
        seconds: float = 8,
    ) -> Toast:
        """Show a notice; the same words are not shown twice at once."""
        for old in [toast for toast in self._toasts if toast.text == text]:
            old.dismiss()
        toast = Toast(text, kind, action, self._host)
        toast.closed.connect(self._forget)
        if on_action is not None:
            self._acts[toast] = on_action
            toast.action.clicked.connect(self._act)
        self._toasts.append(toast)
        self._make_room()
        toast.show()
        toast.start(0 if kind == "error" else seconds)
        self.place()
        _announce(self._host, text)
        return toast

    def visible(self) -> tuple[Toast, ...]:
        """What is shown, oldest first."""
        return tuple(self._toasts)

    def withdraw(self, text: str) -> None:
        """Close the notice with these words: what it says is not true any more."""
        for toast in [toast for toast in self._toasts if toast.text == text]:
            toast.dismiss()

    def clear(self) -> None:
        """Close all."""
        for toast in list(self._toasts):
            toast.dismiss()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the host's size."""
        if event.type() == QEvent.Type.Resize and watched is self._host:
            # The host lays out what is in it first.
            self._soon.start()
        return False

    def _make_room(self) -> None:
        while len(self._toasts) > _MOST:
            passing = [toast for toast in self._toasts[:-1] if toast.kind != "error"]
            (passing or self._toasts)[0].dismiss()

    @Slot()
    def place(self) -> None:
        """Put them where there is room for them now."""
        bar = self._above.height() if self._above is not None else 0
        bottom = self._host.height() - bar - _MARGIN
        room = self._room()
        for toast in reversed(self._toasts):
            toast.fit(max(200, min(_WIDEST, room.width() - 2 * _MARGIN)))
            bottom -= toast.height()
            toast.move(room.left() + (room.width() - toast.width()) // 2, bottom)
            toast.raise_()
            bottom -= _GAP

    @Slot()
    def _act(self) -> None:
        button = self.sender()
        for toast, act in list(self._acts.items()):
            if toast.action is button:
                toast.dismiss()
                act()

    @Slot(object)
    def _forget(self, toast: Toast) -> None:
        self._acts.pop(toast, None)
        if toast in self._toasts:
            self._toasts.remove(toast)
            toast.deleteLater()
        self.place()


def _announce(widget: QWidget, text: str) -> None:
    """Let a screen reader say it."""
    if QAccessible.isActive():
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(widget, text))
