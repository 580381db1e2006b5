"""A window that somebody types into without a pause; it prints what it wrote to disk.

Run as `python -m tests.desktop.typing_child HOME PICTURE`; it ends by being killed.
"""

from __future__ import annotations

import itertools
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtTest import QTest

from postflow_desktop.bootstrap import Machine
from postflow_desktop.desktop.app import Running, make_application
from postflow_desktop.machine.home import Home
from postflow_desktop.services.ports.drafts import LocalDraft
from postflow_desktop.ui.composer.view import ComposerWindow

WALL = datetime.fromisoformat("2030-05-04T10:30")
_KEY_MS = 10


class Typist:
    """Types one number after the other."""

    def __init__(self, composer: ComposerWindow) -> None:
        self._composer = composer
        self._keys = itertools.chain.from_iterable(f"{n} " for n in itertools.count(1))
        self._timer = QTimer()
        self._timer.timeout.connect(self._press)
        self._begin()

    def _begin(self) -> None:
        if not (self._composer.model.ready and self._composer.model.draft.media):
            QTimer.singleShot(20, self._begin)
            return
        self._composer.model.set_wall(WALL)
        self._timer.start(_KEY_MS)

    def _press(self) -> None:
        QTest.keyClicks(self._composer.sheet.editor, next(self._keys))
        say("typed", self._composer.model.text)


class Telling:
    """The draft store of the window, which tells what is on disk."""

    def __init__(self, put: Callable[[LocalDraft], None]) -> None:
        self._put = put

    def __call__(self, draft: LocalDraft) -> None:
        self._put(draft)
        say("kept", draft.text)


def say(what: str, text: str) -> None:
    sys.stdout.write(f"{what} {len(text)}\n")
    sys.stdout.flush()


def main(home: Path, picture: Path) -> None:
    application = make_application()
    machine = Machine({"POSTFLOW_KEYRING": "file"}, Home(home))
    running = Running(machine)
    running.screens.start()
    here = running.backend._open
    assert here is not None
    here.drafts.put = Telling(here.drafts.put)  # type: ignore[method-assign]
    typist = Typist(running.screens.compose(files=[picture]))
    application.exec()
    del typist


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
