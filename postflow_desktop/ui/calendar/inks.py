"""Fonts, colours and text widths of the month, made once per look and reused by every frame."""

from __future__ import annotations

from functools import cache

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF

from postflow_desktop.domain.network import Network
from postflow_desktop.ui.calendar.sizes import Sizes, sizes_for
from postflow_desktop.ui.kit.theme import Theme
from postflow_desktop.ui.kit.tokens import network_colours

_REMEMBERED = 20_000
_STRONG = QFont.Weight.DemiBold


class Inks:
    """What painting needs of one look; thrown away when the look changes."""

    def __init__(self, theme: Theme) -> None:
        self.theme = theme
        self.sizes: Sizes = sizes_for(theme.density, theme.scale)
        self.plain_font = QFont(theme.font("small", tabular=True))
        self.strong_font = QFont(self.plain_font)
        self.strong_font.setWeight(_STRONG)
        self.caption_font = QFont(theme.font("caption"))
        self.caption_font.setWeight(_STRONG)
        self._plain = QFontMetricsF(self.plain_font)
        self._strong = QFontMetricsF(self.strong_font)
        self._widths: dict[str, int] = {}
        self._elided: dict[tuple[str, int], str] = {}
        self.network = cache(self._network)
        middle = (self._plain.ascent() - self._plain.descent()) / 2
        self.drop = middle
        """From the middle of a line of text down to its baseline."""

    def color(self, name: str) -> QColor:
        """A token's colour."""
        return self.theme.color(name)

    # --- the layout's Measure ---------------------------------------------------------------

    def strong(self, text: str) -> int:
        """Width of a time, a "+n" or a day's number."""
        width = self._widths.get(text)
        if width is None:
            width = self._widths[text] = round(self._strong.horizontalAdvance(text) + 0.49)
        return width

    def plain(self, text: str) -> int:
        """Width of a title."""
        return round(self._plain.horizontalAdvance(text) + 0.49)

    def elided(self, text: str, width: int) -> str:
        """A title cut to that width."""
        key = (text, width)
        cut = self._elided.get(key)
        if cut is None:
            if len(self._elided) > _REMEMBERED:
                self._elided.clear()
            cut = self._plain.elidedText(text, Qt.TextElideMode.ElideRight, width)
            self._elided[key] = cut
        return cut

    def _network(self, network: Network) -> tuple[QColor, QColor]:
        colours = network_colours(network, self.theme.dark)
        return QColor(colours.bar), QColor(colours.tint)
