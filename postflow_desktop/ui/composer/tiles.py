"""One picture, video or document of a post as a tile of 96 px: drag, describe, take it off."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetricsF,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QAbstractButton, QApplication, QSizePolicy, QWidget

from postflow_desktop.domain.post import Media, MediaKind
from postflow_desktop.ui.composer.faces import paint_face
from postflow_desktop.ui.composer.pictures import Pictures, paint_cropped
from postflow_desktop.ui.kit import icons
from postflow_desktop.ui.kit.theme import current_theme
from postflow_desktop.ui.kit.tokens import RADIUS
from postflow_desktop.ui.media_words import noun, spoken

TILE = 96
_BACK = (Qt.Key.Key_Left, Qt.Key.Key_Up)
_ON = (Qt.Key.Key_Right, Qt.Key.Key_Down)


class RemoveButton(QAbstractButton):
    """A cross on a dark disc, so that it can be seen on any picture."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        size = current_theme().px(22)
        self.setFixedSize(size, size)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - Qt's signature
        """Disc and cross."""
        painter = QPainter(self)
        try:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(QColor(255, 255, 255, 90), 1))
            painter.setBrush(QColor(15, 18, 25, 235 if self.underMouse() else 190))
            painter.drawEllipse(QRectF(self.rect()).adjusted(1, 1, -1, -1))
            inset = self.width() * 0.28
            box = QRectF(self.rect()).adjusted(inset, inset, -inset, -inset)
            icons.glyph(painter, box, "x-bold", icons.WHITE)
        finally:
            painter.end()


class MediaTile(QAbstractButton):
    """A medium; pressed, its description is edited. Alt and arrows move it, Delete removes it."""

    moved = Signal(int)
    """By keys, one step back (-1) or on (1)."""
    removed = Signal()
    dragged = Signal(QPoint)
    """Held and moved to there, in the strip's coordinates."""
    dropped = Signal(QPoint)

    def __init__(self, pictures: Pictures, parent: QWidget) -> None:
        super().__init__(parent)
        self._pictures = pictures
        self.media: Media | None = None
        self.number = 0
        self.open = False
        self.lifted = False
        self._pressed_at: QPoint | None = None
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.remove = RemoveButton(self)
        self.remove.clicked.connect(self.removed)
        pictures.arrived.connect(self._arrived)

    def show_media(self, media: Media, number: int, *, is_open: bool) -> None:
        """Another picture, or the same one described."""
        self.media, self.number, self.open = media, number, is_open
        self.setObjectName(f"composer-picture-{number}")
        self.remove.setObjectName(f"composer-picture-{number}-remove")
        self.remove.setAccessibleName(f"Remove {noun(media)} {number}")
        self.remove.setToolTip(f"Remove {noun(media)} {number}")
        alt = media.alt.strip()
        words = spoken(media, number)
        if media.kind is MediaKind.DOCUMENT:
            self.setAccessibleName(words)
            self.setToolTip(f"{media.title or 'No title yet'}. Press to change its title.")
        else:
            self.setAccessibleName(f"{words}, alt text: {alt}" if alt else f"{words}, no alt text")
            self.setToolTip(alt or f"No alt text yet. Press to describe this {noun(media)}.")
        self.update()

    def sizeHint(self) -> QSize:
        """A square."""
        size = current_theme().px(TILE)
        return QSize(size, size)

    def resizeEvent(self, event: object) -> None:  # noqa: ARG002 - Qt's signature
        """The cross stays in its corner."""
        self.remove.move(self.width() - self.remove.width() - 4, 4)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Alt and arrows move, Delete removes."""
        alt = bool(event.modifiers() & Qt.KeyboardModifier.AltModifier)
        if alt and event.key() in (*_BACK, *_ON):
            self.moved.emit(-1 if event.key() in _BACK else 1)
        elif event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.removed.emit()
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Perhaps the beginning of a drag."""
        self._pressed_at = event.position().toPoint()
        super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """From a little distance on it is a drag and no press any more."""
        here = event.position().toPoint()
        if self._pressed_at is None:
            return
        far = (here - self._pressed_at).manhattanLength() >= QApplication.startDragDistance()
        if not self.lifted and far:
            self.lifted = True
            self.setDown(False)
        if self.lifted:
            self.dragged.emit(self.mapToParent(here))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """The end of a drag, or a press."""
        self._pressed_at = None
        if self.lifted:
            self.lifted = False
            self.dropped.emit(self.mapToParent(event.position().toPoint()))
            self.update()
            return
        super().mouseReleaseEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - Qt's signature
        """The picture and whether it is described."""
        if self.media is None:
            return
        theme = current_theme()
        painter = QPainter(self)
        try:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            if self.lifted:
                painter.setOpacity(0.35)
            box = QRectF(self.rect()).adjusted(1, 1, -1, -1)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.color("sunken"))
            painter.drawRoundedRect(box, RADIUS.control, RADIUS.control)
            self._paint_picture(painter, box)
            edge = QPen(theme.color("accent" if self.open else "border"), 2 if self.open else 1)
            painter.setPen(edge)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(box, RADIUS.control, RADIUS.control)
            if self.media.kind is MediaKind.IMAGE:
                paint_alt_badge(painter, box, described=bool(self.media.alt.strip()))
        finally:
            painter.end()

    def _paint_picture(self, painter: QPainter, box: QRectF) -> None:
        if self.media is not None and self.media.kind is not MediaKind.IMAGE:
            paint_face(painter, box, self.media)
            return
        picture = self._pictures.get(self.media.sha256) if self.media else None
        if picture is not None and not picture.isNull():
            paint_cropped(painter, box, picture, RADIUS.control)
            return
        size = current_theme().px(24)
        place = QRectF(0, 0, size, size)
        place.moveCenter(box.center())
        name = "image" if picture is None else "image-square"
        icons.glyph(painter, place, name, current_theme().color("text3"))

    def _arrived(self, sha256: str) -> None:
        if self.media is not None and self.media.sha256 == sha256:
            self.update()


def paint_alt_badge(painter: QPainter, box: QRectF, *, described: bool) -> None:
    """ALT on red until the picture is described, then with a tick on dark."""
    theme = current_theme()
    font = QFont(theme.font("caption"))
    font.setPixelSize(theme.px(10))
    font.setBold(True)
    height = theme.px(17)
    wide = QFontMetricsF(font).horizontalAdvance("ALT") + theme.px(10)
    tick = theme.px(11) if described else 0
    badge = QRectF(box.left() + 5, box.bottom() - height - 5, wide + tick, height)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(15, 18, 25, 210) if described else QColor("#C01D1D"))
    painter.drawRoundedRect(badge, RADIUS.chip, RADIUS.chip)
    painter.setFont(font)
    painter.setPen(icons.WHITE)
    words = badge.adjusted(0, 0, -tick, 0)
    painter.drawText(words, Qt.AlignmentFlag.AlignCenter, "ALT")
    if described:
        size = theme.px(10)
        place = QRectF(badge.right() - size - 4, badge.center().y() - size / 2, size, size)
        icons.glyph(painter, place, "check-bold", icons.WHITE)
