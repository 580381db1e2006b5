"""One draft as a card: its picture, first line, networks, when it was edited, and where it is."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QFontMetricsF, QMouseEvent, QPainter, QPainterPath, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from postflow_desktop.domain.network import Network
from postflow_desktop.domain.post import MediaKind
from postflow_desktop.domain.text import excerpt
from postflow_desktop.ui.drafts.listing import DraftRow
from postflow_desktop.ui.drafts.thumbs import Thumbs
from postflow_desktop.ui.kit import icons
from postflow_desktop.ui.kit.buttons import Button, IconButton
from postflow_desktop.ui.kit.marks import ElidedText
from postflow_desktop.ui.kit.panels import Card, IconLabel, Pill, Tone
from postflow_desktop.ui.kit.theme import current_theme
from postflow_desktop.ui.kit.tokens import RADIUS
from postflow_desktop.ui.media_words import counted, icon_name
from postflow_desktop.ui.words import network_title

NO_TEXT = "No text yet"
_THUMB = 44
_TILE = 18
_GAP = 4
_MOST_TILES = 5
_SPOKEN = 60


class Thumb(QWidget):
    """The first picture, or what stands for it; decoration, so a screen reader skips it."""

    def __init__(self, thumbs: Thumbs, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._thumbs = thumbs
        self._sha256 = ""
        self._mark = ""
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        current_theme().changed.connect(self.updateGeometry)
        thumbs.arrived.connect(self._arrived)

    def set_picture(self, sha256: str, mark: str = "") -> None:
        """Another picture; empty for none, with the icon that stands for what is there."""
        self._sha256 = sha256
        self._mark = mark
        self.update()

    def sizeHint(self) -> QSize:
        """A square."""
        size = current_theme().px(_THUMB)
        return QSize(size, size)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - Qt's signature
        """The picture with round corners, or an icon on a quiet ground."""
        theme = current_theme()
        image = self._thumbs.get(self._sha256) if self._sha256 else None
        painter = QPainter(self)
        try:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            box = QRectF(self.rect())
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.color("sunken"))
            painter.drawRoundedRect(box, RADIUS.control, RADIUS.control)
            if image is not None:
                path = QPainterPath()
                path.addRoundedRect(box, RADIUS.control, RADIUS.control)
                painter.setClipPath(path)
                painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
                painter.drawImage(box, image)
            else:
                inset = box.width() * 0.28
                name = self._mark or ("image" if self._sha256 else "pencil-simple")
                spot = box.adjusted(inset, inset, -inset, -inset)
                icons.glyph(painter, spot, name, theme.color("text3"))
        finally:
            painter.end()

    @Slot(str)
    def _arrived(self, sha256: str) -> None:
        if sha256 == self._sha256:
            self.update()


class Tiles(QWidget):
    """The networks of a draft side by side; their names are said by the row."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._networks: tuple[Network, ...] = ()
        self.hide()
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        current_theme().changed.connect(self.updateGeometry)

    def set_networks(self, networks: tuple[Network, ...]) -> None:
        """Other networks."""
        if networks != self._networks:
            self._networks = networks
            self.setVisible(bool(networks))
            self.updateGeometry()
            self.update()

    def sizeHint(self) -> QSize:
        """All tiles in a row, and how many more there are."""
        theme = current_theme()
        shown = min(len(self._networks), _MOST_TILES)
        wide = shown * theme.px(_TILE) + max(0, shown - 1) * _GAP
        if self._rest():
            metrics = QFontMetricsF(theme.font("caption"))
            wide += _GAP + round(metrics.horizontalAdvance(self._rest())) + 1
        return QSize(wide, theme.px(_TILE))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - Qt's signature
        """The tiles from the beginning of the line on."""
        theme = current_theme()
        size = theme.px(_TILE)
        mirrored = self.isRightToLeft()
        painter = QPainter(self)
        try:
            left = 0
            for network in self._networks[:_MOST_TILES]:
                x = self.width() - size - left if mirrored else left
                icons.paint_network_tile(painter, QRectF(x, 0, size, size), network)
                left += size + _GAP
            painter.setFont(theme.font("caption"))
            painter.setPen(theme.color("text2"))
            words = self.rect().adjusted(0 if mirrored else left, 0, -left if mirrored else 0, 0)
            lead = Qt.AlignmentFlag.AlignLeading | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(words, lead, self._rest())
        finally:
            painter.end()

    def _rest(self) -> str:
        more = len(self._networks) - _MOST_TILES
        return f"+{more}" if more > 0 else ""


class DraftItem(Card):
    """Takes the focus as a whole; its buttons follow by Tab. A double click opens it."""

    open_asked = Signal(str)
    """The row's key."""
    delete_asked = Signal(str)

    def __init__(self, row: DraftRow, thumbs: Thumbs, parent: QWidget | None = None) -> None:
        super().__init__(parent, margin=12)
        self.row = row
        self.setObjectName(f"draft-{row.key}")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleDescription("Enter opens it, Delete deletes it")
        self.thumb = Thumb(thumbs, self)
        self.title = ElidedText(role="strong", parent=self)
        self.tiles = Tiles(self)
        self.about = ElidedText(role="small", parent=self)
        self.about.set_tone("text2")
        self.pill = Pill("", self)
        self.mark = IconLabel("desktop", self)
        self.open_button = Button("Open", self, size="small", name=f"open-{row.key}")
        self.delete_button = IconButton(
            "trash", "Delete", self, size=28, shortcut="Del", name=f"delete-{row.key}"
        )
        self._lay_out()
        self.open_button.clicked.connect(self.open)
        self.delete_button.clicked.connect(self._on_delete)

    def stops(self) -> tuple[QWidget, ...]:
        """What Tab reaches, in this order."""
        return (self, self.open_button, self.delete_button)

    def show_row(self, row: DraftRow, *, edited: str, narrow: bool) -> None:
        """Show the draft as it is now; where there is little room, its place by an icon only."""
        self.row = row
        title = row.title or NO_TEXT
        self.title.setText(title)
        self.title.set_tone("text" if row.title else "text2")
        first = row.media[0] if row.media else None
        is_picture = first is not None and first.kind is MediaKind.IMAGE
        mark = "" if first is None else icon_name(first)
        self.thumb.set_picture(first.sha256 if first and is_picture else "", mark)
        self.tiles.set_networks(row.networks)
        pictures = counted(row.media)
        targets = "" if row.networks or row.note else "No account chosen"
        about = [part for part in (row.note, targets, edited, pictures) if part]
        self.about.setText(" · ".join(about))
        where = self._show_where(row, narrow)
        networks = [network_title(network) for network in row.networks]
        spoken = [excerpt(title, _SPOKEN), where, *networks, *about]
        self.setAccessibleName(", ".join(spoken))
        self.open_button.setAccessibleName(f"Open {excerpt(title, _SPOKEN)}")
        self.delete_button.setAccessibleName(f"Delete {excerpt(title, _SPOKEN)}")

    def press(self, widget: QWidget | None) -> None:
        """Enter: on one of its buttons that button, else it opens."""
        if isinstance(widget, QAbstractButton):
            widget.click()
        else:
            self.open()

    @Slot()
    def open(self) -> None:
        """Go on with it."""
        self.open_asked.emit(self.row.key)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """As Enter."""
        if event.button() == Qt.MouseButton.LeftButton:
            self.open()

    def _show_where(self, row: DraftRow, narrow: bool) -> str:
        if not row.in_workspace:
            words, icon, tip = "Only on this computer", "desktop", "Save it, and others see it."
        elif row.draft_id:
            words, icon = "Newer on this computer", "desktop"
            tip = "It is in the workspace; what you changed since is only here."
        else:
            words, icon, tip = "In the workspace", "cloud-check", "Everybody in the team sees it."
        tone: Tone = "info" if row.draft_id else "text2"
        self.pill.set_state(words, tone=tone, icon=icon)
        self.mark.set_icon(icon, tone)
        for shown, widget in ((not narrow, self.pill), (narrow, self.mark)):
            widget.setVisible(shown)
            widget.setToolTip(f"{words}. {tip}")
        return words

    def _lay_out(self) -> None:
        below = QHBoxLayout()
        below.setSpacing(8)
        below.addWidget(self.tiles)
        below.addWidget(self.about, 1)
        words = QVBoxLayout()
        words.setSpacing(4)
        words.addStretch(1)
        words.addWidget(self.title)
        words.addLayout(below)
        words.addStretch(1)
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(self.thumb)
        row.addLayout(words, 1)
        row.addWidget(self.pill)
        row.addWidget(self.mark)
        row.addWidget(self.open_button)
        row.addWidget(self.delete_button)
        self.body.addLayout(row)

    @Slot()
    def _on_delete(self) -> None:
        self.delete_asked.emit(self.row.key)
