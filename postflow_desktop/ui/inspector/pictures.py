"""Pictures for the preview: decoded at the size they are shown, away from the main thread."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QSize, Qt
from PySide6.QtGui import QImage, QImageReader

from postflow_desktop.domain.errors import InvalidInput
from postflow_desktop.ui.backend import PlaceBackend

WIDTH = 576
"""Px: the preview's width on a screen of twice the density."""
_HEIGHT = 2 * WIDTH
_MEMORY_MB = 128


def load(backend: PlaceBackend, sha256: str) -> QImage:
    """One picture, scaled down and turned upright; runs on the pool. PostFlowError."""
    return decode(backend.media_bytes(sha256))


def loader(backend: PlaceBackend, sha256: str) -> partial[QImage]:
    """The same as work for the pool."""
    return partial(load, backend, sha256)


def decode(data: bytes) -> QImage:
    """A picture of at most WIDTH px; InvalidInput (`unreadable_picture`)."""
    buffer = QBuffer()
    buffer.setData(QByteArray(data))
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    reader = QImageReader(buffer)
    reader.setAutoTransform(True)
    QImageReader.setAllocationLimit(_MEMORY_MB)
    size = reader.size()
    if size.isValid() and (size.width() > WIDTH or size.height() > _HEIGHT):
        room = QSize(WIDTH, _HEIGHT)
        reader.setScaledSize(size.scaled(room, Qt.AspectRatioMode.KeepAspectRatio))
    image = reader.read()
    if image.isNull():
        raise InvalidInput("This picture can't be shown here.", code="unreadable_picture")
    return image
