"""Between the view model and what follows the post: parts of a thread, the first comment."""

from __future__ import annotations

from PySide6.QtCore import QObject, Slot

from postflow_desktop.ui.composer.sheet import Sheet
from postflow_desktop.ui.composer.writing import ComposerWriting


class Following(QObject):
    """Shows the draft's parts and comment, and hands on what is typed."""

    def __init__(self, model: ComposerWriting, sheet: Sheet, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._sheet = sheet
        rest = sheet.rest
        model.thread_changed.connect(self._show)
        sheet.add_part.clicked.connect(self._add_part)
        sheet.add_comment.clicked.connect(self._add_comment)
        rest.part_typed.connect(model.set_part)
        rest.part_removed.connect(model.remove_part)
        rest.comment_typed.connect(model.set_comment)
        rest.comment_removed.connect(model.remove_comment)

    @Slot()
    def _show(self) -> None:
        draft = self._model.draft
        self._sheet.rest.show_thread(draft.parts, draft.first_comment)

    @Slot()
    def _add_part(self) -> None:
        self._model.add_part()
        self._sheet.rest.focus_last_part()

    @Slot()
    def _add_comment(self) -> None:
        self._model.add_comment()
        self._sheet.rest.focus_comment()
