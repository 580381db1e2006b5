"""How much room is left on each network: a ring, and the exact number."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from postflow_desktop.ui.composer.judgement import Count
from postflow_desktop.ui.kit import icons
from postflow_desktop.ui.kit.direction import write
from postflow_desktop.ui.kit.theme import current_theme

_COLOURS = {"ok": "accent_text", "near": "warning", "over": "danger"}


class Ring(QWidget):
    """One network's counter."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.count: Count | None = None
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        current_theme().changed.connect(self.updateGeometry)

    def show_count(self, count: Count) -> None:
        """Another count."""
        if count == self.count:
            return
        before, self.count = self.count, count
        self.setObjectName(f"composer-count-{count.network.value}")
        left = f"{count.left} left" if count.left >= 0 else f"{-count.left} too many"
        words = f"{count.title}: {count.length} of {count.limit} characters, {left}"
        self.setAccessibleName(words)
        self.setAccessibleDescription(count.source)
        self.setToolTip(f"{words}\n{count.source}" if count.source else words)
        if before is None or len(str(before.left)) != len(str(count.left)):
            self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Mark, ring, number."""
        theme = current_theme()
        metrics = QFontMetricsF(theme.font("caption"))
        wide = max(metrics.horizontalAdvance(self._number()), metrics.horizontalAdvance("000"))
        return QSize(round(theme.px(14 + 6 + 20 + 6) + wide) + 2, theme.px(24))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - Qt's signature
        """Mark, ring, number."""
        if self.count is None:
            return
        theme = current_theme()
        painter = QPainter(self)
        try:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            middle = self.height() / 2
            mark = theme.px(13)
            glyph = QRectF(0, middle - mark / 2, mark, mark)
            name = icons.network_glyph(self.count.network)
            icons.glyph(painter, glyph, name, theme.color("text2"))
            size = theme.px(18)
            ring = QRectF(theme.px(14 + 6) + 1, middle - size / 2, size, size)
            self._paint_ring(painter, ring)
            ok = self.count.state == "ok"
            painter.setFont(theme.font("caption"))
            painter.setPen(theme.color("text2" if ok else _COLOURS[self.count.state]))
            words = QRectF(self.rect()).adjusted(ring.right() + theme.px(6), 0, 0, 0)
            write(painter, words, self._number(), right_to_left=False)
        finally:
            painter.end()

    def _paint_ring(self, painter: QPainter, ring: QRectF) -> None:
        if self.count is None:
            return
        theme = current_theme()
        width = 2.5
        inner = ring.adjusted(width / 2, width / 2, -width / 2, -width / 2)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(theme.color("border"), width))
        painter.drawEllipse(inner)
        share = min(1.0, self.count.length / max(1, self.count.limit))
        if share > 0:
            pen = QPen(theme.color(_COLOURS[self.count.state]), width)
            pen.setCapStyle(Qt.PenCapStyle.RoundCap)
            painter.setPen(pen)
            painter.drawArc(inner, 90 * 16, -round(share * 360 * 16))

    def _number(self) -> str:
        return "" if self.count is None else str(self.count.left).replace("-", "\N{MINUS SIGN}")


class Counters(QWidget):
    """A ring for each network the text in front goes to."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rings: list[Ring] = []
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(14)

    def show_counts(self, counts: Sequence[Count]) -> None:
        """Other counts."""
        while len(self._rings) < len(counts):
            ring = Ring(self)
            self._rings.append(ring)
            self._row.addWidget(ring)
        for index, ring in enumerate(self._rings):
            ring.setVisible(index < len(counts))
            if index < len(counts):
                ring.show_count(counts[index])

    def rings(self) -> Sequence[Ring]:
        """The rings that are shown."""
        return [ring for ring in self._rings if not ring.isHidden()]
