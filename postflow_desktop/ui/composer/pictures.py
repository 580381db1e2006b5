"""The pictures of a composer, decoded once on the pool and kept at the size they are shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QObject, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QImage, QPainter, QPainterPath, QPixmap

from postflow_desktop.domain.errors import PostFlowError
from postflow_desktop.domain.post import Media, MediaKind
from postflow_desktop.ui.backend import PlaceBackend
from postflow_desktop.ui.inspector.pictures import load
from postflow_desktop.ui.kit.tasks import Tasks
from postflow_desktop.ui.media_words import noun, spoken


class Pictures(QObject):
    """Pixmaps by content hash; what is not there yet is fetched and announced."""

    arrived = Signal(str)

    def __init__(self, backend: PlaceBackend, tasks: Tasks, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._backend = backend
        self._tasks = tasks
        self._known: dict[str, QPixmap] = {}
        self._asked: set[str] = set()

    def get(self, sha256: str) -> QPixmap | None:
        """The picture, an empty one where it can't be shown, None while it is fetched."""
        found = self._known.get(sha256)
        if found is None and sha256 not in self._asked:
            self._asked.add(sha256)
            self._tasks.run(_Loading(self._backend, sha256), self._take, _Missing(self, sha256))
        return self._known.get(sha256)

    def _take(self, loaded: _Loaded) -> None:
        self.keep(loaded.sha256, QPixmap.fromImage(loaded.image))

    def keep(self, sha256: str, pixmap: QPixmap) -> None:
        """Keep what was fetched."""
        self._known[sha256] = pixmap
        self.arrived.emit(sha256)


@dataclass(frozen=True, slots=True)
class _Loaded:
    sha256: str
    image: QImage


@dataclass(frozen=True, slots=True)
class _Loading:
    backend: PlaceBackend
    sha256: str

    def __call__(self) -> _Loaded:
        return _Loaded(self.sha256, load(self.backend, self.sha256))


class _Missing:
    """A picture that can't be shown leaves an empty one."""

    def __init__(self, pictures: Pictures, sha256: str) -> None:
        self._pictures = pictures
        self._sha256 = sha256

    def __call__(self, _: PostFlowError) -> None:
        self._pictures.keep(self._sha256, QPixmap())


def paint_cropped(painter: QPainter, box: QRectF, picture: QPixmap, radius: float) -> None:
    """Fill the box with the middle of a picture, with rounded corners."""
    size = QSize(picture.width(), picture.height())
    part = QSize(round(box.width() * 4), round(box.height() * 4))
    part.scale(size, Qt.AspectRatioMode.KeepAspectRatio)
    source = QRectF(
        (size.width() - part.width()) / 2,
        (size.height() - part.height()) / 2,
        part.width(),
        part.height(),
    )
    path = QPainterPath()
    path.addRoundedRect(box, radius, radius)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    painter.setClipPath(path, Qt.ClipOperation.IntersectClip)
    painter.drawPixmap(box, picture, source)
    painter.restore()


def alt_words(media: Sequence[Media]) -> str:
    """What a screen reader says of media."""
    return "; ".join(_alt(item, number) for number, item in enumerate(media, start=1))


def _alt(item: Media, number: int) -> str:
    if item.kind is MediaKind.DOCUMENT:
        return spoken(item, number)
    return f"{noun(item)} {number}: {item.alt.strip() or 'not described'}"
