"""The menu of a post; everything in it has a key as well."""

from __future__ import annotations

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QWidget

from postflow_desktop.ui.calendar.viewmodel import CalendarViewModel

_SHIFTS = (
    ("Move a day later", 1, "Alt+Right"),
    ("Move a day earlier", -1, "Alt+Left"),
    ("Move a week later", 7, "Alt+Shift+Right"),
    ("Move a week earlier", -7, "Alt+Shift+Left"),
)


class PostMenu(QMenu):
    """Acts on the post that has the view model's focus."""

    def __init__(self, viewmodel: CalendarViewModel, post_id: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("calendar-post-menu")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._viewmodel = viewmodel
        self._post_id = post_id
        row = viewmodel.row(post_id)
        refusal = viewmodel.mover.refusal(row) if row else ""
        self._add("Show details", "Return").triggered.connect(self._inspect)
        self._add("Edit", "E").triggered.connect(self._edit)
        self.addSeparator()
        for text, days, key in _SHIFTS:
            action = self._add(text, key)
            action.setData(days)
            action.setEnabled(not refusal)
            action.triggered.connect(self._shift)
        self.addSeparator()
        cancel = self._add("Take out of the plan", "Del")
        cancel.setEnabled(not refusal)
        cancel.triggered.connect(self._cancel)
        if refusal:
            reason = self.addAction(refusal)
            reason.setEnabled(False)

    def _add(self, text: str, key: str) -> QAction:
        action = self.addAction(text)
        # Shown only: the month itself has the keys, and two owners would block each other.
        action.setText(f"{text}\t{QKeySequence(key).toString(_NATIVE)}")
        return action

    @Slot()
    def _inspect(self) -> None:
        self._viewmodel.select(self._post_id)

    @Slot()
    def _edit(self) -> None:
        self._viewmodel.open(self._post_id)

    @Slot()
    def _shift(self) -> None:
        action = self.sender()
        if isinstance(action, QAction):
            self._viewmodel.shift(int(action.data()))

    @Slot()
    def _cancel(self) -> None:
        self._viewmodel.cancel(self._post_id)


_NATIVE = QKeySequence.SequenceFormat.NativeText
