"""How the post will look: a light card for each network, a little behind the typing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Slot
from PySide6.QtGui import (
    QPainter,
    QPaintEvent,
    QPixmap,
    QTextCharFormat,
    QTextLayout,
    QTextOption,
)
from PySide6.QtWidgets import QFrame, QSizePolicy, QVBoxLayout, QWidget

from postflow_desktop.domain.network import Network
from postflow_desktop.domain.post import LinkCard, Media, MediaKind
from postflow_desktop.services.ports.drafts import LocalDraft
from postflow_desktop.services.ports.replica import AccountRow
from postflow_desktop.ui.composer.card import CardFace
from postflow_desktop.ui.composer.channels import paint_avatar
from postflow_desktop.ui.composer.content import card_for, shown_on
from postflow_desktop.ui.composer.faces import paint_face
from postflow_desktop.ui.composer.pictures import Pictures, alt_words, paint_cropped
from postflow_desktop.ui.composer.spans import spans, units
from postflow_desktop.ui.composer.tiles import paint_alt_badge
from postflow_desktop.ui.kit import icons
from postflow_desktop.ui.kit.direction import mirrored, write
from postflow_desktop.ui.kit.theme import current_theme
from postflow_desktop.ui.kit.widgets import Text
from postflow_desktop.ui.words import network_title

_AVATAR = 36
_SHAPES = {1: 0.46, 2: 0.34, 3: 0.42}
"""Height of the pictures as a share of their width, by their number; low enough for two cards."""
_MOST = 4
_WIDTHS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What one card shows."""

    account: AccountRow
    text: str
    media: tuple[Media, ...]
    card: LinkCard | None = None
    others: int = 0
    """Further accounts of this network that get the same."""


class PostText(QWidget):
    """Words that wrap anywhere if they must, with links, mentions and tags in colour."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._text = ""
        self._layouts: dict[int, tuple[QTextLayout, float]] = {}
        """With its height, by width: layouts ask for the same few widths again and again."""
        policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        current_theme().changed.connect(self._forget)

    def show_text(self, text: str) -> None:
        """Other words."""
        if text != self._text:
            self._text = text
            self._forget()

    def text(self) -> str:
        """The words."""
        return self._text

    def hasHeightForWidth(self) -> bool:
        """Narrower means higher."""
        return True

    def heightForWidth(self, width: int) -> int:
        """Height of all lines."""
        return round(self._laid_out(width)[1]) + 1

    def sizeHint(self) -> QSize:
        """As wide as it may be."""
        return QSize(200, self.heightForWidth(max(self.width(), 200)))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - Qt's signature
        """The lines."""
        painter = QPainter(self)
        try:
            painter.setPen(current_theme().color("text"))
            self._laid_out(self.width())[0].draw(painter, QPointF(0, 0))
        finally:
            painter.end()

    @Slot()
    def _forget(self) -> None:
        self._layouts.clear()
        self.updateGeometry()
        self.update()

    def _laid_out(self, width: int) -> tuple[QTextLayout, float]:
        found = self._layouts.get(width)
        if found is None:
            if len(self._layouts) >= _WIDTHS:
                self._layouts.clear()
            found = self._layouts[width] = self._lay_out(width)
        return found

    def _lay_out(self, width: int) -> tuple[QTextLayout, float]:
        theme = current_theme()
        layout = QTextLayout(self._text.replace("\n", "\u2028"), theme.font("body"))
        option = QTextOption()
        option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        layout.setTextOption(option)
        mark = QTextCharFormat()
        mark.setForeground(theme.color("accent_text"))
        ranges = []
        for span in spans(self._text):
            part = QTextLayout.FormatRange()
            part.start = units(self._text[: span.start])
            part.length = units(self._text[span.start : span.end])
            part.format = mark
            ranges.append(part)
        layout.setFormats(ranges)
        leading = theme.px(20)
        y = 0.0
        layout.beginLayout()
        while (line := layout.createLine()).isValid():
            line.setLineWidth(max(width, 40))
            line.setPosition(QPointF(0, y + (leading - line.height()) / 2))
            y += max(leading, line.height())
        layout.endLayout()
        return layout, y


class PictureGrid(QWidget):
    """Up to four pictures as networks set them."""

    def __init__(self, pictures: Pictures, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pictures = pictures
        self._media: tuple[Media, ...] = ()
        policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        pictures.arrived.connect(self._arrived)

    def show_media(self, media: tuple[Media, ...]) -> None:
        """Other pictures."""
        if media == self._media:
            return
        self._media = media
        self.setAccessibleName(alt_words(media))
        self.setVisible(bool(media))
        self.updateGeometry()
        self.update()

    def hasHeightForWidth(self) -> bool:
        """Pictures keep their shape."""
        return True

    def heightForWidth(self, width: int) -> int:
        """By the number of pictures."""
        return round(width * _SHAPES.get(min(len(self._media), _MOST), 0.5))

    def sizeHint(self) -> QSize:
        """As wide as it may be."""
        return QSize(200, self.heightForWidth(max(self.width(), 200)))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - Qt's signature
        """The pictures."""
        painter = QPainter(self)
        try:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            boxes = grid(QRectF(self.rect()), min(len(self._media), _MOST))
            for item, box in zip(self._media, boxes, strict=False):
                self._paint_one(painter, box, item)
        finally:
            painter.end()

    def _paint_one(self, painter: QPainter, box: QRectF, item: Media) -> None:
        theme = current_theme()
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("sunken"))
        painter.drawRoundedRect(box, 8, 8)
        if item.kind is not MediaKind.IMAGE:
            paint_face(painter, box, item)
            return
        picture = self._pictures.get(item.sha256)
        if isinstance(picture, QPixmap) and not picture.isNull():
            paint_cropped(painter, box, picture, 8)
        if item.alt.strip():
            paint_alt_badge(painter, box, described=True)

    def _arrived(self, sha256: str) -> None:
        if any(item.sha256 == sha256 for item in self._media):
            self.update()


def grid(area: QRectF, count: int, gap: float = 4.0) -> list[QRectF]:
    """Where up to four pictures stand in an area: one, two halves, one and two, two by two."""
    if count <= 1:
        return [area][:count]
    wide = (area.width() - gap) / 2
    high = (area.height() - gap) / 2
    x, y = area.left(), area.top()
    right, below = x + wide + gap, y + high + gap
    if count == 2:
        return [QRectF(left, y, wide, area.height()) for left in (x, right)]
    if count == 3:
        whole = QRectF(x, y, wide, area.height())
        return [whole, QRectF(right, y, wide, high), QRectF(right, below, wide, high)]
    return [QRectF(left, top, wide, high) for top in (y, below) for left in (x, right)]


class _Head(QWidget):
    """Avatar, names, and the network's mark."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._account: AccountRow | None = None
        self._others = 0
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def show_account(self, account: AccountRow, others: int) -> None:
        """Another account."""
        self._account, self._others = account, others
        self.update()

    def sizeHint(self) -> QSize:
        """One line as high as the avatar."""
        return QSize(200, current_theme().px(_AVATAR))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - Qt's signature
        """The line."""
        if self._account is None:
            return
        theme = current_theme()
        row, size = self._account, theme.px(_AVATAR)
        painter = QPainter(self)
        try:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            paint_avatar(painter, self._mirrored(QRectF(0, 0, size, size)), row)
            mark = theme.px(16)
            place = self._mirrored(QRectF(self.width() - mark, 2, mark, mark))
            icons.glyph(painter, place, icons.network_glyph(row.network), theme.color("text3"))
            words = self._mirrored(
                QRectF(self.rect()).adjusted(size + theme.px(10), 0, -mark - 8, 0)
            )
            top = words.adjusted(0, 0, 0, -words.height() / 2)
            below = words.adjusted(0, words.height() / 2, 0, 0)
            more = f"  and {self._others} more" if self._others else ""
            self._line(painter, top, "strong", "text", row.display_name or row.username)
            self._line(painter, below, "small", "text3", f"@{row.username}{more}")
        finally:
            painter.end()

    def _mirrored(self, box: QRectF) -> QRectF:
        return mirrored(box, QRectF(self.rect()), right_to_left=self.isRightToLeft())

    def _line(self, painter: QPainter, box: QRectF, role: str, tone: str, words: str) -> None:
        theme = current_theme()
        painter.setFont(theme.font(role))
        painter.setPen(theme.color(tone))
        metrics = painter.fontMetrics()
        shown = metrics.elidedText(words, Qt.TextElideMode.ElideRight, round(box.width()))
        write(painter, box, shown, right_to_left=self.isRightToLeft())


class PreviewCard(QFrame):
    """One network's card."""

    def __init__(self, pictures: Pictures, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("panel", "card")
        self.head = _Head(self)
        self.text = PostText(self)
        self.grid = PictureGrid(pictures, self)
        self.grid.hide()
        self.card = CardFace(pictures, self)
        self.card.hide()
        self._nothing = Text("Your words will stand here.", tone="text3", parent=self)
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 14, 14, 14)
        column.setSpacing(10)
        for widget in (self.head, self.text, self._nothing, self.grid, self.card):
            column.addWidget(widget)

    def show_look(self, look: Look) -> None:
        """Another look."""
        network = network_title(look.account.network)
        self.setObjectName(f"composer-preview-{look.account.network.value}")
        self.setAccessibleName(f"Preview on {network}: {look.text}")
        self.head.show_account(look.account, look.others)
        if look.text != self.text.text():
            self.text.show_text(look.text)
        self.text.setVisible(bool(look.text))
        self._nothing.setVisible(not look.text and not look.media)
        self.grid.show_media(look.media)
        self.card.show_card(look.card)

    def refresh(self) -> None:
        """The theme changed."""
        self.text.show_text(self.text.text())


class Previews(QWidget):
    """The cards, one under the other."""

    def __init__(self, pictures: Pictures, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("composer-previews")
        self._pictures = pictures
        self._cards: list[PreviewCard] = []
        self._hint = Text(
            "Choose an account to see the post as it will look there.",
            tone="text2",
            wraps=True,
            parent=self,
        )
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(12)
        self._column.addWidget(self._hint)
        self._column.addStretch(1)
        current_theme().changed.connect(self.refresh)

    def show_looks(self, looks: Sequence[Look]) -> None:
        """Show these."""
        while len(self._cards) < len(looks):
            card = PreviewCard(self._pictures, self)
            self._cards.append(card)
            self._column.insertWidget(len(self._cards), card)
        for index, card in enumerate(self._cards):
            card.setVisible(index < len(looks))
            if index < len(looks):
                card.show_look(looks[index])
        self._hint.setVisible(not looks)

    def cards(self) -> Sequence[PreviewCard]:
        """The cards that are shown."""
        return [card for card in self._cards if not card.isHidden()]

    def refresh(self) -> None:
        """Colours, fonts or the list of domains changed."""
        for card in self._cards:
            card.refresh()


def looks_of(
    draft: LocalDraft, accounts: Sequence[AccountRow], tab: str | None
) -> tuple[Look, ...]:
    """What the cards show: the account in front, else one card for each network and text."""
    chosen = [row for row in accounts if row.id in draft.account_ids]
    if tab is not None:
        chosen = [row for row in chosen if row.id == tab]
    groups: dict[tuple[Network, str], list[AccountRow]] = {}
    for row in chosen:
        text = shown_on(draft, row.id, row.network)
        groups.setdefault((row.network, text), []).append(row)
    return tuple(
        Look(
            account=rows[0],
            text=text,
            media=draft.media,
            card=card_for(draft, rows[0].id, rows[0].network),
            others=len(rows) - 1,
        )
        for (_, text), rows in groups.items()
    )
