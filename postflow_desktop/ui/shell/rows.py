"""The rows of the navigation, painted by hand: items, channels, the switcher, the sync cell."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QColor, QFontMetrics, QMouseEvent, QPainter, QPaintEvent, QPolygonF
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from postflow_desktop.services.ports.replica import AccountRow
from postflow_desktop.ui.kit import icons
from postflow_desktop.ui.kit.direction import write
from postflow_desktop.ui.kit.theme import current_theme
from postflow_desktop.ui.kit.tokens import RADIUS, SIZES
from postflow_desktop.ui.shell.viewmodel import Health, Sync, health

_TILE = 20
_VCENTER = Qt.AlignmentFlag.AlignVCenter


class NavButton(QAbstractButton):
    """A row that can be pressed: a ground by state, then what the kind of row paints."""

    HEIGHT = 34

    def __init__(self, label: str, parent: QWidget | None = None, *, name: str) -> None:
        super().__init__(parent)
        self.collapsed = False
        self.setObjectName(name)
        self.setText(label)
        self.setAccessibleName(label)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        current_theme().changed.connect(self.updateGeometry)

    def set_collapsed(self, collapsed: bool) -> None:
        """Only the icon is shown; the words go to the tool tip."""
        self.collapsed = collapsed
        self.refresh_tip()
        self.update()

    def refresh_tip(self) -> None:
        """The words as a tool tip while they don't show."""
        self.setToolTip(self.text() if self.collapsed else "")

    def sizeHint(self) -> QSize:
        """As wide as there is room."""
        return QSize(40, current_theme().px(self.HEIGHT))

    def minimumSizeHint(self) -> QSize:
        """An icon's room."""
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - Qt's signature
        """The ground, then the content."""
        painter = QPainter(self)
        try:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            ground = self._ground()
            if ground:
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(current_theme().color(ground))
                painter.drawRoundedRect(QRectF(self.rect()), RADIUS.control, RADIUS.control)
            self.paint_content(painter)
        finally:
            painter.end()

    def paint_content(self, painter: QPainter) -> None:
        """What the row shows; kinds of rows override it."""

    def paint_words(self, painter: QPainter, box: QRectF, role: str, color: str) -> None:
        """Words cut off with dots where they don't fit."""
        theme = current_theme()
        font = theme.font(role)
        words = QFontMetrics(font).elidedText(
            self.text(), Qt.TextElideMode.ElideRight, int(box.width())
        )
        painter.setFont(font)
        painter.setPen(theme.color(color))
        write(painter, QRectF(box), words, right_to_left=self.isRightToLeft())

    def spot(self, size: int, left: int) -> QRectF:
        """A square at the row's beginning, or in its middle when collapsed."""
        wide = current_theme().px(size)
        x = (self.width() - wide) / 2 if self.collapsed else left
        if self.isRightToLeft() and not self.collapsed:
            x = self.width() - left - wide
        return QRectF(x, (self.height() - wide) / 2, wide, wide)

    def room(self, left: int, right: int) -> QRectF:
        """What is left for words between two margins, mirrored where people read so."""
        if self.isRightToLeft():
            left, right = right, left
        return QRectF(left, 0, max(0, self.width() - left - right), self.height())

    def _ground(self) -> str:
        if self.isChecked():
            return "selected"
        if self.isDown():
            return "pressed"
        return "pressed" if self.underMouse() else ""


class NavItem(NavButton):
    """A screen: icon, title, number."""

    def __init__(
        self,
        screen_id: str,
        title: str,
        icon: str,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(title, parent, name=f"nav-{screen_id}")
        self.screen_id = screen_id
        self._icon = icon
        self._count = 0
        self.urgent = False
        self.setCheckable(True)
        self.setAutoExclusive(True)

    def count(self) -> int:
        """The number beside it."""
        return self._count

    def set_count(self, count: int) -> None:
        """Another number; 0 shows none."""
        self._count = count
        name = f"{self.text()}, {count}" if count else self.text()
        self.setAccessibleName(name)
        self.update()

    def paint_content(self, painter: QPainter) -> None:
        """Icon, words, number."""
        theme = current_theme()
        color = "accent_text" if self.isChecked() else "text2"
        spot = self.spot(SIZES.icon_nav, 10)
        icons.glyph(painter, spot, self._icon, theme.color(color))
        if self.collapsed:
            if self._count:
                self._paint_dot(painter, spot)
            return
        number = self._number()
        wide = QFontMetrics(theme.font("caption")).horizontalAdvance(number)
        words = self.room(theme.px(38), wide + 24 if number else 8)
        self.paint_words(painter, words, "nav", color if self.isChecked() else "text2")
        if number:
            self._paint_number(painter, number, wide)

    def _number(self) -> str:
        if not self._count:
            return ""
        return "999+" if self._count > 999 else str(self._count)

    def _paint_number(self, painter: QPainter, number: str, wide: int) -> None:
        theme = current_theme()
        painter.setFont(theme.font("caption"))
        end = Qt.AlignmentFlag.AlignTrailing | _VCENTER
        box = self.room(0, theme.px(10))
        ink = "accent_text" if self.isChecked() else "text2"
        if self.urgent:
            height = theme.px(18)
            pill = QRectF(0, (self.height() - height) / 2, wide + theme.px(12), height)
            pill.moveLeft(theme.px(6) if self.isRightToLeft() else self.width() - pill.width() - 6)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.color("danger_bg"))
            painter.drawRoundedRect(pill, height / 2, height / 2)
            ink, box, end = "danger", pill, Qt.AlignmentFlag.AlignCenter
        painter.setPen(theme.color(ink))
        painter.drawText(box, end, number)

    def _paint_dot(self, painter: QPainter, spot: QRectF) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(current_theme().color("danger" if self.urgent else "text3"))
        painter.drawEllipse(QPointF(spot.right() + 2, spot.top() + 1), 3.5, 3.5)


class ChannelRow(NavButton):
    """An account: its network's tile, its name, a mark if it needs somebody."""

    HEIGHT = 30
    picked = Signal(str, bool)
    """The account's id; True to add it to the others (Ctrl)."""

    def __init__(self, row: AccountRow, parent: QWidget | None = None) -> None:
        label = _channel_name(row)
        super().__init__(label, parent, name=f"channel-{row.id}")
        self.row = row
        self.health: Health | None = health(row)
        self._adds = False
        self.setCheckable(True)
        trouble = f", {self.health.text}" if self.health else ""
        self.setAccessibleName(f"{row.network.value} {label}{trouble}")
        self.setAccessibleDescription("Shows only this channel; with Ctrl, adds it")
        self.clicked.connect(self._pick)
        self.refresh_tip()

    def refresh_tip(self) -> None:
        """What is wrong with it, or its name while that does not show."""
        parts = [self.text() if self.collapsed else "", self.health.text if self.health else ""]
        self.setToolTip(": ".join(part for part in parts if part))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Remember whether Ctrl was held."""
        self._adds = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        super().mouseReleaseEvent(event)
        self._adds = False

    def paint_content(self, painter: QPainter) -> None:
        """Tile, words, mark."""
        theme = current_theme()
        spot = self.spot(_TILE, 9)
        icons.paint_network_tile(painter, spot, self.row.network)
        if self.collapsed:
            if self.health:
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(theme.color(self.health.tone))
                painter.drawEllipse(QPointF(spot.right(), spot.top()), 4, 4)
            return
        words = self.room(theme.px(38), theme.px(32) if self.health else 8)
        self.paint_words(painter, words, "body", "accent_text" if self.isChecked() else "text")
        if self.health:
            size = theme.px(16)
            left = theme.px(9) if self.isRightToLeft() else self.width() - size - theme.px(9)
            box = QRectF(left, (self.height() - size) / 2, size, size)
            icons.glyph(painter, box, self.health.icon, theme.color(self.health.tone))

    @Slot()
    def _pick(self) -> None:
        self.picked.emit(self.row.id, self._adds)


class Switcher(NavButton):
    """Where we are; opens the list of workspaces."""

    HEIGHT = 40

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("PostFlow", parent, name="workspace-switcher")
        self._below = ""

    def set_place(self, name: str, below: str) -> None:
        """Another place: its name, and a line under it."""
        self.setText(name)
        self._below = below
        self.setAccessibleName(f"Workspace: {name}, {below}" if below else f"Workspace: {name}")
        self.refresh_tip()
        self.update()

    def paint_content(self, painter: QPainter) -> None:
        """The initial on a tile, two lines, two arrows."""
        theme = current_theme()
        spot = self.spot(28, 4)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("accent"))
        painter.drawRoundedRect(spot, RADIUS.control, RADIUS.control)
        painter.setPen(QColor("#FFFFFF"))
        painter.setFont(theme.font("strong"))
        painter.drawText(spot, Qt.AlignmentFlag.AlignCenter, self.text()[:1].upper())
        if self.collapsed:
            return
        room = self.room(theme.px(40), theme.px(24))
        half = room.height() / 2
        top = QRectF(room.left(), room.top() + 2, room.width(), half)
        self.paint_words(painter, top, "strong", "text")
        below = QFontMetrics(theme.font("caption")).elidedText(
            self._below, Qt.TextElideMode.ElideRight, int(room.width())
        )
        painter.setFont(theme.font("caption"))
        painter.setPen(theme.color("text2"))
        low = QRectF(room.left(), room.top() + half - 1, room.width(), half)
        write(painter, low, below, right_to_left=self.isRightToLeft())
        self._paint_arrows(painter)

    def _paint_arrows(self, painter: QPainter) -> None:
        x = 14.0 if self.isRightToLeft() else self.width() - 14.0
        middle = self.height() / 2
        pen = painter.pen()
        pen.setWidthF(1.4)
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for turn in (-1, 1):
            tip = QPointF(x, middle + turn * 6.5)
            base = middle + turn * 3
            painter.drawPolyline(QPolygonF([QPointF(x - 3.5, base), tip, QPointF(x + 3.5, base)]))


class SyncCell(NavButton):
    """How the window stands to the cluster: a dot or an icon, and words; leads to the board."""

    HEIGHT = 32

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", parent, name="sync-cell")
        self._sync = Sync(kind="success", icon="", text="", detail="")
        self.setAccessibleName("Synchronisation")

    def set_sync(self, sync: Sync) -> None:
        """Say something else."""
        self._sync = sync
        self.setText(sync.text)
        self.setAccessibleDescription(f"{sync.text}. {sync.detail} Shows who publishes.")
        self.refresh_tip()
        self.update()

    def refresh_tip(self) -> None:
        """What it means, with the words while they don't show."""
        sync = self._sync
        said = f"{sync.text}. {sync.detail}" if self.collapsed else sync.detail
        self.setToolTip(f"{said} Click to see who publishes.")

    def paint_content(self, painter: QPainter) -> None:
        """Dot or icon, then words."""
        theme = current_theme()
        ink = theme.color(self._sync.kind)
        spot = self.spot(16, theme.px(10) - 1)
        if self._sync.icon:
            icons.glyph(painter, spot, self._sync.icon, ink)
        else:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(ink)
            painter.drawEllipse(spot.center(), 4.0, 4.0)
        if not self.collapsed:
            self.paint_words(painter, self.room(theme.px(38) - 8, 0), "small", "text2")


def _channel_name(row: AccountRow) -> str:
    return row.display_name or row.username
