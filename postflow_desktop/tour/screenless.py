"""Qt without a screen: the tour's windows are drawn, and nobody sees them."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING

from postflow_desktop.domain.errors import MachineProblem

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

_SCREENLESS: Mapping[str, str | None] = {
    "QT_QPA_PLATFORM": "offscreen",
    "QT_SCALE_FACTOR": "1",
    "QT_FONT_DPI": "96",
    "QT_LOGGING_RULES": "qt.text.font.db=false;qt.qpa.*=false",
    # What a desktop asks of Qt would look for its screen, or change the pictures.
    "QT_QPA_PLATFORMTHEME": None,
    "QT_STYLE_OVERRIDE": None,
    "QT_SCREEN_SCALE_FACTORS": None,
}


@contextmanager
def without_a_screen() -> Iterator[QApplication]:
    """The Qt application, drawing into memory; the environment is as before when this ends.

    MachineProblem (`has_windows`) in a process whose windows somebody sees.
    """
    before = {name: os.environ.get(name) for name in _SCREENLESS}
    _set(_SCREENLESS)
    try:
        from postflow_desktop.desktop.app import make_application

        application = make_application()
        if application.platformName() != "offscreen":
            raise MachineProblem(
                "The tour can't be taken in a program that shows windows.", code="has_windows"
            )
        yield application
    finally:
        _set(before)


def _set(values: Mapping[str, str | None]) -> None:
    for name, value in values.items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value
