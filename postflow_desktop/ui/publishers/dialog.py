"""Asking for the reason of a pause: the others read it wherever the pause shows."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QWidget

from postflow_desktop.ui.kit.dialogs import Dialog
from postflow_desktop.ui.kit.fields import Field
from postflow_desktop.ui.kit.panels import Text

MAX_REASON = 500


class PauseDialog(Dialog):
    """One field; Enter pauses."""

    def __init__(
        self,
        parent: QWidget | None,
        *,
        title: str,
        text: str,
        on_accept: Callable[[str], object],
    ) -> None:
        super().__init__(parent, title=title, action="Pause", name="pause")
        self._on_accept = on_accept
        self.reason = Field(
            "Reason",
            self,
            name="pause-reason",
            placeholder="The shop is closed today",
            hint="The team reads it wherever the pause shows.",
        )
        self.reason.edit.setMaxLength(MAX_REASON)
        self.body.addWidget(Text(text, tone="text2", wraps=True, parent=self))
        self.body.addWidget(self.reason)
        self.reason.submitted.connect(self.submit)
        self.reason.setFocus()

    @Slot()
    def submit(self) -> None:
        """Close, then pause; without a reason it stays open."""
        reason = " ".join(self.reason.text().split())
        if not reason:
            self.reason.set_error("Say why, in some words.")
            self.reason.setFocus()
            return
        if self.isVisible():
            self.accept()
            self._on_accept(reason)


def ask_reason(
    parent: QWidget | None, *, title: str, text: str, on_accept: Callable[[str], object]
) -> PauseDialog:
    """Open the dialog; returns at once."""
    dialog = PauseDialog(parent, title=title, text=text, on_accept=on_accept)
    dialog.open()
    return dialog
