"""Where navigation, screen and inspector stand beside or over one another.

The inspector pushes the screen aside where there is room, else it lies over it. Placed by hand:
one pass, no layout that shakes while the window is resized.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRect, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QApplication, QFrame, QVBoxLayout, QWidget

from postflow_desktop.ui.kit.theme import current_theme
from postflow_desktop.ui.kit.tokens import SIZES
from postflow_desktop.ui.shell.nav import Nav


class InspectorDock(QFrame):
    """The panel at the right; holds one widget given from outside."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("inspector-dock")
        self.setAccessibleName("Inspector")
        self.setProperty("panel", "inspector")
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(1, 0, 0, 0)
        self.content: QWidget | None = None

    def set_content(self, widget: QWidget) -> None:
        """What it shows; a former widget goes."""
        if self.content is not None:
            self._column.removeWidget(self.content)
            self.content.deleteLater()
        self.content = widget
        self._column.addWidget(widget)


class Body(QWidget):
    """Navigation, main column, inspector."""

    inspector_toggled = Signal(bool)
    inspector_left = Signal()
    """It closed while it had the keyboard."""

    def __init__(self, nav: Nav, main: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("body")
        self.nav = nav
        self.main = main
        self.dock = InspectorDock(self)
        nav.setParent(self)
        main.setParent(self)
        # Over the screen, and under what is put on top of all of it later: the toasts.
        self.dock.raise_()
        self.dock.hide()
        current_theme().changed.connect(self.place)

    def is_inspector_open(self) -> bool:
        """Whether the inspector shows."""
        return not self.dock.isHidden()

    def pushes(self) -> bool:
        """Whether there is room for the inspector beside the screen."""
        room = self.width() - self.nav.width_wanted()
        return room >= SIZES.inspector_pushes_from

    def free(self) -> QRect:
        """The part of the screen that the inspector does not cover."""
        area = self.main.geometry()
        if not self.is_inspector_open() or self.pushes():
            return area
        if self.isRightToLeft():
            return area.adjusted(self.dock.width(), 0, 0, 0)
        return area.adjusted(0, 0, -self.dock.width(), 0)

    def set_inspector_open(self, shown: bool) -> None:
        """Show or hide the inspector; nothing happens as long as it has no content."""
        shown = shown and self.dock.content is not None
        if shown == self.is_inspector_open():
            return
        focused = QApplication.focusWidget()
        had_focus = focused is not None and self.dock.isAncestorOf(focused)
        self.dock.setVisible(shown)
        self.place()
        if not shown and had_focus:
            self.inspector_left.emit()
        self.inspector_toggled.emit(shown)

    def place(self) -> None:
        """Put everything in its place."""
        nav, wide = self.nav.width_wanted(), self.width()
        dock = current_theme().px(SIZES.inspector)
        beside = dock if self.is_inspector_open() and self.pushes() else 0
        columns = (
            (self.nav, 0, nav),
            (self.main, nav, max(0, wide - nav - beside)),
            (self.dock, wide - dock, dock),
        )
        for widget, left, width in columns:
            x = wide - left - width if self.isRightToLeft() else left
            widget.setGeometry(x, 0, width, self.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put everything in its new place."""
        super().resizeEvent(event)
        self.place()

    def changeEvent(self, event: QEvent) -> None:
        """The direction of reading may change."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LayoutDirectionChange:
            self.place()
