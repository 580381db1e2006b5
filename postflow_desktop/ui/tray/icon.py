"""The tray's icon, drawn for light and dark panels; a mask of one colour where the system tints."""

from __future__ import annotations

import sys
from collections.abc import Mapping

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap

from postflow_desktop.ui.kit import icons
from postflow_desktop.ui.kit.theme import current_theme
from postflow_desktop.ui.tray.state import Mark

SIZES = (16, 20, 22, 24, 32, 44, 48, 64)
_ON_LIGHT, _ON_DARK = QColor("#23262F"), QColor("#F4F5F7")
_AIR = 0.03
_DOT = QColor("#E5484D")
_PAUSED = {False: QColor("#A14A07"), True: QColor("#FBBF24")}
_GLYPHS = {
    Mark.NORMAL: "paper-plane-tilt-fill",
    Mark.PAUSED: "paper-plane-tilt-fill",
    Mark.OFFLINE: "paper-plane-tilt",
    Mark.ERROR: "paper-plane-tilt-fill",
}
_BADGES = {Mark.PAUSED: "pause-fill", Mark.ERROR: "warning-fill"}
_DARK_PANELS = ("GNOME", "UNITY", "PANTHEON")
"""Desktops whose panel is dark whatever the colours of their windows."""


def panel_is_dark(environ: Mapping[str, str]) -> bool:
    """Whether the icon stands on a dark ground."""
    desktops = environ.get("XDG_CURRENT_DESKTOP", "").upper().split(":")
    if any(name in desktops for name in _DARK_PANELS):
        return True
    return current_theme().dark


def tray_icon(mark: Mark, *, has_dot: bool, dark: bool, template: bool | None = None) -> QIcon:
    """In all sizes; `template` (on macOS) is black on nothing and tinted by the system."""
    masked = sys.platform == "darwin" if template is None else template
    made = QIcon()
    for size in SIZES:
        made.addPixmap(_pixmap(mark, size, has_dot=has_dot, dark=dark, masked=masked))
    made.setIsMask(masked)
    return made


def _pixmap(mark: Mark, size: int, *, has_dot: bool, dark: bool, masked: bool) -> QPixmap:
    made = QPixmap(size, size)
    made.fill(Qt.GlobalColor.transparent)
    ink = QColor(Qt.GlobalColor.black) if masked else (_ON_DARK if dark else _ON_LIGHT)
    painter = QPainter(made)
    try:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        # The glyph has air around it, which a tray gives by itself.
        air = size * _AIR
        icons.glyph(painter, QRectF(made.rect()).adjusted(-air, -air, air, air), _GLYPHS[mark], ink)
        badge = _BADGES.get(mark)
        if badge is not None:
            tone = _DOT if mark is Mark.ERROR else _PAUSED[dark]
            _paint_badge(painter, size, badge, ink if masked else tone)
        if has_dot:
            _paint_dot(painter, size, ink if masked else _DOT)
    finally:
        painter.end()
    return made


def _paint_badge(painter: QPainter, size: int, name: str, ink: QColor) -> None:
    """At the lower right, with a gap around it."""
    side = size * 0.5
    box = QRectF(size - side, size - side, side, side)
    _cut(painter, box.center(), side * 0.6)
    icons.glyph(painter, box, name, ink)


def _paint_dot(painter: QPainter, size: int, ink: QColor) -> None:
    """At the upper right, where the plane has its tip."""
    radius = size * 0.2
    middle = QPointF(size - radius, radius)
    _cut(painter, middle, radius + max(1.0, size * 0.06))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(ink)
    painter.drawEllipse(middle, radius, radius)


def _cut(painter: QPainter, middle: QPointF, radius: float) -> None:
    painter.save()
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Clear)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(Qt.GlobalColor.black)
    painter.drawEllipse(middle, radius, radius)
    painter.restore()
