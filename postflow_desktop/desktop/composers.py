"""The composers that are open: at most one for a post, each in a window of its own."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QMimeData, QObject, Signal, Slot

from postflow_desktop.desktop.acting import HeldPlace
from postflow_desktop.desktop.backend import DesktopBackend
from postflow_desktop.ui.backend import Place
from postflow_desktop.ui.kit.changes import Changes
from postflow_desktop.ui.kit.tasks import Tasks

if TYPE_CHECKING:
    from postflow_desktop.ui.composer.view import ComposerWindow


class Composers(QObject):
    """Makes composer windows and keeps them until they are closed.

    A composer writes to the place that it was opened in, wherever the window goes meanwhile.
    """

    toast = Signal(str, str)
    offer = Signal(str, str, object)
    board_asked = Signal()
    """Show who publishes and when."""
    one_closed = Signal()

    def __init__(
        self,
        backend: DesktopBackend,
        tasks: Tasks,
        changes: Changes,
        settings: Path,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._backend = backend
        self._tasks = tasks
        self._changes = changes
        self._settings = settings
        self.all: list[ComposerWindow] = []
        self._held: dict[ComposerWindow, HeldPlace] = {}

    def new(
        self, day: date | None = None, files: Sequence[Path] = (), text: str = ""
    ) -> ComposerWindow:
        """A composer for a new post."""
        composer = self._make()
        composer.open_new(day, list(files), text)
        return composer

    def new_from(self, held: QMimeData) -> ComposerWindow:
        """A composer for what a clipboard holds: files, a picture, or words."""
        from postflow_desktop.ui.composer.editor import files_in, image_in

        files, image = files_in(held), image_in(held)
        composer = self.new(files=files, text="" if files else held.text().strip())
        if image is not None:
            composer.model.intake.add_image(image)
        return composer

    @Slot(str)
    def edit_post(self, post_id: str) -> None:
        """The composer of a post."""
        if not self._bring_back(post_id):
            self._make().open_post(post_id)

    @Slot(str)
    def edit_draft(self, draft_id: str) -> None:
        """The composer of a draft of this machine."""
        if not self._bring_back(draft_id):
            self._make().open_draft(draft_id)

    def close_all(self) -> None:
        """Close them; each keeps what it holds."""
        for composer in list(self.all):
            composer.close()

    def follow(self) -> None:
        """The window went to another place: composers of the former one close and keep."""
        for composer in list(self.all):
            if not self._is_here(composer):
                composer.close()

    def _is_here(self, composer: ComposerWindow) -> bool:
        return _id(self._held[composer].place()) == _id(self._backend.place())

    def _bring_back(self, subject: str) -> bool:
        """A second composer for the same words would only make a conflict."""
        for composer in self.all:
            if composer.subject == subject:
                composer.bring_to_front()
                return True
        return False

    def _make(self) -> ComposerWindow:
        from postflow_desktop.ui.composer.view import ComposerWindow

        held = self._backend.hold()
        composer = ComposerWindow(held, self._tasks, self._changes, self._settings)
        composer.toast.connect(self.toast)
        composer.offer.connect(self._offered)
        composer.board_asked.connect(self.board_asked)
        composer.closed.connect(self._forget)
        self.all.append(composer)
        self._held[composer] = held
        return composer

    @Slot()
    def _forget(self) -> None:
        composer = self.sender()
        found = next((one for one in self.all if one is composer), None)
        if found is not None:
            self.all.remove(found)
            self._tasks.run(partial(self._backend.let_go, self._held.pop(found)), _nothing)
            found.deleteLater()
        self.one_closed.emit()

    @Slot(str, str, object)
    def _offered(self, text: str, action: str, act: object) -> None:
        """What a composer of another place offers can't be done here any more; only said."""
        composer = self.sender()
        found = next((one for one in self.all if one is composer), None)
        if found is None or self._is_here(found):
            self.offer.emit(text, action, act)
        else:
            self.toast.emit(text, "info")


def _id(place: Place | None) -> tuple[str, str]:
    return ("", "") if place is None else (place.workspace_id, place.organization_id)


def _nothing(_result: None) -> None:
    """Nothing is shown of it."""
