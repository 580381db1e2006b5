"""F6 and Shift+F6: from one part of the window to the next, to where the focus was in it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, Qt, Slot
from PySide6.QtWidgets import QApplication, QWidget
from shiboken6 import isValid


class Panes(QObject):
    """Remembers the last focus in each pane."""

    def __init__(self, panes: Sequence[QWidget], parent: QObject) -> None:
        super().__init__(parent)
        self.all = tuple(panes)
        self._last: dict[QWidget, QWidget] = {}
        app = QApplication.instance()
        if isinstance(app, QApplication):
            app.focusChanged.connect(self._remember)

    def step(self, by: int) -> bool:
        """Go to the next pane that shows and can take the focus; whether there was one."""
        shown = [pane for pane in self.all if pane.isVisible()]
        focused = QApplication.focusWidget()
        now = next((n for n, pane in enumerate(shown) if _holds(pane, focused)), None)
        start = (-1 if by > 0 else 0) if now is None else now
        for distance in range(1, len(shown) + 1):
            if self._enter(shown[(start + by * distance) % len(shown)]):
                return True
        return False

    def enter(self, pane: QWidget) -> bool:
        """Go to this pane."""
        return self._enter(pane)

    def _enter(self, pane: QWidget) -> bool:
        target = self._last.get(pane)
        if target is None or not isValid(target) or not target.isVisibleTo(pane.window()):
            target = _first_focusable(pane)
        if target is None:
            return False
        target.setFocus(Qt.FocusReason.TabFocusReason)
        return True

    @Slot(QWidget, QWidget)
    def _remember(self, old: QWidget | None, new: QWidget | None) -> None:  # noqa: ARG002 - Qt's signature
        for pane in self.all:
            if isValid(pane) and new is not None and _holds(pane, new):
                self._last[pane] = new


def _holds(pane: QWidget, widget: QWidget | None) -> bool:
    return widget is not None and (pane is widget or pane.isAncestorOf(widget))


def _first_focusable(pane: QWidget) -> QWidget | None:
    """The first in Tab order that Tab would reach."""
    if pane.focusPolicy() & Qt.FocusPolicy.TabFocus:
        return pane
    # Before the window shows, nothing is visible, and the first focus is chosen all the same.
    window = pane.window()
    widget = pane.nextInFocusChain()
    while widget is not None and widget is not pane:
        reachable = bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus) and widget.isEnabled()
        if reachable and pane.isAncestorOf(widget) and widget.isVisibleTo(window):
            return widget
        widget = widget.nextInFocusChain()
    return None
