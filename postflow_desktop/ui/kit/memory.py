"""What the window remembers between two starts: an INI file in PostFlow's folder, with a version.

A file of another version or with odd values is read as if it were not there.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import QByteArray, QSettings

from postflow_desktop.ui.kit.theme import SCALES, Density, Look, Mode, Motion

_VERSION = 1
_RECENT = 8
_MODES: tuple[Mode, ...] = ("system", "light", "dark")
_DENSITIES: tuple[Density, ...] = ("default", "compact", "relaxed")
_MOTIONS: tuple[Motion, ...] = ("system", "full", "reduced")
_CONTRASTS = {"system": None, "on": True, "off": False}

T = TypeVar("T")


class Memory:
    """Typed access to the file; keys are "group/name"."""

    def __init__(self, path: Path) -> None:
        self._settings = QSettings(str(path), QSettings.Format.IniFormat)
        if self._settings.value("version", 0, int) != _VERSION:
            self._settings.clear()
            self._settings.setValue("version", _VERSION)

    def text(self, key: str, default: str = "") -> str:
        """A text."""
        return str(self._settings.value(key, default, str))

    def flag(self, key: str, default: bool = False) -> bool:
        """Yes or no."""
        return bool(self._settings.value(key, default, bool))

    def number(self, key: str, default: float) -> float:
        """A number."""
        found = self._settings.value(key, default, float)
        return found if isinstance(found, float) else default

    def data(self, key: str) -> QByteArray:
        """Bytes, empty if there are none."""
        found = self._settings.value(key, QByteArray(), QByteArray)
        return found if isinstance(found, QByteArray) else QByteArray()

    def keep(self, key: str, value: str | bool | float | QByteArray) -> None:
        """Remember a value; it reaches the disk with `save` or by itself soon."""
        self._settings.setValue(key, value)

    def save(self) -> None:
        """Write the file now."""
        self._settings.sync()

    def recent(self) -> Sequence[str]:
        """The ids of the commands used last, newest first."""
        return [part for part in self.text("palette/recent").split(" ") if part]

    def used(self, command_id: str) -> None:
        """A command was used."""
        before = [name for name in self.recent() if name != command_id]
        self.keep("palette/recent", " ".join([command_id, *before][:_RECENT]))

    def look(self) -> Look:
        """The appearance a person chose; odd values are read as the usual ones."""
        scale = self.number("look/scale", 1.0)
        return Look(
            mode=_known(self.text("look/mode"), _MODES),
            contrast=_CONTRASTS.get(self.text("look/contrast")),
            density=_known(self.text("look/density"), _DENSITIES),
            scale=scale if scale in SCALES else 1.0,
            motion=_known(self.text("look/motion"), _MOTIONS),
        )

    def keep_look(self, look: Look) -> None:
        """Remember an appearance, on the disk when this returns."""
        contrast = next(name for name, value in _CONTRASTS.items() if value is look.contrast)
        self.keep("look/mode", look.mode)
        self.keep("look/contrast", contrast)
        self.keep("look/density", look.density)
        self.keep("look/scale", look.scale)
        self.keep("look/motion", look.motion)
        self.save()


def _known(value: str, values: tuple[T, ...]) -> T:
    return next((known for known in values if known == value), values[0])
