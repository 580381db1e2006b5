"""Videos and documents as they are drawn: a mark and what is known, never a made-up picture."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter

from postflow_desktop.domain.amounts import bytes_words, clock_words
from postflow_desktop.domain.post import Media, MediaKind
from postflow_desktop.ui.kit import icons
from postflow_desktop.ui.kit.theme import current_theme
from postflow_desktop.ui.kit.tokens import RADIUS
from postflow_desktop.ui.media_words import icon_name
from postflow_desktop.ui.words import count_of


def paint_face(painter: QPainter, box: QRectF, media: Media) -> None:
    """The mark in the middle, under it the title or the size, in a corner the length."""
    theme = current_theme()
    size = min(theme.px(30), box.height() / 3)
    mark = QRectF(0, 0, size, size)
    mark.moveCenter(box.center())
    mark.translate(0, -size * 0.45)
    icons.glyph(painter, mark, icon_name(media), theme.color("text2"))
    line = QRectF(box.left() + 6, mark.bottom() + 3, box.width() - 12, theme.px(15))
    painter.setFont(_small())
    painter.setPen(theme.color("text2"))
    words = media.title or bytes_words(media.size)
    shown = painter.fontMetrics().elidedText(
        words, Qt.TextElideMode.ElideRight, round(line.width())
    )
    painter.drawText(line, Qt.AlignmentFlag.AlignCenter, shown)
    corner = corner_words(media)
    if corner:
        _paint_corner(painter, box, corner)


def corner_words(media: Media) -> str:
    """A video's length, a document's pages; nothing where they are not known."""
    if media.kind is MediaKind.VIDEO and media.duration is not None:
        return clock_words(media.duration)
    if media.kind is MediaKind.DOCUMENT and media.pages is not None:
        return count_of(media.pages, "page", "pages")
    return ""


def _paint_corner(painter: QPainter, box: QRectF, words: str) -> None:
    theme = current_theme()
    font = _small()
    font.setBold(True)
    high = theme.px(17)
    wide = QFontMetricsF(font).horizontalAdvance(words) + theme.px(10)
    badge = QRectF(box.right() - wide - 5, box.bottom() - high - 5, wide, high)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(15, 18, 25, 210))
    painter.drawRoundedRect(badge, RADIUS.chip, RADIUS.chip)
    painter.setFont(font)
    painter.setPen(icons.WHITE)
    painter.drawText(badge, Qt.AlignmentFlag.AlignCenter, words)


def _small() -> QFont:
    font = QFont(current_theme().font("caption"))
    font.setPixelSize(current_theme().px(10))
    return font
