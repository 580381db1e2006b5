"""Which accounts a post goes to: a tile for each, with its network's badge; all or none at once."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QColor, QFont, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QSizePolicy, QWidget

from postflow_desktop.domain.account import AccountStatus
from postflow_desktop.services.ports.replica import AccountRow
from postflow_desktop.ui.composer.flow import Flow
from postflow_desktop.ui.kit import icons
from postflow_desktop.ui.kit.theme import current_theme
from postflow_desktop.ui.kit.tokens import network_colours
from postflow_desktop.ui.kit.widgets import Button, Text
from postflow_desktop.ui.words import account_look, network_title

_TILE = 44
_AVATAR = 36


def initials(row: AccountRow) -> str:
    """One or two letters for an account without a picture."""
    name = row.display_name or row.username
    if " " not in name:
        # A handle: what follows the first dot is the server, not a second word.
        name = name.partition(".")[0]
    words = name.replace("_", " ").replace("-", " ").split()
    letters = [word[0] for word in words if word[0].isalnum()]
    return "".join(letters[:2]).upper() or "?"


def paint_avatar(painter: QPainter, rect: QRectF, row: AccountRow, *, faint: bool = False) -> None:
    """A round avatar with initials in the network's colour."""
    theme = current_theme()
    colours = network_colours(row.network, theme.dark)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.color("sunken") if faint else QColor(colours.tint).darker(104))
    painter.drawEllipse(rect)
    font = QFont(theme.font("strong"))
    font.setPixelSize(max(8, round(rect.height() * 0.36)))
    painter.setFont(font)
    painter.setPen(theme.color("text3") if faint else QColor(colours.bar))
    painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, initials(row))
    painter.restore()


class AccountTile(QAbstractButton):
    """One account; pressed means that the post goes to it."""

    def __init__(self, row: AccountRow, parent: QWidget) -> None:
        super().__init__(parent)
        self.row = row
        self.setCheckable(True)
        self.setObjectName(f"composer-account-{row.id}")
        name = f"@{row.username} on {network_title(row.network)}"
        broken = row.status is not AccountStatus.ACTIVE
        state = f": {account_look(row.status).word}" if broken else ""
        self.setAccessibleName(f"{name}{state}")
        self.setToolTip(f"{name}{state}")
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        current_theme().changed.connect(self.updateGeometry)

    def sizeHint(self) -> QSize:
        """A square with room for ring and badge."""
        size = current_theme().px(_TILE)
        return QSize(size, size)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - Qt's signature
        """Avatar, badge, and a ring when it is chosen."""
        theme = current_theme()
        painter = QPainter(self)
        try:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            if not self.isEnabled():
                painter.setOpacity(0.6)
            size = theme.px(_AVATAR)
            box = QRectF(theme.px(3), theme.px(3), size, size)
            paint_avatar(painter, box, self.row, faint=not self.isChecked())
            if self.isChecked():
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.setPen(QPen(theme.color("accent"), 2))
                painter.drawEllipse(box.adjusted(-2, -2, 2, 2))
            elif self.underMouse():
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.setPen(QPen(theme.color("border_strong"), 1))
                painter.drawEllipse(box)
            self._paint_badge(painter, box)
        finally:
            painter.end()

    def _paint_badge(self, painter: QPainter, avatar: QRectF) -> None:
        theme = current_theme()
        size = theme.px(17)
        box = QRectF(avatar.right() - size + 5, avatar.bottom() - size + 5, size, size)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("surface"))
        painter.drawRoundedRect(box.adjusted(-2, -2, 2, 2), 6, 6)
        if not self.isChecked():
            painter.setOpacity(0.55)
        icons.paint_network_tile(painter, box, self.row.network)
        painter.setOpacity(1.0)
        if self.row.status is not AccountStatus.ACTIVE:
            spot = QPointF(avatar.right() - 3, avatar.top() + 4)
            painter.setBrush(theme.color("surface"))
            painter.drawEllipse(spot, theme.px(8), theme.px(8))
            mark = QRectF(0, 0, theme.px(14), theme.px(14))
            mark.moveCenter(spot)
            icons.glyph(painter, mark, "warning-circle-fill", theme.color("danger"))


class Channels(QWidget):
    """All accounts in a row that wraps."""

    toggled = Signal(str)
    chosen = Signal(object)
    """Ids of all accounts that are to be chosen."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("composer-accounts")
        self.setAccessibleName("Accounts")
        self._tiles: list[AccountTile] = []
        self._holder = QWidget(self)
        self._flow = Flow(self._holder, gap=6)
        self._nothing = Text("No account is connected yet.", tone="text2", parent=self)
        self._all = Button("All", self, kind="ghost", size="small", name="composer-accounts-all")
        self._none = Button("None", self, kind="ghost", size="small", name="composer-accounts-none")
        self._all.setAccessibleName("Choose all accounts")
        self._none.setAccessibleName("Choose no account")
        self._all.clicked.connect(self._choose_all)
        self._none.clicked.connect(self._choose_none)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2)
        row.addWidget(self._nothing)
        row.addWidget(self._holder, 1)
        top = Qt.AlignmentFlag.AlignVCenter
        row.addWidget(self._all, 0, top)
        row.addWidget(self._none, 0, top)
        self.show_accounts([], [])

    def show_accounts(self, rows: Sequence[AccountRow], chosen: Sequence[str]) -> None:
        """Show accounts and which are chosen; the focus stays on the tile it is on."""
        if [tile.row for tile in self._tiles] != list(rows):
            self._rebuild(rows)
        for tile in self._tiles:
            tile.setChecked(tile.row.id in chosen)
        self._nothing.setVisible(not rows)
        self._holder.setVisible(bool(rows))
        for button in (self._all, self._none):
            button.setVisible(len(rows) > 1)

    def tiles(self) -> Sequence[AccountTile]:
        """The tiles in order."""
        return self._tiles

    def _rebuild(self, rows: Sequence[AccountRow]) -> None:
        focused = next((tile.row.id for tile in self._tiles if tile.hasFocus()), None)
        for tile in self._tiles:
            self._flow.removeWidget(tile)
            tile.hide()
            tile.deleteLater()
        self._tiles = [AccountTile(row, self._holder) for row in rows]
        for tile in self._tiles:
            tile.clicked.connect(self._tell)
            self._flow.addWidget(tile)
            tile.show()
            if tile.row.id == focused:
                tile.setFocus()

    @Slot()
    def _tell(self) -> None:
        tile = self.sender()
        if isinstance(tile, AccountTile):
            self.toggled.emit(tile.row.id)

    @Slot()
    def _choose_all(self) -> None:
        self.chosen.emit([t.row.id for t in self._tiles if t.row.status is AccountStatus.ACTIVE])

    @Slot()
    def _choose_none(self) -> None:
        self.chosen.emit([])
