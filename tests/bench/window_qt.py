"""An application without a screen, in a held look, for figures taken in this process."""

from __future__ import annotations

import os
import time
from collections.abc import Callable

SIZE = (1280, 800)


def settle() -> None:
    """Make the application: light, without motion."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtWidgets import QApplication

    from postflow_desktop.ui.kit.theme import Look, current_theme

    app = QApplication.instance() or QApplication([])
    if isinstance(app, QApplication):
        current_theme().install(app)
    current_theme().set_look(Look(mode="light", contrast=False, motion="reduced"))


def timed(act: Callable[[], object]) -> float:
    """How many seconds it takes."""
    started = time.perf_counter()
    act()
    return time.perf_counter() - started
