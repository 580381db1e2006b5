"""Things to look at: texts, cards, pills, bars, empty states."""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from postflow_desktop.ui.kit import icons
from postflow_desktop.ui.kit.buttons import Button, IconButton, repolish
from postflow_desktop.ui.kit.direction import mirrored, write
from postflow_desktop.ui.kit.theme import current_theme

Tone = Literal["text", "text2", "text3", "accent", "success", "warning", "danger", "info"]
BarKind = Literal["info", "success", "warning", "danger"]

_BAR_ICONS = {
    "info": "info",
    "success": "check-circle",
    "warning": "warning",
    "danger": "warning-circle",
}
_GROUNDS = {
    "text": "sunken",
    "text2": "sunken",
    "text3": "sunken",
    "accent": "accent_subtle",
    "success": "success_bg",
    "warning": "warning_bg",
    "danger": "danger_bg",
    "info": "info_bg",
}
_INKS = {"accent": "accent_text"}


class Text(QLabel):
    """Words in a role of the theme and a tone; plain text only, so that nothing is read as HTML."""

    def __init__(
        self,
        text: str = "",
        *,
        role: str = "body",
        tone: Tone = "text",
        wraps: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(text, parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setProperty("role", role)
        self.setProperty("tone", tone)
        self.setWordWrap(wraps)

    def set_tone(self, tone: Tone) -> None:
        """Another colour."""
        if self.property("tone") != tone:
            self.setProperty("tone", tone)
            repolish(self)


class IconLabel(QWidget):
    """An icon that follows the theme; decoration, so a screen reader skips it."""

    def __init__(
        self,
        name: str,
        parent: QWidget | None = None,
        *,
        size: int = 18,
        color: str = "text2",
    ) -> None:
        super().__init__(parent)
        self._name = name
        self._size = size
        self._color = color
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        current_theme().changed.connect(self.updateGeometry)

    def set_icon(self, name: str, color: str | None = None) -> None:
        """Another icon, and colour if given."""
        self._name = name
        self._color = color or self._color
        self.update()

    def sizeHint(self) -> QSize:
        """A square."""
        size = current_theme().px(self._size)
        return QSize(size, size)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - Qt's signature
        """The glyph."""
        painter = QPainter(self)
        try:
            icons.glyph(
                painter, QRectF(self.rect()), self._name, current_theme().color(self._color)
            )
        finally:
            painter.end()


class Pill(QWidget):
    """A state in a few words, with an icon so that colour is never alone."""

    def __init__(
        self, text: str, parent: QWidget | None = None, *, tone: Tone = "text2", icon: str = ""
    ) -> None:
        super().__init__(parent)
        self._text = text
        self._tone = tone
        self._icon = icon
        self.setAccessibleName(text)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        current_theme().changed.connect(self.updateGeometry)

    def text(self) -> str:
        """The words."""
        return self._text

    def set_state(self, text: str, *, tone: Tone, icon: str = "") -> None:
        """Another state."""
        self._text, self._tone, self._icon = text, tone, icon
        self.setAccessibleName(text)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Words, icon and air."""
        theme = current_theme()
        wide = QFontMetricsF(theme.font("caption")).horizontalAdvance(self._text)
        icon = theme.px(14 + 4) if self._icon else 0
        return QSize(round(wide) + icon + theme.px(18), theme.px(22))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - Qt's signature
        """A rounded ground, the icon, the words."""
        theme = current_theme()
        ink = theme.color(_INKS.get(self._tone, self._tone))
        painter = QPainter(self)
        try:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            box = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
            painter.setPen(ink if theme.colours.contrast else Qt.PenStyle.NoPen)
            painter.setBrush(theme.color(_GROUNDS[self._tone]))
            painter.drawRoundedRect(box, box.height() / 2, box.height() / 2)
            left, area, rtl = theme.px(9), QRectF(self.rect()), self.isRightToLeft()
            if self._icon:
                size = theme.px(14)
                spot = QRectF(left - 1, (self.height() - size) / 2, size, size)
                place = mirrored(spot, area, right_to_left=rtl)
                icons.glyph(painter, place, self._icon, ink)
                left += size + theme.px(4)
            painter.setFont(theme.font("caption"))
            painter.setPen(ink)
            words = mirrored(area.adjusted(left, 0, 0, 0), area, right_to_left=rtl)
            write(painter, words, self._text, right_to_left=rtl)
        finally:
            painter.end()


class Badge(Pill):
    """A number in a pill; it hides when there is nothing to count."""

    def __init__(self, parent: QWidget | None = None, *, tone: Tone = "text2") -> None:
        super().__init__("", parent, tone=tone)
        self.set_count(0)

    def set_count(self, count: int) -> None:
        """Another number; from 1,000 on as 999+."""
        self.set_state("999+" if count > 999 else str(count), tone=self._tone)
        self.setVisible(count > 0)


class Separator(QFrame):
    """A line, across or down."""

    def __init__(self, parent: QWidget | None = None, *, vertical: bool = False) -> None:
        super().__init__(parent)
        self.setProperty("panel", "line")
        if vertical:
            self.setFixedWidth(1)
        else:
            self.setFixedHeight(1)


class Card(QFrame):
    """A raised panel with room in it; add to `body`."""

    def __init__(self, parent: QWidget | None = None, *, margin: int = 16) -> None:
        super().__init__(parent)
        self.setProperty("panel", "card")
        self.body = QVBoxLayout(self)
        self.body.setContentsMargins(margin, margin, margin, margin)
        self.body.setSpacing(8)


class Column(QWidget):
    """A page's content in the middle, no wider than `widest` px at 100 % text; fill `content`."""

    def __init__(
        self, widest: int, parent: QWidget | None = None, *, content: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._widest = widest
        self.content = QWidget(self) if content is None else content
        self.row = QHBoxLayout(self)
        self.row.setContentsMargins(24, 24, 24, 24)
        self.row.addStretch(1)
        self.row.addWidget(self.content, 100)
        self.row.addStretch(1)
        current_theme().changed.connect(self._fit)
        self._fit()

    @Slot()
    def _fit(self) -> None:
        self.content.setMaximumWidth(current_theme().px(self._widest))


class EmptyState(QWidget):
    """What stands where there is nothing yet: what it is for and the next step."""

    acted = Signal()

    def __init__(
        self,
        icon: str,
        title: str,
        text: str,
        action: str = "",
        parent: QWidget | None = None,
        *,
        kind: Literal["primary", "secondary"] = "primary",
    ) -> None:
        super().__init__(parent)
        self.icon = IconLabel(icon, self, size=40, color="text3")
        self.title = Text(title, role="h2", parent=self)
        self.text = Text(text, tone="text2", wraps=True, parent=self)
        self.text.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.text.setMaximumWidth(420)
        self.text.setMinimumWidth(280)
        self.button = Button(action or "-", self, kind=kind)
        self.button.setVisible(bool(action))
        self.button.clicked.connect(self.acted)
        column = QVBoxLayout(self)
        column.setSpacing(8)
        column.addStretch(2)
        center = Qt.AlignmentFlag.AlignHCenter
        column.addWidget(self.icon, 0, center)
        column.addSpacing(4)
        column.addWidget(self.title, 0, center)
        column.addLayout(self._middle(self.text))
        column.addSpacing(8)
        column.addWidget(self.button, 0, center)
        column.addStretch(3)

    def _middle(self, words: QWidget) -> QHBoxLayout:
        """In a row of its own: an aligned label would be as high as its words in the full width."""
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(words, 100)
        row.addStretch(1)
        return row

    def set_content(self, icon: str, title: str, text: str, action: str = "") -> None:
        """Say something else in the same place."""
        self.icon.set_icon(icon)
        self.title.setText(title)
        self.text.setText(text)
        self.button.setText(action or "-")
        self.button.setVisible(bool(action))


class InfoBar(QFrame):
    """A sentence over a view, with an act and a way to close it where given."""

    acted = Signal()
    closed = Signal()

    def __init__(
        self,
        text: str,
        parent: QWidget | None = None,
        *,
        kind: BarKind = "info",
        action: str = "",
        closable: bool = False,
        boxed: bool = False,
    ) -> None:
        super().__init__(parent)
        self.setProperty("panel", kind)
        self.setProperty("boxed", boxed)
        self._icon = IconLabel(_BAR_ICONS[kind], self, size=16, color=kind)
        self._text = Text(text, role="small", wraps=boxed, parent=self)
        self.button = Button(action or "-", self, kind="link", size="small")
        self.button.setVisible(bool(action))
        self.close_button = IconButton("x", "Close this notice", self, size=24)
        self.close_button.setVisible(closable)
        self.button.clicked.connect(self.acted)
        self.close_button.clicked.connect(self._close)
        row = QHBoxLayout(self)
        air = 6 if boxed else 2
        row.setContentsMargins(16, air, 8, air)
        row.setSpacing(8)
        row.addWidget(self._icon)
        row.addWidget(self._text, 1)
        row.addWidget(self.button)
        row.addWidget(self.close_button)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)

    def text(self) -> str:
        """The sentence."""
        return self._text.text()

    def set_text(self, text: str) -> None:
        """Another sentence."""
        self._text.setText(text)

    def set_icon(self, name: str) -> None:
        """Another icon than the usual one of its kind."""
        self._icon.set_icon(name)

    def set_wraps(self) -> None:
        """Several lines where the words need them."""
        self._text.setWordWrap(True)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)

    def set_kind(self, kind: BarKind) -> None:
        """Another weight."""
        self.setProperty("panel", kind)
        self._icon.set_icon(_BAR_ICONS[kind], kind)
        repolish(self)

    @Slot()
    def _close(self) -> None:
        self.hide()
        self.closed.emit()
