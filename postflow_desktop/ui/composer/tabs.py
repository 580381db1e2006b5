"""The tabs over the editor: the original, and the text of each account."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Signal, Slot
from PySide6.QtGui import QIcon, QPainter, QPaintEvent, Qt
from PySide6.QtWidgets import QHBoxLayout, QTabBar, QWidget

from postflow_desktop.ui.composer.facts import Tab
from postflow_desktop.ui.kit import icons
from postflow_desktop.ui.kit.theme import current_theme
from postflow_desktop.ui.kit.widgets import Button
from postflow_desktop.ui.words import network_title

LONGEST = 22
"""Characters of a name in a tab."""
NUMBER_FROM = 20
"""So many characters left or fewer are shown in the tab."""


class Bar(QTabBar):
    """Tabs with a dot where an account has words of its own; red where something is wrong."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("composer-tabs")
        self.setAccessibleName("Text for")
        self.setExpanding(False)
        self.setDrawBase(False)
        self.setUsesScrollButtons(True)
        self.setElideMode(Qt.TextElideMode.ElideNone)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.tabs: list[Tab] = []

    def paintEvent(self, event: QPaintEvent) -> None:
        """The tabs by the style sheet, then the dots."""
        super().paintEvent(event)
        theme = current_theme()
        painter = QPainter(self)
        try:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            for index, tab in enumerate(self.tabs[: self.count()]):
                if not tab.customised and not tab.marked:
                    continue
                rect = self.tabRect(index)
                # In the room that its tab's words leave for it, not beside the next tab.
                size, air = theme.px(6), theme.px(10)
                right = self.isRightToLeft()
                left = rect.left() + air if right else rect.right() - air - size
                painter.setBrush(theme.color("danger" if tab.marked else "accent"))
                painter.drawEllipse(QRectF(left, rect.center().y() - size / 2, size, size))
        finally:
            painter.end()


class Tabs(QWidget):
    """The bar, and the button back to the original, which stands where its owner puts it."""

    chosen = Signal(object)
    """An account's id, or None."""
    reset = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.bar = Bar(self)
        self.button = Button(
            "Reset to original",
            self,
            kind="ghost",
            size="small",
            icon="arrow-counter-clockwise",
            name="composer-reset",
        )
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.bar, 1)
        self.bar.currentChanged.connect(self._tell)
        self.button.clicked.connect(self._reset)
        current_theme().changed.connect(self._refresh)
        self._refresh()

    def show_tabs(self, tabs: Sequence[Tab], current: str | None) -> None:
        """Show these tabs with this one in front."""
        blocked = self.bar.blockSignals(True)
        try:
            self._match(tabs)
            self.bar.tabs = list(tabs)
            for index, tab in enumerate(tabs):
                self._describe(index, tab)
                if current == (tab.account.id if tab.account else None):
                    self.bar.setCurrentIndex(index)
        finally:
            self.bar.blockSignals(blocked)
        front = next((t for t in tabs if t.account and t.account.id == current), None)
        self.button.setVisible(front is not None and front.customised)
        self.bar.update()

    def choose(self, index: int) -> None:
        """Bring the tab with this place (from 0) to the front, if there is one."""
        if index < self.bar.count():
            self.bar.setCurrentIndex(index)

    def _match(self, tabs: Sequence[Tab]) -> None:
        before = [tab.account for tab in self.bar.tabs]
        if before == [tab.account for tab in tabs]:
            return
        while self.bar.count():
            self.bar.removeTab(0)
        for tab in tabs:
            self.bar.addTab(self._icon(tab), "")

    def _describe(self, index: int, tab: Tab) -> None:
        if tab.account is None:
            name, words = "Original", "Original: the text for all accounts without their own"
        else:
            name = _short(tab.account.username)
            state = "own text" if tab.customised else "as the original"
            trouble = ", has a problem" if tab.marked else ""
            words = (
                f"@{tab.account.username} on {network_title(tab.account.network)}, {state}{trouble}"
            )
        left = tab.left
        number = (
            f"  {left}".replace("-", "\N{MINUS SIGN}")
            if left is not None and left <= NUMBER_FROM
            else ""
        )
        dot = "  " if tab.customised or tab.marked else ""
        self.bar.setTabText(index, f"{name.replace('&', '&&')}{number}{dot}")
        self.bar.setTabToolTip(index, words)
        self.bar.setAccessibleTabName(index, words)

    @staticmethod
    def _icon(tab: Tab) -> QIcon:
        if tab.account is None:
            return icons.no_icon()
        icon = QIcon()
        for dpr in (1.0, 2.0):
            icon.addPixmap(icons.network_tile(tab.account.network, current_theme().px(16), dpr))
        return icon

    @Slot()
    def _refresh(self) -> None:
        size = current_theme().px(16)
        self.bar.setIconSize(QSize(size, size))

    @Slot(int)
    def _tell(self, index: int) -> None:
        if 0 <= index < len(self.bar.tabs):
            account = self.bar.tabs[index].account
            self.chosen.emit(account.id if account else None)

    @Slot()
    def _reset(self) -> None:
        account = self.bar.tabs[self.bar.currentIndex()].account
        if account is not None:
            self.reset.emit(account.id)


def _short(username: str) -> str:
    """A name that leaves room for other tabs, without its server; the tool tip has all of it."""
    username = username.partition(".")[0] or username
    return username if len(username) <= LONGEST else f"{username[: LONGEST - 1]}…"
