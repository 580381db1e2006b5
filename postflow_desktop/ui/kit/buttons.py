"""Things to press: buttons with words, and buttons with an icon only."""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import QRect, QRectF, QSize, Qt, Slot
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QPushButton,
    QSizePolicy,
    QStyle,
    QStyleOptionButton,
    QStylePainter,
    QToolButton,
    QWidget,
)

from postflow_desktop.ui.kit import icons
from postflow_desktop.ui.kit.direction import mirrored, write
from postflow_desktop.ui.kit.theme import current_theme
from postflow_desktop.ui.kit.tokens import SIZES

Kind = Literal["primary", "secondary", "ghost", "danger", "link"]
Size = Literal["small", "default", "large"]

_ICON_GAP = 6
_HINT_GAP = 12
_QT_GAP = 4
"""What Qt reserves between icon and words."""
_SLACK = 2
"""Widths of letters are fractions; without this some words would end with an ellipsis."""
_INKS = {"danger": "danger", "ghost": "accent_text", "link": "accent_text"}


class Button(QPushButton):
    """A button with words; `hint` shows its key at the right, faintly."""

    def __init__(
        self,
        text: str,
        parent: QWidget | None = None,
        *,
        kind: Kind = "secondary",
        icon: str = "",
        size: Size = "default",
        hint: str = "",
        name: str = "",
    ) -> None:
        super().__init__(text, parent)
        self._icon_name = icon
        self._hint = hint
        self.setProperty("kind", kind)
        self.setProperty("extent", size)
        self.setObjectName(name or name_from(text, "button"))
        self.setAccessibleName(text)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Fixed)
        current_theme().changed.connect(self._refresh)
        self._refresh()

    def setText(self, text: str) -> None:
        """Words and what a screen reader says."""
        super().setText(text)
        self.setAccessibleName(text)

    def set_kind(self, kind: Kind) -> None:
        """Another look."""
        self.setProperty("kind", kind)
        repolish(self)
        self._refresh()

    def set_icon(self, name: str) -> None:
        """Another icon; empty for none."""
        self._icon_name = name
        self._refresh()

    def set_hint(self, hint: str) -> None:
        """Another key shown at the right; empty for none."""
        self._hint = hint
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Room for the words, the icon and the hint."""
        size = super().sizeHint()
        wide = current_theme().px(_HINT_GAP) + self._hint_width() if self._hint else 0
        if self._icon_name:
            wide += self._icon_gap() - _QT_GAP
        size.setWidth(size.width() + wide + _SLACK)
        return size

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - Qt's signature
        """The ground by the style sheet; icon, words and hint together in the middle."""
        option = QStyleOptionButton()
        self.initStyleOption(option)
        option.text = ""
        option.icon = icons.no_icon()
        painter = QStylePainter(self)
        try:
            painter.drawControl(QStyle.ControlElement.CE_PushButton, option)
            contents = QStyle.SubElement.SE_PushButtonContents
            self._paint_content(painter, self.style().subElementRect(contents, option, self))
        finally:
            painter.end()

    def _paint_content(self, painter: QPainter, room: QRect) -> None:
        theme = current_theme()
        ink = icons.WHITE if self._ink() == "white" else theme.color(self._ink())
        icon = theme.px(SIZES.icon) if self._icon_name else 0
        hint = theme.px(_HINT_GAP) + self._hint_width() if self._hint else 0
        lead = icon + self._icon_gap() if icon else 0
        wanted = self.fontMetrics().horizontalAdvance(self.text()) + _SLACK
        words = min(wanted, room.width() - lead - hint)
        shown = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, words)
        spare = room.width() - lead - words - hint
        at = room.left() if self.property("kind") == "link" else room.left() + spare // 2
        painter.setPen(ink)
        if icon:
            top = QRectF(room).center().y() - icon / 2
            box = QRectF(at, top, icon, icon)
            icons.glyph(painter, self._mirrored(box), self._icon_name, ink)
        font = self.font()
        font.setUnderline(self.property("kind") == "link" and self.underMouse())
        painter.setFont(font)
        self._write(painter, QRectF(at + lead, room.top(), words, room.height()), shown)
        if self._hint:
            painter.setFont(theme.font("caption"))
            painter.setOpacity(0.8)
            end = at + lead + words + hint - self._hint_width()
            place = QRectF(end, room.top(), self._hint_width(), room.height())
            self._write(painter, place, self._hint)

    def _write(self, painter: QPainter, box: QRectF, words: str) -> None:
        write(painter, self._mirrored(box), words, right_to_left=self.isRightToLeft())

    def _mirrored(self, box: QRectF) -> QRectF:
        return mirrored(box, QRectF(self.rect()), right_to_left=self.isRightToLeft())

    def _icon_gap(self) -> int:
        return current_theme().px(_ICON_GAP) if self.text() else 0

    def _hint_width(self) -> int:
        return QFontMetrics(current_theme().font("caption")).horizontalAdvance(self._hint)

    @Slot()
    def _refresh(self) -> None:
        if self._icon_name:
            theme = current_theme()
            self.setIcon(icons.icon(self._icon_name, theme.px(SIZES.icon), self._ink()))
            self.setIconSize(QSize(theme.px(SIZES.icon), theme.px(SIZES.icon)))
        elif not self.icon().isNull():
            self.setIcon(icons.no_icon())
        self.updateGeometry()

    def _ink(self) -> str:
        if not self.isEnabled():
            return "disabled"
        kind = str(self.property("kind"))
        return "white" if kind == "primary" else _INKS.get(kind, "text")


class IconButton(QToolButton):
    """A square button with an icon; the label is its tool tip and what a screen reader says."""

    def __init__(
        self,
        icon: str,
        label: str,
        parent: QWidget | None = None,
        *,
        size: int = SIZES.control,
        shortcut: str = "",
        name: str = "",
    ) -> None:
        super().__init__(parent)
        self._icon_name = icon
        self._size = size
        self.setObjectName(name or name_from(label, "button"))
        self.set_label(label, shortcut)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        current_theme().changed.connect(self._refresh)
        self._refresh()

    def set_label(self, label: str, shortcut: str = "") -> None:
        """What it does, and by which key."""
        self.setAccessibleName(label)
        self.setToolTip(f"{label}  {shortcut}" if shortcut else label)

    def set_icon(self, name: str) -> None:
        """Another icon."""
        self._icon_name = name
        self._refresh()

    @Slot()
    def _refresh(self) -> None:
        theme = current_theme()
        glyph = theme.px(SIZES.icon_nav if self._size >= SIZES.control else SIZES.icon_chip)
        self.setIcon(icons.icon(self._icon_name, glyph))
        self.setIconSize(QSize(glyph, glyph))
        self.setFixedSize(theme.px(self._size), theme.px(self._size))


def repolish(widget: QWidget) -> None:
    """Let the style sheet look at a widget's properties again."""
    style = widget.style()
    style.unpolish(widget)
    style.polish(widget)
    widget.update()


def name_from(text: str, kind: str) -> str:
    """An object name from words: "New post" becomes "new-post-button"."""
    words = "".join(c if c.isalnum() else " " for c in text.lower()).split()
    return "-".join((*words, kind))
