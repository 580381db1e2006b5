"""The order in which Tab goes through the window, whatever order its parts were made in."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QWidget


def arrange(window: QWidget, panes: Sequence[QWidget], by_place: Sequence[QWidget]) -> None:
    """One pane after another; those in `by_place` from top to bottom and along the lines.

    In the others the order stays that their screens gave them; what is in no pane comes last.
    """
    chain = _chain(window)
    parts: list[list[QWidget]] = [[] for _ in range(len(panes) + 1)]
    for widget in chain:
        holder = (n for n, pane in enumerate(panes) if pane is widget or pane.isAncestorOf(widget))
        parts[next(holder, len(panes))].append(widget)
    for pane, part in zip(panes, parts, strict=False):
        if pane in by_place:
            part.sort(key=lambda widget: _place(widget, window))
    wanted = [widget for part in parts for widget in part]
    if wanted != chain:
        for one, following in pairwise(wanted):
            QWidget.setTabOrder(one, following)


def _chain(window: QWidget) -> list[QWidget]:
    """What Tab reaches now, in the present order."""
    found = []
    widget = window.nextInFocusChain()
    while widget is not None and widget is not window:
        takes_tab = bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus)
        if takes_tab and widget.isVisibleTo(window) and not widget.focusProxy():
            found.append(widget)
        widget = widget.nextInFocusChain()
    return found


def _place(widget: QWidget, window: QWidget) -> tuple[int, int]:
    """Line and place in it; middles, so that high and low widgets of one line stay together."""
    middle = widget.mapTo(window, QPoint(0, 0)) + widget.rect().center()
    along = -middle.x() if widget.isRightToLeft() else middle.x()
    return middle.y() // 16, along
