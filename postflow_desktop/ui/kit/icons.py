"""Icons as glyphs of fonts: Phosphor for the interface, Font Awesome's brands for the networks.

Fonts and their tables of names lie in the package `qtawesome` (MIT), which is located and never
imported: its import costs 200 ms and its own binding. Loaded when the first icon is drawn.
"""

from __future__ import annotations

import json
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontDatabase,
    QFontMetricsF,
    QIcon,
    QPainter,
    QPixmap,
    QPixmapCache,
)

from postflow_desktop.domain.errors import MachineProblem
from postflow_desktop.domain.network import Network
from postflow_desktop.ui.kit.theme import current_theme
from postflow_desktop.ui.kit.tokens import network_colours

_PHOSPHOR = ("phosphor-1.3.0.ttf", "phosphor-charmap-1.3.0.json")
_BRANDS = (
    "fontawesome6-brands-webfont-6.7.2.ttf",
    "fontawesome6-brands-webfont-charmap-6.7.2.json",
)
_BRAND_PREFIX = "brand:"

WHITE = QColor("#FFFFFF")
_LATER_NAMES = {
    "caret-up-down": "arrows-down-up",
    "circle-notch": "spinner",
    "cloud-x": "cloud-slash",
    "list-checks": "list-bullets",
    "plug": "link-simple",
    "plugs": "link-break",
    "plugs-connected": "link",
    "seal-check": "circle-wavy-check",
    "seal-question": "circle-wavy-question",
    "seal-warning": "circle-wavy-warning",
    "sidebar": "layout",
    "sidebar-simple": "layout",
    "user-check": "user-circle",
}
"""Names of Phosphor 2 that its first edition does not have, with what stands nearest."""

_NETWORK_GLYPHS = {
    Network.X: "x-twitter",
    Network.LINKEDIN: "linkedin-in",
    Network.FACEBOOK: "facebook-f",
    Network.INSTAGRAM: "instagram",
    Network.PINTEREST: "pinterest-p",
    Network.TIKTOK: "tiktok",
    Network.YOUTUBE: "youtube",
    Network.THREADS: "threads",
    Network.BLUESKY: "bluesky",
    Network.MASTODON: "mastodon",
    Network.TELEGRAM: "telegram",
    Network.REDDIT: "reddit-alien",
    Network.SNAPCHAT: "snapchat",
    Network.GOOGLE_BUSINESS: "google",
}


def glyph(painter: QPainter, rect: QRectF, name: str, color: QColor) -> None:
    """Paint an icon in the middle of the rectangle, as high as it. KeyError: no such name."""
    family, character = _look_up(name)
    font = QFont(family)
    font.setPixelSize(max(1, round(rect.height())))
    font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    painter.save()
    painter.setFont(font)
    painter.setPen(color)
    painter.drawText(_origin(font, character, rect), character)
    painter.restore()


def pixmap(name: str, size: int, color: QColor, dpr: float = 1.0) -> QPixmap:
    """An icon as a picture of `size` logical px; cached."""
    key = f"postflow/{name}/{size}/{color.rgba()}/{dpr}"
    found = QPixmap()
    if QPixmapCache.find(key, found):
        return found
    made = _blank(size, dpr)
    painter = QPainter(made)
    try:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        glyph(painter, QRectF(0, 0, size, size), name, color)
    finally:
        painter.end()
    QPixmapCache.insert(key, made)
    return made


def icon(name: str, size: int = 18, color: str = "text2") -> QIcon:
    """An icon in a theme's colour (or "white"); make it again when the theme changes."""
    theme = current_theme()
    ink = WHITE if color == "white" else theme.color(color)
    made = QIcon()
    for dpr in (1.0, 2.0):
        made.addPixmap(pixmap(name, size, ink, dpr))
        faint = pixmap(name, size, theme.color("disabled"), dpr)
        made.addPixmap(faint, QIcon.Mode.Disabled)
    return made


def no_icon() -> QIcon:
    """An icon that shows nothing."""
    return QIcon()


def network_glyph(network: Network) -> str:
    """The name of a network's mark, for `glyph`, `pixmap` and `icon`."""
    return _BRAND_PREFIX + _NETWORK_GLYPHS[network]


def network_tile(network: Network, size: int, dpr: float = 1.0) -> QPixmap:
    """A network's mark in white on its colour, with rounded corners; cached."""
    key = f"postflow/tile/{network}/{size}/{dpr}"
    found = QPixmap()
    if QPixmapCache.find(key, found):
        return found
    made = _blank(size, dpr)
    painter = QPainter(made)
    try:
        paint_network_tile(painter, QRectF(0, 0, size, size), network)
    finally:
        painter.end()
    QPixmapCache.insert(key, made)
    return made


def paint_network_tile(painter: QPainter, rect: QRectF, network: Network) -> None:
    """Paint a network's mark in white on its colour."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(network_colours(network, dark=False).tile))
    radius = rect.height() * 0.25
    painter.drawRoundedRect(rect, radius, radius)
    inset = rect.height() * 0.2
    inner = rect.adjusted(inset, inset, -inset, -inset)
    glyph(painter, inner, network_glyph(network), WHITE)
    painter.restore()


def has_icon(name: str) -> bool:
    """Whether there is an icon of this name."""
    if name.startswith(_BRAND_PREFIX):
        return name.removeprefix(_BRAND_PREFIX) in _brands()[1]
    return _LATER_NAMES.get(name, name) in _phosphor()[1]


def _look_up(name: str) -> tuple[str, str]:
    """Family of the font and the character of an icon."""
    if name.startswith(_BRAND_PREFIX):
        family, characters = _brands()
        return family, characters[name.removeprefix(_BRAND_PREFIX)]
    family, characters = _phosphor()
    return family, characters[_LATER_NAMES.get(name, name)]


@cache
def _phosphor() -> tuple[str, dict[str, str]]:
    return _load(*_PHOSPHOR)


@cache
def _brands() -> tuple[str, dict[str, str]]:
    return _load(*_BRANDS)


def _load(font_name: str, table_name: str) -> tuple[str, dict[str, str]]:
    folder = _folder()
    number = QFontDatabase.addApplicationFont(str(folder / font_name))
    families = QFontDatabase.applicationFontFamilies(number)
    if not families:
        raise _missing(font_name)
    table: dict[str, str] = json.loads((folder / table_name).read_text(encoding="utf-8"))
    return families[0], {name: chr(int(code, 16)) for name, code in table.items()}


def _folder() -> Path:
    spec = find_spec("qtawesome")
    if spec is None or not spec.submodule_search_locations:
        raise _missing("qtawesome")
    return Path(spec.submodule_search_locations[0]) / "fonts"


def _missing(what: str) -> MachineProblem:
    return MachineProblem(
        f"PostFlow's icons are not there ({what}).", fix="Install PostFlow again."
    )


def _origin(font: QFont, character: str, rect: QRectF) -> QPointF:
    """Where to start so that the drawn form, not its advance box, stands in the middle."""
    box = _ink(font.family(), font.pixelSize(), character)
    return QPointF(rect.center().x() - box.center().x(), rect.center().y() - box.center().y())


@cache
def _ink(family: str, size: int, character: str) -> QRectF:
    """The box that an icon is set by: its em for Phosphor's grid, its ink for brands."""
    font = QFont(family)
    font.setPixelSize(size)
    font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    metrics = QFontMetricsF(font)
    ink = metrics.tightBoundingRect(character)
    if family == _phosphor()[0]:
        # Phosphor draws on an em square that stands on the descent.
        top = -metrics.ascent()
        return QRectF(0, top, metrics.horizontalAdvance(character), metrics.height())
    return ink


def _blank(size: int, dpr: float) -> QPixmap:
    made = QPixmap(round(size * dpr), round(size * dpr))
    made.setDevicePixelRatio(dpr)
    made.fill(Qt.GlobalColor.transparent)
    return made
