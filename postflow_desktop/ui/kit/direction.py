"""Painting that follows the direction of reading: places are mirrored, words keep their own."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter


def mirrored(box: QRectF, area: QRectF, *, right_to_left: bool) -> QRectF:
    """Where a box given from the left stands in its area."""
    if not right_to_left:
        return box
    return QRectF(area.left() + area.right() - box.right(), box.top(), box.width(), box.height())


def write(
    painter: QPainter, box: QRectF, words: str, *, right_to_left: bool, at_end: bool = False
) -> None:
    """One line in the middle of the box's height, at its leading edge or at its end.

    The words are set in their own direction: an English name does not get its full stop in front
    because the window is Arabic.
    """
    painter.setLayoutDirection(Qt.LayoutDirection.LayoutDirectionAuto)
    right = Qt.AlignmentFlag.AlignRight if right_to_left != at_end else Qt.AlignmentFlag.AlignLeft
    flags = right | Qt.AlignmentFlag.AlignAbsolute | Qt.AlignmentFlag.AlignVCenter
    painter.drawText(box, flags | Qt.TextFlag.TextDontClip | Qt.TextFlag.TextSingleLine, words)
