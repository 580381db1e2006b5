"""The first picture of a draft as a small square, decoded on the pool when it is first painted."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QObject, QRect, QSize, Qt, Signal
from PySide6.QtGui import QImage

from postflow_desktop.domain.errors import PostFlowError
from postflow_desktop.ui.backend import Backend
from postflow_desktop.ui.inspector.pictures import load
from postflow_desktop.ui.kit.tasks import Tasks

SIDE = 112
"""Px: what is shown on a screen of more than twice the density."""


class Thumbs(QObject):
    """Images by content hash; what is not there yet is fetched and announced."""

    arrived = Signal(str)

    def __init__(self, backend: Backend, tasks: Tasks, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._backend = backend
        self._tasks = tasks
        self._known: dict[str, QImage] = {}
        self._asked: set[str] = set()

    def get(self, sha256: str) -> QImage | None:
        """The square; None while it is fetched, and where it can't be had."""
        if sha256 not in self._asked:
            self._asked.add(sha256)
            work = _Loading(self._backend, sha256)
            self._tasks.run(work, partial(self._take, sha256), self._missing)
        return self._known.get(sha256)

    def ask_again(self) -> None:
        """The workspace can be reached again: what could not be had is asked for once more."""
        self._asked = set(self._known)

    def _take(self, sha256: str, image: QImage) -> None:
        self._known[sha256] = image
        self.arrived.emit(sha256)

    def _missing(self, error: PostFlowError) -> None:
        """The mark that stands for it stays."""


@dataclass(frozen=True, slots=True)
class _Loading:
    backend: Backend
    sha256: str

    def __call__(self) -> QImage:
        return square(load(self.backend, self.sha256))


def square(image: QImage) -> QImage:
    """The middle of a picture."""
    filled = image.scaled(
        QSize(SIDE, SIDE),
        Qt.AspectRatioMode.KeepAspectRatioByExpanding,
        Qt.TransformationMode.SmoothTransformation,
    )
    part = QRect(0, 0, SIDE, SIDE)
    part.moveCenter(filled.rect().center())
    return filled.copy(part)
