"""The look in force: colours, fonts, density, motion; one object that tells of every change.

Fusion, a palette and one style sheet for the whole program; widgets choose their look by dynamic
properties (`setProperty("kind", "primary")`), never by a sheet of their own.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtGui import QColor, QFont, QFontDatabase, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication, QStyleFactory

from postflow_desktop.ui.kit.motion import system_reduces_motion
from postflow_desktop.ui.kit.stylesheet import stylesheet
from postflow_desktop.ui.kit.tokens import (
    DARK,
    DARK_CONTRAST,
    LIGHT,
    LIGHT_CONTRAST,
    ROW_HEIGHTS,
    TYPES,
    Colours,
)

Mode = Literal["system", "light", "dark"]
Density = Literal["compact", "default", "relaxed"]
Motion = Literal["system", "full", "reduced"]

SCALES = (0.9, 1.0, 1.1, 1.25, 1.5)
"""Text sizes that can be chosen."""
_FAMILY = "Inter"
_EMOJI = ("Noto Color Emoji", "Apple Color Emoji", "Segoe UI Emoji")


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What a person chose; None for contrast follows the system."""

    mode: Mode = "system"
    contrast: bool | None = None
    density: Density = "default"
    scale: float = 1.0
    motion: Motion = "system"


class Theme(QObject):
    """The look in force. `changed` comes after palette and style sheet were switched."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._look = Look()
        self._app: QApplication | None = None
        self._colours = LIGHT
        self._palette: dict[str, QColor] = {}
        self._fonts: dict[tuple[str, bool], QFont] = {}
        self._reduces_motion = False

    # --- reading ----------------------------------------------------------------------------

    @property
    def look(self) -> Look:
        """What a person chose."""
        return self._look

    @property
    def colours(self) -> Colours:
        """The colours in force."""
        return self._colours

    @property
    def dark(self) -> bool:
        """Whether light text stands on a dark ground."""
        return self._colours.dark

    @property
    def scale(self) -> float:
        """Text size as a factor, 0.9 to 1.5."""
        return self._look.scale

    @property
    def density(self) -> Density:
        """How tightly rows stand."""
        return self._look.density

    @property
    def row_height(self) -> int:
        """Height of a row in px."""
        return self.px(ROW_HEIGHTS[self._look.density])

    @property
    def reduced_motion(self) -> bool:
        """Whether things move at once instead of gliding."""
        if self._look.motion == "system":
            return self._reduces_motion
        return self._look.motion == "reduced"

    def color(self, name: str) -> QColor:
        """A token's colour; AttributeError for an unknown name. Don't change the object."""
        found = self._palette.get(name)
        if found is None:
            found = self._palette[name] = QColor(getattr(self._colours, name))
            if name == "scrim":
                found.setAlphaF(self._colours.scrim_alpha)
        return found

    def font(self, role: str, *, tabular: bool = False) -> QFont:
        """A role's font; tabular digits keep times in columns. KeyError for an unknown role."""
        key = (role, tabular)
        found = self._fonts.get(key)
        if found is None:
            found = self._fonts[key] = self._make_font(role, tabular)
        return found

    def px(self, size: int) -> int:
        """A size at the chosen text size."""
        return round(size * self._look.scale)

    def ms(self, duration: int) -> int:
        """A duration in ms: 0 when motion is reduced."""
        return 0 if self.reduced_motion else duration

    # --- choosing ---------------------------------------------------------------------------

    def install(self, app: QApplication) -> None:
        """Put the look on the program and follow the system's changes."""
        if self._app is None:
            self._app = app
            app.setStyle(QStyleFactory.create("Fusion"))
            _set_emoji_families()
            hints = app.styleHints()
            hints.colorSchemeChanged.connect(self._follow_system)
            hints.accessibility().contrastPreferenceChanged.connect(self._follow_system)
        self._reduces_motion = system_reduces_motion()
        self._apply()

    def set_look(self, look: Look) -> None:
        """Choose everything at once; nothing happens if it is what is in force."""
        if look != self._look:
            self._look = look
            self._apply()

    def set_mode(self, mode: Mode) -> None:
        """Light, dark, or as the system."""
        self._change(mode=mode)

    def set_contrast(self, contrast: bool | None) -> None:
        """High contrast on, off, or as the system (None)."""
        self._change(contrast=contrast)

    def set_density(self, density: Density) -> None:
        """How tightly rows stand."""
        self._change(density=density)

    def set_scale(self, scale: float) -> None:
        """Text size, 0.9 to 1.5; other values are brought into that range."""
        self._change(scale=min(max(scale, SCALES[0]), SCALES[-1]))

    def set_motion(self, motion: Motion) -> None:
        """Motion full, reduced, or as the system."""
        self._change(motion=motion)

    # --- inside -----------------------------------------------------------------------------

    def _change(self, **values: object) -> None:
        from dataclasses import replace

        self.set_look(replace(self._look, **values))  # type: ignore[arg-type]  # own setters only

    @Slot()
    def _follow_system(self) -> None:
        if self._choose() != self._colours:
            self._apply()

    def _choose(self) -> Colours:
        dark, contrast = self._look.mode == "dark", self._look.contrast
        hints = QGuiApplication.styleHints()
        if self._look.mode == "system":
            dark = hints.colorScheme() == Qt.ColorScheme.Dark
        if contrast is None:
            wanted = hints.accessibility().contrastPreference()
            contrast = wanted == Qt.ContrastPreference.HighContrast
        if contrast:
            return DARK_CONTRAST if dark else LIGHT_CONTRAST
        return DARK if dark else LIGHT

    def _apply(self) -> None:
        if self._app is not None:
            self._tell_system(self._app)
            self._colours = self._choose()
        else:
            self._colours = DARK if self._look.mode == "dark" else LIGHT
        self._palette.clear()
        self._fonts.clear()
        if self._app is not None:
            self._app.setFont(self.font("body"))
            self._app.setPalette(_palette(self))
            self._app.setStyleSheet(stylesheet(self._colours, self._look.scale, self.row_height))
        self.changed.emit()

    def _tell_system(self, app: QApplication) -> None:
        """Native dialogs and window frames follow the choice."""
        hints = app.styleHints()
        if self._look.mode == "system":
            hints.unsetColorScheme()
            return
        dark = self._look.mode == "dark"
        hints.setColorScheme(Qt.ColorScheme.Dark if dark else Qt.ColorScheme.Light)

    def _make_font(self, role: str, tabular: bool) -> QFont:
        spec = TYPES[role]
        if role == "mono":
            font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        else:
            font = QFont(_family())
        font.setPixelSize(self.px(spec.size))
        font.setWeight(QFont.Weight(spec.weight))
        font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
        if tabular or spec.tabular:
            font.setFeature(QFont.Tag("tnum"), 1)
        return font


def _family() -> str:
    """Inter where it is installed, else what the system writes with."""
    if QFontDatabase.hasFamily(_FAMILY):
        return _FAMILY
    return QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont).family()


def _set_emoji_families() -> None:
    there = [family for family in _EMOJI if QFontDatabase.hasFamily(family)]
    if there:
        QFontDatabase.setApplicationEmojiFontFamilies(there)


def _palette(theme: Theme) -> QPalette:
    """Colours for what the style sheet does not reach."""
    role = QPalette.ColorRole
    palette = QPalette()
    for where, name in (
        (role.Window, "canvas"),
        (role.WindowText, "text"),
        (role.Base, "surface"),
        (role.AlternateBase, "canvas"),
        (role.Text, "text"),
        (role.PlaceholderText, "text3"),
        (role.Button, "surface"),
        (role.ButtonText, "text"),
        (role.BrightText, "danger"),
        (role.ToolTipBase, "text"),
        (role.ToolTipText, "surface"),
        (role.Highlight, "accent"),
        (role.Link, "accent_text"),
        (role.LinkVisited, "accent_text"),
        (role.Accent, "accent"),
        (role.Light, "raised"),
        (role.Midlight, "hover"),
        (role.Mid, "border"),
        (role.Dark, "border_strong"),
        (role.Shadow, "border_strong"),
    ):
        palette.setColor(where, theme.color(name))
    palette.setColor(role.HighlightedText, QColor("#FFFFFF"))
    for where in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, where, theme.color("disabled"))
    return palette


class _Holder:
    """Keeps the one theme of the program."""

    theme: Theme | None = None


def current_theme() -> Theme:
    """The theme of the program, made when first asked for."""
    if _Holder.theme is None:
        _Holder.theme = Theme()
    return _Holder.theme
