"""Pictures of windows as they stand, in light and dark."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QPoint
from PySide6.QtGui import QPainter, QPixmap
from PySide6.QtWidgets import QWidget

from postflow_desktop.tour.steps import Report, observe
from postflow_desktop.tour.waiting import turn
from postflow_desktop.ui.kit.theme import Mode, current_theme

LEAST_WIDTH = 960
_MODES: tuple[Mode, ...] = ("light", "dark")
_SETTLE_MS = 80
"""For what comes a moment later: pictures, texts, layouts."""


class Album:
    """Saves pictures into a folder and lists them in the report."""

    def __init__(self, folder: Path, report: Report) -> None:
        self._folder = folder
        self._report = report

    def take(self, name: str, window: QWidget) -> None:
        """One window in light and dark."""
        self.take_all(window, {name: lambda: None})

    def take_all(self, window: QWidget, scenes: dict[str, Callable[[], object]]) -> None:
        """A window in several scenes, each set up by what is called for it."""
        for mode in _MODES:
            current_theme().set_mode(mode)
            for name, set_up in scenes.items():
                set_up()
                turn(_SETTLE_MS)
                self.save(f"{name}-{mode}", whole(window))
        current_theme().set_mode(_MODES[0])

    def save(self, name: str, picture: QPixmap) -> None:
        """Save one picture; NotObserved where it can't be, or is too small for a window."""
        path = self._folder / f"{name}.png"
        observe(picture.width() >= LEAST_WIDTH, f"The picture '{name}' is too narrow.")
        observe(picture.save(str(path), "PNG"), f"The picture '{name}' could not be saved.")
        self._report.pictures.append(str(path))


def whole(window: QWidget) -> QPixmap:
    """A window with the dialogs that are open over it, each in the middle."""
    picture = window.grab()
    dialogs = [child for child in window.findChildren(QWidget) if child.isWindow()]
    painter = QPainter(picture)
    try:
        for dialog in dialogs:
            if dialog.isVisible():
                middle = window.rect().center() - dialog.rect().center()
                _paint_dialog(painter, dialog, middle)
    finally:
        painter.end()
    return picture


def _paint_dialog(painter: QPainter, dialog: QWidget, corner: QPoint) -> None:
    theme = current_theme()
    painter.fillRect(painter.viewport(), theme.color("scrim"))
    painter.drawPixmap(corner, dialog.grab())
    painter.setPen(theme.color("border_strong"))
    painter.drawRect(dialog.rect().translated(corner).adjusted(-1, -1, 0, 0))
