"""The checklist as it is shown: what is in the way, what should be better, or that all is well."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from postflow_desktop.ui.composer.judgement import Item, Level
from postflow_desktop.ui.kit.theme import current_theme
from postflow_desktop.ui.kit.widgets import IconLabel, Text
from postflow_desktop.ui.words import count_of

_LOOKS = {
    Level.ERROR: ("warning-circle", "danger"),
    Level.WARNING: ("warning", "warning"),
    Level.NOTE: ("info", "info"),
}
_KINDS = {Level.ERROR: "Problem", Level.WARNING: "Warning", Level.NOTE: "Note"}
_HIGHEST = 216


class CheckRow(QFrame):
    """One line."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.item: Item | None = None
        self._mark = IconLabel("info", self, size=16)
        self._words = Text("", role="small", wraps=True, parent=self)
        self._fix = Text("", role="small", tone="text2", wraps=True, parent=self)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(0)
        grid.setColumnStretch(1, 1)
        grid.addWidget(self._mark, 0, 0, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(self._words, 0, 1)
        grid.addWidget(self._fix, 1, 1)

    def show_item(self, item: Item) -> None:
        """Say this."""
        if item == self.item:
            return
        self.item = item
        self.setObjectName(f"composer-check-{item.code}")
        where = f" ({item.where})" if item.where else ""
        self.setAccessibleName(f"{_KINDS[item.level]}: {item.text}{where} {item.fix}".strip())
        self._mark.set_icon(*_LOOKS[item.level])
        self._words.setText(f"{item.text}{where}")
        self._fix.setText(item.fix)
        self._fix.setVisible(bool(item.fix))


class Checklist(QFrame):
    """The lines under a heading that sums them up."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("composer-checklist")
        self.setProperty("panel", "card")
        self._mark = IconLabel("check-circle", self, size=18, color="success")
        self._title = Text("", role="strong", parent=self)
        self._title.setObjectName("composer-checklist-title")
        self._holder = QWidget(self)
        self._lines = QVBoxLayout(self._holder)
        self._lines.setContentsMargins(0, 0, 6, 0)
        self._lines.setSpacing(8)
        self._scroll = QScrollArea(self)
        self._scroll.setObjectName("composer-checklist-lines")
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setWidget(self._holder)
        self._rows: list[CheckRow] = []
        self._items: tuple[Item, ...] | None = None
        self._offline = False
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self._mark)
        head.addWidget(self._title, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 12, 8, 12)
        column.setSpacing(8)
        column.addLayout(head)
        column.addWidget(self._scroll)
        current_theme().changed.connect(self._fit)

    def show_items(self, items: Sequence[Item], *, offline: bool = False) -> None:
        """Show these; nothing is built anew while they stay the same."""
        if tuple(items) == self._items and offline == self._offline:
            return
        self._items, self._offline = tuple(items), offline
        self._sum_up(items)
        while len(self._rows) < len(items):
            row = CheckRow(self._holder)
            self._rows.append(row)
            self._lines.addWidget(row)
        for index, row in enumerate(self._rows):
            row.setVisible(index < len(items))
            if index < len(items):
                row.show_item(items[index])
        self._scroll.setVisible(bool(items))
        self._fit()

    def rows(self) -> Sequence[CheckRow]:
        """The lines that are shown."""
        return [row for row in self._rows if not row.isHidden()]

    def title(self) -> str:
        """The heading."""
        return self._title.text()

    def resizeEvent(self, event: object) -> None:  # noqa: ARG002 - Qt's signature
        """Other line breaks."""
        self._fit()

    def _sum_up(self, items: Sequence[Item]) -> None:
        errors = sum(1 for item in items if item.level is Level.ERROR)
        warnings = sum(1 for item in items if item.level is Level.WARNING)
        if errors:
            self._mark.set_icon("warning-circle", "danger")
            self._title.setText(f"{count_of(errors, 'thing', 'things')} to fix first")
        elif self._offline:
            self._mark.set_icon("clock", "text2")
            self._title.setText("Ready as soon as you are online")
        elif warnings:
            self._mark.set_icon("check-circle", "success")
            self._title.setText(f"Ready, with {count_of(warnings, 'hint', 'hints')}")
        else:
            self._mark.set_icon("check-circle", "success")
            self._title.setText("Ready to go")

    def _fit(self) -> None:
        wide = self._scroll.width() or 300
        needed = self._lines.heightForWidth(wide) if self._rows else 0
        height = min(max(needed, 0), current_theme().px(_HIGHEST))
        self._scroll.setFixedHeight(height)
