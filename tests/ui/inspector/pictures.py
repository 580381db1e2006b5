"""Pictures made for the tests."""

from __future__ import annotations

from PySide6.QtCore import QBuffer, QIODevice
from PySide6.QtGui import QColor, QImage, QLinearGradient, QPainter


def png(width: int, height: int) -> bytes:
    """A picture with a run of colours."""
    image = QImage(width, height, QImage.Format.Format_RGB32)
    painter = QPainter(image)
    run = QLinearGradient(0, 0, width, height)
    for place, colour in ((0.0, "#F59E0B"), (0.5, "#EC4899"), (1.0, "#6366F1")):
        run.setColorAt(place, QColor(colour))
    painter.fillRect(image.rect(), run)
    painter.end()
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")  # type: ignore[call-overload]  # the stub wants bytes
    return bytes(buffer.data().data())
