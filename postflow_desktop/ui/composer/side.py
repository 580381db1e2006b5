"""The right half of a composer: how the post will look, and what is still in the way."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Slot
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from postflow_desktop.ui.composer.checks import Checklist
from postflow_desktop.ui.composer.pictures import Pictures
from postflow_desktop.ui.composer.preview import Previews, looks_of
from postflow_desktop.ui.composer.viewmodel import ComposerViewModel
from postflow_desktop.ui.kit.widgets import Text

PREVIEW_MS = 80
"""The preview follows the typing so much later."""


class Side(QFrame):
    """Preview over checklist."""

    def __init__(
        self, model: ComposerViewModel, pictures: Pictures, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setProperty("panel", "canvas")
        self._model = model
        self.previews = Previews(pictures, self)
        self.checklist = Checklist(self)
        self.area = QScrollArea(self)
        self.area.setObjectName("composer-preview-area")
        self.area.setAccessibleName("Preview")
        self.area.setWidgetResizable(True)
        self.area.setFrameShape(QFrame.Shape.NoFrame)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.area.setWidget(self.previews)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 18, 20, 16)
        column.setSpacing(10)
        column.addWidget(Text("Preview", role="title", parent=self))
        column.addWidget(self.area, 1)
        column.addWidget(self.checklist)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(PREVIEW_MS)
        self._timer.timeout.connect(self.show_previews)
        model.opened.connect(self.show_previews)
        model.judged.connect(self._show_checklist)
        model.judged.connect(self._timer.start)
        model.media_changed.connect(self._timer.start)
        model.when_changed.connect(self._show_checklist)
        model.state_changed.connect(self._show_checklist)

    @Slot()
    def show_previews(self) -> None:
        """Show the post as it is now."""
        self._timer.stop()
        model = self._model
        self.previews.show_looks(looks_of(model.draft, model.accounts, model.tab))

    @Slot()
    def _show_checklist(self) -> None:
        self.checklist.setVisible(not self._model.read_only)
        self.checklist.show_items(self._model.checklist, offline=self._model.offline)
