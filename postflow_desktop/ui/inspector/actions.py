"""The foot of the inspector: what can be done with the post now."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt, Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication, QFrame, QHBoxLayout, QMenu, QVBoxLayout, QWidget

from postflow_desktop.ui.inspector.model import Can
from postflow_desktop.ui.kit.buttons import Button, IconButton
from postflow_desktop.ui.kit.panels import Text


class ActionBar(QFrame):
    """Edit and the act of the moment as buttons, the rest in a menu."""

    edit_asked = Signal()
    publish_asked = Signal()
    keep_asked = Signal()
    retry_asked = Signal()
    cancel_asked = Signal()
    delete_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("inspector-actions")
        self.setProperty("panel", "navfoot")
        self.leaving = Text("Publishing in a few seconds…", role="small", tone="info", parent=self)
        self.keep_button = Button("Undo", self, size="small", name="inspector-keep")
        self.edit_button = Button("Edit", self, icon="pencil-simple", name="inspector-edit")
        self.publish_button = Button(
            "Publish now", self, icon="paper-plane-tilt", name="inspector-publish"
        )
        self.retry_button = Button(
            "Retry", self, kind="primary", icon="arrow-clockwise", name="inspector-retry"
        )
        self.retry_button.setToolTip("Sends again only what is not out")
        self.more_button = IconButton("dots-three", "More", self, name="inspector-more")
        self.cancel_button = Button("Take out of the plan", self, name="inspector-cancel")
        self.delete_button = Button("Delete…", self, kind="danger", name="inspector-delete")
        self.menu = QMenu(self)
        self.menu.setObjectName("inspector-menu")
        # Made here, not by the menu: of those that Qt makes, a kept name can go void (PYSIDE-217).
        self.cancel_action = QAction("Take out of the plan", self)
        self.delete_action = QAction("Delete…", self)
        self.menu.addActions([self.cancel_action, self.delete_action])
        self._lay_out()
        self.show_can(Can(), busy=False, leaving=False, missed_only=False, out=False)
        self.edit_button.clicked.connect(self.edit_asked)
        self.publish_button.clicked.connect(self.publish_asked)
        self.keep_button.clicked.connect(self.keep_asked)
        self.retry_button.clicked.connect(self.retry_asked)
        self.cancel_button.clicked.connect(self.cancel_asked)
        self.delete_button.clicked.connect(self.delete_asked)
        self.more_button.clicked.connect(self._open_menu)
        self.cancel_action.triggered.connect(self.cancel_asked)
        self.delete_action.triggered.connect(self.delete_asked)

    def show_can(
        self, can: Can, *, busy: bool, leaving: bool, missed_only: bool, out: bool
    ) -> None:
        """Only what can be done is there; while something runs, it waits."""
        focused = QApplication.focusWidget()
        had_focus = focused is not None and self.isAncestorOf(focused)
        self._leaving_row.setVisible(leaving)
        self.edit_button.setVisible(can.edit)
        self.publish_button.setVisible(can.publish and not can.retry)
        self.retry_button.setVisible(can.retry)
        self.retry_button.setText("Publish now" if missed_only else "Retry")
        self.cancel_action.setVisible(can.cancel)
        self.delete_action.setVisible(can.delete)
        for act in (self.delete_action, self.delete_button):
            act.setText("Delete everywhere…" if out else "Delete…")
        # A menu beside nothing would hide the only things that can be done.
        main = can.edit or can.publish or can.retry
        self.more_button.setVisible(main and (can.cancel or can.delete))
        self.cancel_button.setVisible(can.cancel and not main)
        self.delete_button.setVisible(can.delete and not main)
        for button in self._all:
            button.setEnabled(not busy)
        any_button = main or can.cancel or can.delete
        self._buttons.setVisible(any_button)
        self.setVisible(any_button or leaving)
        if had_focus:
            self._keep_focus(focused)

    def _keep_focus(self, focused: QWidget | None) -> None:
        """A button that went away would else hand the keyboard to another part of the window."""
        if focused is not None and focused.isVisible() and focused.isEnabled():
            focused.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        left = [button for button in self._all if button.isVisible() and button.isEnabled()]
        if left:
            left[0].setFocus(Qt.FocusReason.OtherFocusReason)

    def _lay_out(self) -> None:
        self._leaving_row = QWidget(self)
        above = QHBoxLayout(self._leaving_row)
        above.setContentsMargins(0, 0, 0, 0)
        above.addWidget(self.leaving, 1)
        above.addWidget(self.keep_button)
        self._buttons = QWidget(self)
        row = QHBoxLayout(self._buttons)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        wide = (
            self.retry_button,
            self.publish_button,
            self.edit_button,
            self.cancel_button,
            self.delete_button,
        )
        for button in wide:
            row.addWidget(button, 1)
        row.addWidget(self.more_button)
        self._all = (self.keep_button, *wide, self.more_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 10, 16, 10)
        column.setSpacing(8)
        column.addWidget(self._leaving_row)
        column.addWidget(self._buttons)

    @Slot()
    def _open_menu(self) -> None:
        place = QPoint(0, -self.menu.sizeHint().height() - 4)
        self.menu.popup(self.more_button.mapToGlobal(place))
