"""What is dropped anywhere on a composer: files and pictures, addresses and words."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QMimeData, QObject
from PySide6.QtGui import QDragEnterEvent, QDropEvent

from postflow_desktop.ui.composer.editor import Page, files_in, image_in
from postflow_desktop.ui.composer.viewmodel import ComposerViewModel


class Dropping(QObject):
    """Watches a window; install it as an event filter there."""

    def __init__(self, model: ComposerViewModel, page: Page, parent: QObject) -> None:
        super().__init__(parent)
        self._model = model
        self._page = page

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: ARG002 - Qt's
        """Take what fits; the page shows that it would."""
        if isinstance(event, QDragEnterEvent):
            mime = event.mimeData()
            if not self._model.locked and (mime.hasUrls() or mime.hasImage() or mime.hasText()):
                event.acceptProposedAction()
                self._page.set_drop(True)
            return True
        if event.type() == QEvent.Type.DragLeave:
            self._page.set_drop(False)
        elif isinstance(event, QDropEvent) and event.type() == QEvent.Type.Drop:
            self._page.set_drop(False)
            if self.take(event.mimeData()):
                event.acceptProposedAction()
            return True
        return False

    def take(self, mime: QMimeData) -> bool:
        """Files and pictures to the pictures, words to the end of the text; was it taken?"""
        files, image = files_in(mime), image_in(mime)
        if self._model.locked:
            return False
        if files:
            self._model.intake.add_files(files)
        elif image is not None:
            self._model.intake.add_image(image)
        elif mime.text().strip():
            self._model.insert_text(mime.text().strip())
        else:
            return False
        return True
