"""Things to choose with: switches, check boxes and a row of choices."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QAbstractButton,
    QButtonGroup,
    QCheckBox,
    QFrame,
    QHBoxLayout,
    QPushButton,
    QSizePolicy,
    QWidget,
)

from postflow_desktop.ui.kit import icons
from postflow_desktop.ui.kit.buttons import name_from
from postflow_desktop.ui.kit.direction import mirrored, write
from postflow_desktop.ui.kit.theme import current_theme


class Switch(QAbstractButton):
    """On or off, at once; the words stand beside it or are given as its accessible name."""

    _TRACK = (36, 20)

    def __init__(self, label: str, parent: QWidget | None = None, *, name: str = "") -> None:
        super().__init__(parent)
        self.setCheckable(True)
        self.setAccessibleName(label)
        self.setObjectName(name or name_from(label, "switch"))
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        current_theme().changed.connect(self.updateGeometry)

    def sizeHint(self) -> QSize:
        """The track."""
        theme = current_theme()
        return QSize(theme.px(self._TRACK[0]), theme.px(self._TRACK[1]))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - Qt's signature
        """Track and knob; the state shows by place as well as by colour."""
        theme = current_theme()
        painter = QPainter(self)
        try:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            ground = "accent" if self.isChecked() else "surface"
            edge = "accent" if self.isChecked() else "control"
            if not self.isEnabled():
                ground, edge = "sunken", "border_strong"
            track = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
            painter.setPen(theme.color(edge))
            painter.setBrush(theme.color(ground))
            painter.drawRoundedRect(track, track.height() / 2, track.height() / 2)
            size = track.height() - 6
            on_right = self.isChecked() != self.isRightToLeft()
            left = track.right() - 3 - size if on_right else track.left() + 3
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(Qt.GlobalColor.white if self.isChecked() else theme.color("control"))
            painter.drawEllipse(QRectF(left, track.top() + 3, size, size))
        finally:
            painter.end()


class CheckBox(QCheckBox):
    """A check box in the theme's colours."""

    _BOX = 16

    def __init__(self, text: str, parent: QWidget | None = None, *, name: str = "") -> None:
        super().__init__(text, parent)
        self.setObjectName(name or name_from(text, "check"))
        self.setAccessibleName(text)
        current_theme().changed.connect(self.updateGeometry)

    def sizeHint(self) -> QSize:
        """Box, gap and words."""
        theme = current_theme()
        metrics = QFontMetrics(theme.font("body"))
        gap = theme.px(8) if self.text() else 0
        wide = theme.px(self._BOX) + gap + metrics.horizontalAdvance(self.text()) + 2
        return QSize(wide, max(theme.px(24), metrics.height()))

    def hitButton(self, pos: object) -> bool:
        """All of it can be pressed."""
        return self.rect().contains(pos)  # type: ignore[call-overload, no-any-return]  # a QPoint

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - Qt's signature
        """The box with its mark, then the words."""
        theme = current_theme()
        size = theme.px(self._BOX)
        painter = QPainter(self)
        try:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            x = self.width() - size - 0.5 if self.isRightToLeft() else 0.5
            box = QRectF(x, (self.height() - size) / 2 + 0.5, size - 1, size - 1)
            on = self.checkState() != Qt.CheckState.Unchecked
            edge = "accent" if on else "control"
            painter.setPen(QPen(theme.color(edge if self.isEnabled() else "disabled"), 1))
            painter.setBrush(theme.color("accent" if on else "surface"))
            painter.drawRoundedRect(box, 4, 4)
            if on:
                mark = "minus" if self.checkState() == Qt.CheckState.PartiallyChecked else "check"
                icons.glyph(painter, box.adjusted(2, 2, -2, -2), f"{mark}-bold", icons.WHITE)
            painter.setFont(theme.font("body"))
            painter.setPen(theme.color("text" if self.isEnabled() else "disabled"))
            gap = size + theme.px(8)
            area, rtl = QRectF(self.rect()), self.isRightToLeft()
            words = mirrored(area.adjusted(gap, 0, 0, 0), area, right_to_left=rtl)
            write(painter, words, self.text(), right_to_left=rtl)
        finally:
            painter.end()


class Segments(QFrame):
    """A row of choices of which one is on, as Month | Week | Day | List."""

    chosen = Signal(str)

    def __init__(
        self,
        label: str,
        options: Sequence[tuple[str, str]],
        parent: QWidget | None = None,
        *,
        name: str = "",
    ) -> None:
        super().__init__(parent)
        self.setObjectName(name or name_from(label, "segments"))
        self.setAccessibleName(label)
        self.setProperty("panel", "sunken")
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        row = QHBoxLayout(self)
        row.setContentsMargins(3, 3, 3, 3)
        row.setSpacing(2)
        self._group = QButtonGroup(self)
        self._group.setExclusive(True)
        self._buttons: dict[str, QPushButton] = {}
        for value, text in options:
            self._buttons[value] = button = QPushButton(text, self)
            button.setProperty("kind", "segment")
            button.setCheckable(True)
            button.setObjectName(f"{self.objectName()}-{value}")
            button.setAccessibleName(f"{label}: {text}")
            button.setCursor(Qt.CursorShape.PointingHandCursor)
            self._group.addButton(button)
            row.addWidget(button)
        self._group.buttonClicked.connect(self._tell)

    def value(self) -> str:
        """The choice that is on; empty if none is."""
        return next((v for v, button in self._buttons.items() if button.isChecked()), "")

    def set_value(self, value: str) -> None:
        """Turn one on without telling; KeyError for an unknown choice."""
        self._buttons[value].setChecked(True)

    @Slot()
    def _tell(self) -> None:
        self.chosen.emit(self.value())
