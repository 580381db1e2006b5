"""The post as it reads: who posts, its pictures, its words."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from postflow_desktop.domain.network import Network
from postflow_desktop.ui.kit import icons
from postflow_desktop.ui.kit.marks import ElidedText, NetworkMark
from postflow_desktop.ui.kit.panels import Text
from postflow_desktop.ui.kit.theme import current_theme
from postflow_desktop.ui.words import count_of

_HEIGHT = 168
_GAP = 2
_MOST_SHOWN = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """One medium of the post; `image` is None while it is on its way."""

    image: QImage | None
    alt: str
    failed: bool = False
    icon: str = "image"
    """The mark where there is no image."""
    about: str = ""
    """What stands under the mark of a video or document."""
    spoken: str = ""
    """What it is called; nothing: a picture."""

    @property
    def words(self) -> str:
        """For the ear and the tooltip."""
        told = self.alt or ("" if self.spoken else "No description")
        return ": ".join(part for part in (self.spoken, told) if part)


class Pictures(QWidget):
    """Up to four pictures side by side, cut to fit; says whether each has a description."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("inspector-pictures")
        self._pictures: tuple[Picture, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        current_theme().changed.connect(self.updateGeometry)

    def show_pictures(self, pictures: tuple[Picture, ...]) -> None:
        """Others, or the same ones with more of them loaded."""
        self._pictures = pictures
        described = "; ".join(item.words for item in pictures)
        other = any(item.spoken for item in pictures)
        nouns = ("medium", "media") if other else ("picture", "pictures")
        self.setAccessibleName(f"{count_of(len(pictures), *nouns)}: {described}")
        self.setToolTip("\n".join(item.words for item in pictures))
        self.setVisible(bool(pictures))
        self.update()

    def sizeHint(self) -> QSize:
        """As wide as the panel."""
        return QSize(280, current_theme().px(_HEIGHT))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - Qt's signature
        """Pictures, then the mark about descriptions."""
        painter = QPainter(self)
        try:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            shown = self._pictures[:_MOST_SHOWN]
            for place, item in zip(_places(QRectF(self.rect()), len(shown)), shown, strict=True):
                _paint(painter, place, item)
            if len(self._pictures) > len(shown):
                more = f"+{len(self._pictures) - len(shown)}"
                _paint_tag(painter, QRectF(self.rect()), more, right=True)
            described = [item for item in self._pictures if not item.spoken]
            if described:
                every = all(item.alt for item in described)
                words = "ALT ✓" if every else "No description"
                _paint_tag(painter, QRectF(self.rect()), words, right=False)
        finally:
            painter.end()


def _places(area: QRectF, count: int) -> list[QRectF]:
    """One: all of it. Two: halves. Three: a half and two quarters. Four: quarters."""
    if count <= 1:
        return [area] * count
    wide, high = (area.width() - _GAP) / 2, (area.height() - _GAP) / 2
    right, lower = wide + _GAP, high + _GAP
    left = QRectF(0, 0, wide, area.height())
    if count == 2:
        return [left, QRectF(right, 0, wide, area.height())]
    corners = [QRectF(right, 0, wide, high), QRectF(right, lower, wide, high)]
    if count == 3:
        return [left, *corners]
    return [QRectF(0, 0, wide, high), corners[0], QRectF(0, lower, wide, high), corners[1]]


def _paint(painter: QPainter, place: QRectF, item: Picture) -> None:
    theme = current_theme()
    if item.image is not None:
        painter.drawImage(place, item.image, _cut(item.image, place))
        return
    painter.fillRect(place, theme.color("sunken"))
    name = "image-broken" if item.failed else item.icon
    size = theme.px(28)
    box = QRectF(place.center().x() - size / 2, place.center().y() - size / 2, size, size)
    icons.glyph(painter, box, name, theme.color("text3"))
    if item.about:
        painter.setFont(theme.font("small"))
        painter.setPen(theme.color("text2"))
        line = QRectF(place.left() + 8, box.bottom() + 6, place.width() - 16, theme.px(20))
        shown = painter.fontMetrics().elidedText(
            item.about, Qt.TextElideMode.ElideRight, round(line.width())
        )
        painter.drawText(line, Qt.AlignmentFlag.AlignCenter, shown)


def _cut(image: QImage, place: QRectF) -> QRectF:
    """The middle part of the picture that has the shape of its place."""
    wide, high = image.width(), image.height()
    scale = max(place.width() / wide, place.height() / high)
    cut_wide, cut_high = place.width() / scale, place.height() / scale
    return QRectF((wide - cut_wide) / 2, (high - cut_high) / 2, cut_wide, cut_high)


def _paint_tag(painter: QPainter, area: QRectF, words: str, *, right: bool) -> None:
    theme = current_theme()
    painter.setFont(theme.font("caption"))
    wide = painter.fontMetrics().horizontalAdvance(words) + theme.px(14)
    high = theme.px(20)
    left = area.right() - wide - 8 if right else area.left() + 8
    box = QRectF(left, area.bottom() - high - 8, wide, high)
    ground = theme.color("scrim").lighter(100)
    ground.setAlphaF(0.72)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(ground)
    painter.drawRoundedRect(box, 4, 4)
    painter.setPen(icons.WHITE)
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, words)


class Preview(QFrame):
    """A card as in the networks: account, picture, words, link."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("inspector-preview")
        self.setProperty("panel", "card")
        self.mark = NetworkMark(Network.BLUESKY, self, size=28)
        self.account = ElidedText(role="strong", parent=self)
        self.pictures = Pictures(self)
        self.words = Text(wraps=True, parent=self)
        self.words.setObjectName("inspector-text")
        self.words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.link = Text(role="small", tone="accent", wraps=True, parent=self)
        self._head = QWidget(self)
        head = QHBoxLayout(self._head)
        head.setContentsMargins(12, 10, 12, 10)
        head.setSpacing(8)
        head.addWidget(self.mark)
        head.addWidget(self.account, 1)
        self._foot = QVBoxLayout()
        self._foot.setSpacing(6)
        self._foot.addWidget(self.words)
        self._foot.addWidget(self.link)
        column = QVBoxLayout(self)
        column.setContentsMargins(1, 1, 1, 1)
        column.setSpacing(0)
        column.addWidget(self._head)
        column.addWidget(self.pictures)
        column.addLayout(self._foot)

    def show_account(self, network: Network | None, name: str) -> None:
        """Whose post it is; None hides the line."""
        self._head.setVisible(network is not None)
        if network is not None:
            self.mark.set_network(network)
            self.account.setText(name)

    def show_content(self, text: str, link: str, pictures: tuple[Picture, ...]) -> None:
        """What it says."""
        self.words.setText(text or "No text")
        self.words.set_tone("text" if text else "text3")
        self.link.setText(link)
        self.link.setVisible(bool(link))
        self.pictures.show_pictures(pictures)
        self._foot.setContentsMargins(12, 10 if pictures else 0, 12, 12)
