"""Dialogs that open without a loop of their own: give them what to do when they are accepted."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, Qt, Slot
from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from postflow_desktop.ui.kit.buttons import Button
from postflow_desktop.ui.kit.panels import InfoBar, Text


class Dialog(QDialog):
    """A title, a body to fill (`body`), an error bar, and a row of two buttons."""

    def __init__(
        self,
        parent: QWidget | None,
        *,
        title: str,
        action: str,
        name: str,
        danger: bool = False,
        cancel: str = "Cancel",
    ) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setWindowTitle(title)
        self.setAccessibleName(title)
        self.setModal(True)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setMinimumWidth(420)
        self.body = QVBoxLayout()
        self.body.setSpacing(12)
        self.problem = InfoBar("", self, kind="danger", boxed=True)
        self.problem.hide()
        self.accept_button = Button(
            action, self, kind="danger" if danger else "primary", name=f"{name}-accept"
        )
        self.accept_button.setDefault(not danger)
        self.cancel_button = Button(cancel, self, name=f"{name}-cancel")
        self.cancel_button.setAutoDefault(danger)
        self.accept_button.clicked.connect(self.submit)
        self.cancel_button.clicked.connect(self.reject)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addStretch(1)
        buttons.addWidget(self.cancel_button)
        buttons.addWidget(self.accept_button)
        self._column = column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 20)
        column.setSpacing(16)
        column.addWidget(Text(title, role="h2", wraps=True, parent=self))
        column.addLayout(self.body)
        column.addWidget(self.problem)
        column.addLayout(buttons)

    @Slot()
    def submit(self) -> None:
        """The main button; a dialog that has to work first overrides this."""
        self.accept()

    def show_problem(self, text: str) -> None:
        """Say what is wrong and keep the dialog open; empty takes it away."""
        self.problem.set_text(text)
        self.problem.setVisible(bool(text))

    def fit(self) -> None:
        """Be just as high as what is in it now."""
        self.resize(self.width(), self._column.totalHeightForWidth(self.width()))

    def event(self, event: QEvent) -> bool:
        """Grow with what is in it: words that wrap would else be pressed together."""
        wanted = event.type() == QEvent.Type.LayoutRequest
        done = super().event(event)
        # After any other event there may be no dialog any more.
        if wanted and self.isVisible():
            least = self._column.totalHeightForWidth(self.width())
            if least > self.height():
                self.resize(self.width(), least)
        return done

    def set_busy(self, busy: bool) -> None:
        """While work goes on, nothing can be pressed twice."""
        self.accept_button.setEnabled(not busy)


class Confirm(Dialog):
    """A question about what can't be undone."""

    def __init__(
        self,
        parent: QWidget | None,
        *,
        title: str,
        text: str,
        action: str,
        on_accept: Callable[[], object],
        name: str = "confirm",
        danger: bool = True,
    ) -> None:
        super().__init__(parent, title=title, action=action, name=name, danger=danger)
        self._on_accept = on_accept
        self.body.addWidget(Text(text, tone="text2", wraps=True, parent=self))

    @Slot()
    def submit(self) -> None:
        """Close, then do it."""
        self.accept()
        self._on_accept()


def confirm(
    parent: QWidget | None,
    *,
    title: str,
    text: str,
    action: str,
    on_accept: Callable[[], object],
    danger: bool = True,
) -> Confirm:
    """Ask, and do it if the person says so; returns at once."""
    dialog = Confirm(
        parent, title=title, text=text, action=action, on_accept=on_accept, danger=danger
    )
    dialog.open()
    return dialog
