"""Paints a month and its chips; only draws, decides nothing, measures nothing."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPixmap

from postflow_desktop.ui.calendar.boxes import Box
from postflow_desktop.ui.calendar.chips import ChipBox
from postflow_desktop.ui.calendar.inks import Inks
from postflow_desktop.ui.calendar.layout import CellBox, MonthLayout
from postflow_desktop.ui.kit import icons

_RADIUS = 4.0
_LINES = {"dashed": [3.0, 2.0], "dotted": [1.0, 2.0]}
_GHOST_MARGIN = 12
_LABEL_PAD = 4
WHITE = QColor("#FFFFFF")


def rect(box: Box) -> QRectF:
    """A box for Qt."""
    return QRectF(box.x, box.y, box.width, box.height)


class MonthPainter:
    """Draws with one look."""

    def __init__(self, inks: Inks, *, right_to_left: bool = False) -> None:
        self.inks = inks
        lead = Qt.AlignmentFlag.AlignRight if right_to_left else Qt.AlignmentFlag.AlignLeft
        self._lead = Qt.AlignmentFlag.AlignVCenter | lead

    def month(self, painter: QPainter, layout: MonthLayout) -> None:
        """The whole month."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(QRectF(0, 0, layout.width, layout.height), self.inks.color("surface"))
        for heading in layout.weekdays:
            painter.setFont(self.inks.caption_font)
            painter.setPen(self.inks.color("text3"))
            pad = self.inks.sizes.pad + _LABEL_PAD
            box = rect(heading.box).adjusted(pad, 0, -pad, 0)
            painter.drawText(box, self._lead, heading.text.upper())
        for cell in layout.cells:
            self.cell(painter, cell)
        self._grid(painter, layout)

    def cell(self, painter: QPainter, cell: CellBox, fill: str = "") -> None:
        """A day with what stands on it; `fill` is another ground."""
        ground = fill or ("canvas" if cell.weekend else "surface")
        painter.fillRect(rect(cell.box), self.inks.color(ground))
        self._label(painter, cell)
        for chip in cell.chips:
            self.chip(painter, chip)
        if cell.more is not None:
            painter.setFont(self.inks.plain_font)
            painter.setPen(self.inks.color("text2"))
            box = rect(cell.more.box).adjusted(_LABEL_PAD, 0, -_LABEL_PAD, 0)
            painter.drawText(box, self._lead, cell.more.text)

    def chip(self, painter: QPainter, chip: ChipBox) -> None:
        """A chip: ground, border, bar, icons, time, title, status."""
        inks = self.inks
        box = rect(chip.box)
        networks = chip.row.networks
        bar, tint = inks.network(networks[0]) if networks else self._nobody()
        self._ground(painter, chip, box, tint)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(bar)
        strip = QRectF(chip.bar_x, box.top() + 3, inks.sizes.bar, box.height() - 6)
        painter.drawRoundedRect(strip, 1.5, 1.5)
        for network, x in chip.icons:
            self._mark(painter, x, box, (icons.network_glyph(network), inks.network(network)[0]))
        self._words(painter, chip, box)
        if chip.status_x is not None:
            self._mark(painter, chip.status_x, box, (chip.look.icon, inks.color(chip.look.tone)))

    def outline(self, painter: QPainter, box: QRectF, color: str, width: float = 1.5) -> None:
        """A rounded line just inside a rectangle."""
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(self.inks.color(color), width))
        half = width / 2
        painter.drawRoundedRect(box.adjusted(half, half, -half, -half), _RADIUS, _RADIUS)

    def ghost(self, chip: ChipBox, dpr: float) -> tuple[QPixmap, int]:
        """A lifted chip with its shadow, and the margin of the shadow in logical pixels."""
        width = chip.box.width + 2 * _GHOST_MARGIN
        height = chip.box.height + 2 * _GHOST_MARGIN
        made = QPixmap(round(width * dpr), round(height * dpr))
        made.setDevicePixelRatio(dpr)
        made.fill(Qt.GlobalColor.transparent)
        painter = QPainter(made)
        try:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            body = QRectF(_GHOST_MARGIN, _GHOST_MARGIN, chip.box.width, chip.box.height)
            self._shadow(painter, body)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self.inks.color("raised"))
            painter.drawRoundedRect(body, _RADIUS, _RADIUS)
            painter.translate(_GHOST_MARGIN - chip.box.x, _GHOST_MARGIN - chip.box.y)
            self.chip(painter, chip)
            self.outline(painter, rect(chip.box), "accent")
        finally:
            painter.end()
        return made, _GHOST_MARGIN

    def pill(self, painter: QPainter, box: QRectF, text: str, *, bad: bool) -> None:
        """The label under a dragged chip."""
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self.inks.color("danger" if bad else "text"))
        painter.drawRoundedRect(box, 6, 6)
        painter.setFont(self.inks.strong_font)
        painter.setPen(self.inks.color("surface"))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)

    # --- inside -----------------------------------------------------------------------------

    def _label(self, painter: QPainter, cell: CellBox) -> None:
        pill = rect(cell.pill)
        painter.setFont(self.inks.strong_font)
        if cell.today:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self.inks.color("accent"))
            painter.drawRoundedRect(pill, pill.height() / 2, pill.height() / 2)
            painter.setPen(WHITE)
            painter.drawText(pill, Qt.AlignmentFlag.AlignCenter, cell.label)
            return
        painter.setPen(self.inks.color("text2" if cell.in_month else "text3"))
        painter.drawText(pill.adjusted(_LABEL_PAD, 0, -_LABEL_PAD, 0), self._lead, cell.label)

    def _ground(self, painter: QPainter, chip: ChipBox, box: QRectF, tint: QColor) -> None:
        look = chip.look
        plain = self.inks.theme.colours.contrast
        painter.setBrush(self.inks.color(look.fill or "surface") if look.fill or plain else tint)
        painter.setPen(Qt.PenStyle.NoPen)
        if look.line or plain:
            pen = QPen(self.inks.color("control"), 1)
            if look.line:
                # Dots and dashes are faint beside the full lines that all chips have here.
                if plain:
                    pen = QPen(self.inks.color("text2"), 1.5)
                pen.setDashPattern(_LINES[look.line])
            painter.setPen(pen)
            box = box.adjusted(0.5, 0.5, -0.5, -0.5)
        painter.drawRoundedRect(box, _RADIUS, _RADIUS)

    def _words(self, painter: QPainter, chip: ChipBox, box: QRectF) -> None:
        line = box.center().y() + self.inks.drop
        painter.setLayoutDirection(Qt.LayoutDirection.LayoutDirectionAuto)
        painter.setPen(self.inks.color(chip.look.title))
        painter.setFont(self.inks.strong_font)
        painter.drawText(QPointF(chip.time_x, line), chip.time)
        if chip.extra:
            painter.drawText(QPointF(chip.extra_x, line), chip.extra)
        if chip.title:
            painter.setFont(self.inks.plain_font)
            painter.drawText(QPointF(chip.title_x, line), chip.title)

    def _mark(self, painter: QPainter, x: int, box: QRectF, what: tuple[str, QColor]) -> None:
        """A network's mark or a status icon, in the middle of its place."""
        name, color = what
        sizes = self.inks.sizes
        size = sizes.brand if name.startswith("brand:") else sizes.icon
        at = QPointF(x + (sizes.icon - size) / 2, box.center().y() - size / 2)
        dpr = painter.device().devicePixelRatio()
        painter.drawPixmap(at, icons.pixmap(name, size, color, dpr))

    def _grid(self, painter: QPainter, layout: MonthLayout) -> None:
        color = self.inks.color("grid")
        for cell in layout.cells:
            box = cell.box
            painter.fillRect(QRectF(box.x, box.y, box.width, 1), color)
            edge = box.right - 1 if layout.right_to_left else box.x
            if 0 < edge < layout.width - 1:
                painter.fillRect(QRectF(edge, box.y, 1, box.height), color)

    def _shadow(self, painter: QPainter, body: QRectF) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        for spread in range(8, 0, -2):
            painter.setBrush(QColor(0, 0, 0, 14))
            painter.drawRoundedRect(
                body.adjusted(-spread, 4 - spread, spread, 4 + spread),
                _RADIUS + spread,
                _RADIUS + spread,
            )

    def _nobody(self) -> tuple[QColor, QColor]:
        return self.inks.color("control"), self.inks.color("sunken")
