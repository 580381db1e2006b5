"""The shortcut sheet: every command that has a key, by section, read from the registry."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QDialog,
    QGridLayout,
    QHBoxLayout,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from postflow_desktop.ui.kit.commands import Command
from postflow_desktop.ui.kit.theme import current_theme
from postflow_desktop.ui.kit.tokens import RADIUS
from postflow_desktop.ui.kit.widgets import Button, Text


class Keys(QWidget):
    """Keys as caps: "G, C" as two caps beside each other."""

    def __init__(self, keys: Sequence[str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._keys = tuple(keys)
        self.setAccessibleName(" then ".join(keys))
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """All caps in a row."""
        wide = sum(self._widths()) + 4 * (len(self._keys) - 1)
        return QSize(round(wide) + 1, current_theme().px(22))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - Qt's signature
        """The caps."""
        theme = current_theme()
        painter = QPainter(self)
        try:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setFont(theme.font("caption"))
            left = 0.5
            for key, wide in zip(self._keys, self._widths(), strict=True):
                cap = QRectF(left, 0.5, wide - 1, self.height() - 1)
                painter.setPen(theme.color("border_strong"))
                painter.setBrush(theme.color("canvas"))
                painter.drawRoundedRect(cap, RADIUS.chip, RADIUS.chip)
                painter.setPen(theme.color("text2"))
                painter.drawText(cap, Qt.AlignmentFlag.AlignCenter, key)
                left += wide + 4
        finally:
            painter.end()

    def _widths(self) -> list[float]:
        metrics = QFontMetricsF(current_theme().font("caption"))
        return [max(22.0, metrics.horizontalAdvance(key) + 14) for key in self._keys]


class ShortcutSheet(QDialog):
    """Two columns of sections; Esc closes."""

    def __init__(self, commands: Sequence[Command], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("shortcut-sheet")
        self.setWindowTitle("Keyboard shortcuts")
        self.setAccessibleName("Keyboard shortcuts")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(760, 560)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 20)
        column.setSpacing(12)
        column.addWidget(Text("Keyboard shortcuts", role="h2", parent=self))
        column.addWidget(self._make_scroll(commands), 1)
        close = Button("Close", self, name="shortcut-sheet-close")
        close.clicked.connect(self.close)
        row = QHBoxLayout()
        row.addWidget(Text("Letters work while you are not typing.", tone="text2", parent=self), 1)
        row.addWidget(close)
        column.addLayout(row)

    def _make_scroll(self, commands: Sequence[Command]) -> QScrollArea:
        scroll = QScrollArea(self)
        scroll.setObjectName("shortcut-list")
        scroll.setAccessibleName("Shortcuts by section")
        scroll.setWidgetResizable(True)
        inner = QWidget(scroll)
        grid = QHBoxLayout(inner)
        grid.setContentsMargins(0, 0, 8, 0)
        grid.setSpacing(40)
        columns = [QVBoxLayout(), QVBoxLayout()]
        heights = [0, 0]
        for section, rows in _by_section(commands).items():
            shorter = 0 if heights[0] <= heights[1] else 1
            columns[shorter].addLayout(_section(section, rows, inner))
            columns[shorter].addSpacing(20)
            heights[shorter] += len(rows) + 2
        for one in columns:
            one.setSpacing(0)
            one.addStretch(1)
            grid.addLayout(one, 1)
        scroll.setWidget(inner)
        return scroll


def _by_section(commands: Sequence[Command]) -> dict[str, list[Command]]:
    found: dict[str, list[Command]] = {}
    for command in commands:
        if command.shortcut:
            found.setdefault(command.section, []).append(command)
    return found


def _section(title: str, commands: Sequence[Command], parent: QWidget) -> QGridLayout:
    grid = QGridLayout()
    grid.setColumnStretch(0, 1)
    grid.setVerticalSpacing(6)
    grid.setContentsMargins(0, 0, 0, 0)
    grid.addWidget(Text(title, role="strong", parent=parent), 0, 0)
    for number, command in enumerate(commands, start=1):
        keys = command.shown_shortcut().split(", ")
        grid.addWidget(Text(command.title, tone="text2", parent=parent), number, 0)
        end = Qt.AlignmentFlag.AlignRight
        grid.addWidget(Keys(keys, parent), number, 1, end)
    return grid
