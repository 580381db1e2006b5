"""The card of the link under the text: what it says, changed, left out, or why it is missing."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from postflow_desktop.domain.authoring import MAX_CARD_DESCRIPTION, MAX_CARD_TITLE
from postflow_desktop.domain.link_card import host_of
from postflow_desktop.domain.post import LinkCard, Media
from postflow_desktop.domain.text import excerpt
from postflow_desktop.ui.composer.linking import CardState, Linking
from postflow_desktop.ui.composer.pictures import Pictures, paint_cropped
from postflow_desktop.ui.kit.theme import current_theme
from postflow_desktop.ui.kit.widgets import Button, IconButton, IconLabel, Text

_SIDE = 64
_ABOUT_HEIGHT = 48
_SHORT = 120
"""Characters of a title or description that are shown at once."""


class CardPicture(QWidget):
    """The picture of a card, or an empty place until it is there."""

    def __init__(self, pictures: Pictures, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pictures = pictures
        self._media: Media | None = None
        pictures.arrived.connect(self._arrived)

    def show_media(self, media: Media | None) -> None:
        """Another picture; with None nothing is shown."""
        self._media = media
        self.setVisible(media is not None)
        self.update()

    def sizeHint(self) -> QSize:
        """A square."""
        return QSize(_SIDE, _SIDE)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - Qt's signature
        """The picture."""
        painter = QPainter(self)
        try:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(current_theme().color("sunken"))
            box = QRectF(self.rect())
            painter.drawRoundedRect(box, 6, 6)
            picture = self._pictures.get(self._media.sha256) if self._media else None
            if isinstance(picture, QPixmap) and not picture.isNull():
                paint_cropped(painter, box, picture, 6)
        finally:
            painter.end()

    def _arrived(self, sha256: str) -> None:
        if self._media is not None and self._media.sha256 == sha256:
            self.update()


class CardFace(QFrame):
    """A card as people will see it: picture, title, what it is about, name of the site."""

    def __init__(self, pictures: Pictures, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("panel", "sunken")
        self.picture = CardPicture(pictures, self)
        self.picture.setFixedSize(_SIDE, _SIDE)
        self.title = Text("", role="strong", wraps=True, parent=self)
        self.about = Text("", role="small", tone="text2", wraps=True, parent=self)
        self.host = Text("", role="small", tone="text3", parent=self)
        words = QVBoxLayout()
        words.setSpacing(2)
        for widget in (self.title, self.about, self.host):
            words.addWidget(widget)
        words.addStretch(1)
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 10, 10, 10)
        row.setSpacing(10)
        row.addWidget(self.picture, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(words, 1)

    def show_card(self, card: LinkCard | None) -> None:
        """Another card; with None nothing is shown."""
        self.setVisible(card is not None)
        if card is None:
            return
        self.picture.show_media(card.picture)
        self.title.setText(excerpt(card.title, _SHORT) or card.host)
        self.about.setText(excerpt(card.description, _SHORT))
        self.about.setVisible(bool(card.description))
        self.host.setText(card.host)
        self.setAccessibleName(f"Link card: {card.title}, {card.host}")


class CardEdit(QWidget):
    """Title and description to be written anew."""

    typed = Signal(str, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title = QLineEdit(self)
        self.title.setObjectName("composer-card-title")
        self.title.setAccessibleName("Title of the link card")
        self.title.setPlaceholderText("Title")
        self.title.setMaxLength(MAX_CARD_TITLE)
        self.about = QPlainTextEdit(self)
        self.about.setObjectName("composer-card-description")
        self.about.setAccessibleName("Description on the link card")
        self.about.setPlaceholderText("Description")
        self.about.setTabChangesFocus(True)
        self.about.setFixedHeight(_ABOUT_HEIGHT)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(self.title)
        column.addWidget(self.about)
        self.title.textEdited.connect(self._tell)
        self.about.textChanged.connect(self._tell)

    def show_card(self, card: LinkCard) -> None:
        """Show its words, unless they are there already: the cursor stays where it is."""
        if self.title.text() != card.title:
            self.title.setText(card.title)
        if self.about.toPlainText() != card.description:
            blocked = self.about.blockSignals(True)
            self.about.setPlainText(card.description)
            self.about.blockSignals(blocked)

    @Slot()
    def _tell(self) -> None:
        self.typed.emit(self.title.text(), self.about.toPlainText()[:MAX_CARD_DESCRIPTION])


class CardPanel(QFrame):
    """The card with its acts; or one line about it with the act that helps."""

    words_typed = Signal(str, str)
    picture_removed = Signal()
    hidden_asked = Signal()
    shown_asked = Signal()
    again_asked = Signal()

    def __init__(self, pictures: Pictures, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("composer-card")
        self.face = CardFace(pictures, self)
        self.edit = CardEdit(self)
        self.edit.hide()
        self.change = Button("Edit", self, kind="link", size="small", name="composer-card-edit")
        self.change.setAccessibleName("Edit the link card")
        self.bare = Button(
            "Remove picture", self, kind="link", size="small", name="composer-card-no-picture"
        )
        self.hide_card = IconButton(
            "x", "Remove the link card", self, size=24, name="composer-card-remove"
        )
        self.icon = IconLabel("link-simple", self, size=14, color="text2")
        self.line = Text("", role="small", tone="text2", wraps=True, parent=self)
        self.line.setObjectName("composer-card-note")
        self.act = Button("Try again", self, kind="link", size="small", name="composer-card-act")
        self._state = CardState.NONE
        self._lay_out()
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self.edit.typed.connect(self.words_typed)
        self.change.clicked.connect(self._toggle_edit)
        self.bare.clicked.connect(self.picture_removed)
        self.hide_card.clicked.connect(self.hidden_asked)
        self.act.clicked.connect(self._act)
        self.hide()

    def show_linking(self, linking: Linking, card: LinkCard | None) -> None:
        """Show where the card stands."""
        self._state = linking.state
        shown = card if linking.state is CardState.SHOWN else None
        self.face.show_card(shown)
        if shown is None:
            self.edit.hide()
        else:
            self.edit.show_card(shown)
        self.change.setVisible(shown is not None)
        self.hide_card.setVisible(shown is not None)
        self.bare.setVisible(shown is not None and shown.picture is not None)
        self.change.setText("Done" if not self.edit.isHidden() else "Edit")
        words, act = _said(linking)
        self.line.setText(words)
        for widget in (self.icon, self.line):
            widget.setVisible(bool(words))
        self.act.setText(act or "-")
        self.act.setAccessibleName(f"{act}: link card" if act else "")
        self.act.setVisible(bool(act))
        self.setVisible(linking.state is not CardState.NONE)

    def _lay_out(self) -> None:
        acts = QHBoxLayout()
        acts.setSpacing(10)
        acts.addWidget(self.icon)
        acts.addWidget(self.line, 1)
        acts.addStretch()
        for widget in (self.act, self.bare, self.change, self.hide_card):
            acts.addWidget(widget)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(self.face)
        column.addWidget(self.edit)
        column.addLayout(acts)

    @Slot()
    def _toggle_edit(self) -> None:
        opens = self.edit.isHidden()
        self.edit.setVisible(opens)
        self.change.setText("Done" if opens else "Edit")
        if opens:
            self.edit.title.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot()
    def _act(self) -> None:
        if self._state is CardState.HIDDEN:
            self.shown_asked.emit()
        else:
            self.again_asked.emit()


def _said(linking: Linking) -> tuple[str, str]:
    """The line about a card, and the name of the act beside it."""
    host = host_of(linking.link or "")
    match linking.state:
        case CardState.WAITING:
            return f"Looking at {host}…", ""
        case CardState.OFFLINE:
            return f"The card of {host} will be fetched when you are online again.", ""
        case CardState.FAILED:
            return f"{linking.note} The link goes out without a card.", "Try again"
        case CardState.OFFERED:
            return f"{host} has no card in this post.", "Add a card"
        case CardState.HIDDEN:
            return f"No card for {host}.", "Show it"
        case _:
            return linking.note, "Try again" if linking.note else ""
