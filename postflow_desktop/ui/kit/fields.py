"""Things to fill in: a labelled field with its error line, a choice list, rows of settings."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, Qt, Signal, Slot
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QComboBox, QLineEdit, QSizePolicy, QVBoxLayout, QWidget

from postflow_desktop.ui.kit import icons
from postflow_desktop.ui.kit.buttons import repolish
from postflow_desktop.ui.kit.panels import Text
from postflow_desktop.ui.kit.theme import current_theme


class Field(QWidget):
    """A label over a line to type in, a hint under it, and an error that replaces the hint."""

    changed = Signal(str)
    """What was typed, at each key."""
    submitted = Signal()
    """Enter was pressed."""

    def __init__(
        self,
        label: str,
        parent: QWidget | None = None,
        *,
        name: str,
        placeholder: str = "",
        hint: str = "",
        secret: bool = False,
    ) -> None:
        super().__init__(parent)
        self._hint = hint
        self.edit = QLineEdit(self)
        self.edit.setObjectName(name)
        self.edit.setAccessibleName(label)
        self.edit.setPlaceholderText(placeholder)
        if secret:
            self.edit.setEchoMode(QLineEdit.EchoMode.Password)
        self.label = Text(label, role="strong", parent=self)
        self.label.setBuddy(self.edit)
        self._below = Text(hint, role="small", tone="text2", wraps=True, parent=self)
        self._below.setObjectName(f"{name}-note")
        self._below.setVisible(bool(hint))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        for widget in (self.label, self.edit, self._below):
            column.addWidget(widget)
        self.setFocusProxy(self.edit)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Maximum)
        self.edit.textChanged.connect(self._on_text)
        self.edit.returnPressed.connect(self.submitted)

    def text(self) -> str:
        """What stands in it."""
        return self.edit.text()

    def set_text(self, text: str) -> None:
        """Put words in it."""
        self.edit.setText(text)

    def error(self) -> str:
        """The error shown, or empty."""
        return self._below.text() if self.edit.property("invalid") else ""

    def set_error(self, error: str) -> None:
        """Show what is wrong with it; empty takes that away."""
        self.edit.setProperty("invalid", bool(error))
        self.edit.setAccessibleDescription(error or self._hint)
        self._below.set_tone("danger" if error else "text2")
        self._below.setText(error or self._hint)
        self._below.setVisible(bool(error or self._hint))
        repolish(self.edit)

    @Slot(str)
    def _on_text(self, text: str) -> None:
        if self.edit.property("invalid"):
            self.set_error("")
        self.changed.emit(text)


class Select(QComboBox):
    """A list to choose one of; values are texts of the program, labels are for people."""

    chosen = Signal(str)

    def __init__(
        self,
        label: str,
        options: Sequence[tuple[str, str]] = (),
        parent: QWidget | None = None,
        *,
        name: str,
    ) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setAccessibleName(label)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.set_options(options)
        self.activated.connect(self._tell)

    def set_options(self, options: Sequence[tuple[str, str]]) -> None:
        """Other choices; the one that was on stays on if it is still there."""
        before = self.value()
        self.clear()
        for value, text in options:
            self.addItem(text, value)
        self.set_value(before)

    def value(self) -> str:
        """The value that is on; empty if there is none."""
        return str(self.currentData() or "")

    def set_value(self, value: str) -> None:
        """Turn one on without telling; nothing happens for an unknown one."""
        index = self.findData(value)
        if index >= 0:
            self.setCurrentIndex(index)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The field by the style sheet, then the arrow."""
        super().paintEvent(event)
        theme = current_theme()
        painter = QPainter(self)
        try:
            size = theme.px(14)
            left = theme.px(10) if self.isRightToLeft() else self.width() - size - theme.px(10)
            box = QRectF(left, (self.height() - size) / 2, size, size)
            icons.glyph(painter, box, "caret-down", theme.color("text2"))
        finally:
            painter.end()

    @Slot()
    def _tell(self) -> None:
        self.chosen.emit(self.value())
