"""A network's mark, a line that gives way, a notice of several lines, and a sign of waiting."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, QTimer, Slot
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QProgressBar, QSizePolicy, QVBoxLayout, QWidget

from postflow_desktop.domain.network import Network
from postflow_desktop.ui.kit.icons import paint_network_tile
from postflow_desktop.ui.kit.panels import BarKind, InfoBar, Text
from postflow_desktop.ui.kit.theme import current_theme

PATIENCE_MS = 400
"""What takes less shows no sign of being slow."""


class NetworkMark(QWidget):
    """The network's tile; the name beside it says the same, so a screen reader skips it."""

    def __init__(self, network: Network, parent: QWidget | None = None, *, size: int = 24) -> None:
        super().__init__(parent)
        self._network = network
        self._size = size
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        current_theme().changed.connect(self.updateGeometry)

    def set_network(self, network: Network) -> None:
        """Another network."""
        self._network = network
        self.update()

    def sizeHint(self) -> QSize:
        """A square."""
        size = current_theme().px(self._size)
        return QSize(size, size)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - Qt's signature
        """The tile."""
        painter = QPainter(self)
        try:
            paint_network_tile(painter, QRectF(self.rect()), self._network)
        finally:
            painter.end()


class ElidedText(Text):
    """One line that is cut with "…" where there is no room; the whole is in its tool tip."""

    def __init__(
        self, text: str = "", *, role: str = "body", parent: QWidget | None = None
    ) -> None:
        super().__init__(role=role, parent=parent)
        self._full = ""
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setText(text)

    def full_text(self) -> str:
        """The whole line."""
        return self._full

    def setText(self, text: str) -> None:
        """Other words."""
        self._full = text
        self.setAccessibleName(text)
        self.updateGeometry()
        self._cut()

    def sizeHint(self) -> QSize:
        """Room for all of it."""
        self.ensurePolished()
        wide = self.fontMetrics().horizontalAdvance(self._full) + 2
        return QSize(wide, super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        """It gives way first."""
        return QSize(24, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Cut it to the new width."""
        super().resizeEvent(event)
        self._cut()

    def _cut(self) -> None:
        metrics = self.fontMetrics()
        shown = metrics.elidedText(self._full, Qt.TextElideMode.ElideRight, self.width())
        super().setText(shown)
        self.setToolTip(self._full if shown != self._full else "")


def notice(parent: QWidget, kind: BarKind, *, name: str, closable: bool = False) -> InfoBar:
    """A boxed bar that is as high as its sentences need in a narrow place; hidden at first."""
    bar = InfoBar("", parent, kind=kind, boxed=True, closable=closable)
    bar.setObjectName(name)
    bar.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
    bar.hide()
    return bar


class Progress(QWidget):
    """What is going on and a bar without an end; appears after 400 ms, keeps its room before."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words = Text("", role="small", tone="text2", parent=self)
        self._bar = QProgressBar(self)
        self._bar.setTextVisible(False)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self._words)
        column.addWidget(self._bar)
        keeps = self.sizePolicy()
        keeps.setRetainSizeWhenHidden(True)
        self.setSizePolicy(keeps)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(PATIENCE_MS)
        self._timer.timeout.connect(self._appear)
        self.hide()

    def start(self, words: str) -> None:
        """Something began."""
        self._words.setText(words)
        self._bar.setAccessibleName(words)
        if not self._timer.isActive() and self.isHidden():
            self._timer.start()

    def stop(self) -> None:
        """It ended."""
        self._timer.stop()
        # A bar with an end has no animation that would wake the program.
        self._bar.setRange(0, 1)
        self.hide()

    @Slot()
    def _appear(self) -> None:
        self._bar.setRange(0, 0)
        self.show()
