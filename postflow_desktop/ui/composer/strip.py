"""The media of a post in a row, with what is being read, what was refused, and the alt text."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPlainTextEdit, QVBoxLayout, QWidget

from postflow_desktop.domain.post import Media, MediaKind
from postflow_desktop.ui.composer.flow import Flow
from postflow_desktop.ui.composer.intake import Refusal
from postflow_desktop.ui.composer.pictures import Pictures
from postflow_desktop.ui.composer.tiles import MediaTile
from postflow_desktop.ui.composer.waiting import WaitingTile
from postflow_desktop.ui.kit.theme import current_theme
from postflow_desktop.ui.kit.widgets import Button, InfoBar, Text
from postflow_desktop.ui.media_words import noun

_ALT_HINT = "What can be seen, for people who can't see it"
_TITLE_HINT = "What is shown above the document"


class AltEditor(QFrame):
    """The description of one picture, edited in place; Escape or Done closes it."""

    typed = Signal(str)
    closed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("composer-alt")
        self._label = Text("", role="strong", parent=self)
        self.edit = QPlainTextEdit(self)
        self.edit.setObjectName("composer-alt-text")
        self.edit.setAccessibleName("Alt text")
        self.edit.setPlaceholderText(_ALT_HINT)
        self.edit.setTabChangesFocus(True)
        self.edit.installEventFilter(self)
        self._label.setBuddy(self.edit)
        self.done = Button("Done", self, size="small", name="composer-alt-done")
        self.edit.textChanged.connect(self._tell)
        self.done.clicked.connect(self.closed)
        head = QHBoxLayout()
        head.addWidget(self._label, 1)
        head.addWidget(self.done)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addLayout(head)
        column.addWidget(self.edit)

    def show_alt(self, number: int, media: Media) -> None:
        """Edit the description of that medium (from 1); of a document its title."""
        is_document = media.kind is MediaKind.DOCUMENT
        name = f"{'Title' if is_document else 'Alt text'} of {noun(media)} {number}"
        alt = (media.title or "") if is_document else media.alt
        self._label.setText(name)
        self.edit.setAccessibleName(name)
        self.edit.setPlaceholderText(_TITLE_HINT if is_document else _ALT_HINT)
        self.edit.setFixedHeight(current_theme().px(58))
        if self.edit.toPlainText() != alt:
            self.edit.blockSignals(True)
            self.edit.setPlainText(alt)
            self.edit.blockSignals(False)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Escape, or Enter without Shift, closes."""
        if watched is self.edit and isinstance(event, QKeyEvent):
            ends = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
            plain = event.modifiers() == Qt.KeyboardModifier.NoModifier
            if event.key() == Qt.Key.Key_Escape or (ends and plain):
                if event.type() == QEvent.Type.ShortcutOverride:
                    event.accept()
                    return True
                if event.type() == QEvent.Type.KeyPress:
                    self.closed.emit()
                    return True
        return False

    @Slot()
    def _tell(self) -> None:
        self.typed.emit(self.edit.toPlainText())


class Row(QWidget):
    """The tiles; dragging one shows where it would go."""

    moved = Signal(int, int)
    removed = Signal(int)
    opened = Signal(int)
    stopped = Signal()
    """What is being read is not wanted any more."""

    def __init__(self, pictures: Pictures, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("composer-pictures")
        self.setAccessibleName("Media")
        self._pictures = pictures
        self._flow = Flow(self, gap=8)
        self.tiles: list[MediaTile] = []
        self._waiting: list[WaitingTile] = []
        self._gap: int | None = None

    def show_media(self, media: Sequence[Media], waiting: Sequence[str], opened: int) -> None:
        """Show these pictures, and these names of what is being read."""
        while len(self.tiles) > len(media):
            self._drop(self.tiles.pop())
        if len(self.tiles) < len(media):
            # What waits stands behind the tiles.
            self._show_waiting(())
        while len(self.tiles) < len(media):
            self.tiles.append(self._new_tile())
        for index, item in enumerate(media):
            self.tiles[index].show_media(item, index + 1, is_open=index == opened)
        self._show_waiting(waiting)
        self.updateGeometry()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - Qt's signature
        """The line where a dragged picture would go."""
        if self._gap is None or not self.tiles:
            return
        painter = QPainter(self)
        try:
            painter.fillRect(self._line(self._gap), current_theme().color("accent"))
        finally:
            painter.end()

    def _line(self, gap: int) -> QRect:
        last = gap >= len(self.tiles)
        tile = self.tiles[-1 if last else gap].geometry()
        after = last != self.isRightToLeft()
        x = tile.right() + 3 if after else tile.left() - 6
        return QRect(x, tile.top(), 3, tile.height())

    def _new_tile(self) -> MediaTile:
        tile = MediaTile(self._pictures, self)
        tile.clicked.connect(self._open)
        tile.removed.connect(self._remove)
        tile.moved.connect(self._step)
        tile.dragged.connect(self._drag)
        tile.dropped.connect(self._drop_at)
        self._flow.addWidget(tile)
        tile.show()
        return tile

    def _show_waiting(self, waiting: Sequence[str]) -> None:
        while len(self._waiting) > len(waiting):
            self._drop(self._waiting.pop())
        while len(self._waiting) < len(waiting):
            tile = WaitingTile(self)
            tile.stopped.connect(self.stopped)
            self._flow.addWidget(tile)
            tile.show()
            self._waiting.append(tile)
        for index, words in enumerate(waiting):
            self._waiting[index].show_words(words, first=not index)

    def _drop(self, widget: QWidget) -> None:
        self._flow.removeWidget(widget)
        widget.hide()
        widget.deleteLater()

    def _index(self) -> int | None:
        tile = self.sender()
        return self.tiles.index(tile) if isinstance(tile, MediaTile) else None

    def _gap_at(self, point: QPoint) -> int:
        for index, tile in enumerate(self.tiles):
            box = tile.geometry()
            before = (
                point.x() > box.center().x()
                if self.isRightToLeft()
                else (point.x() < box.center().x())
            )
            if point.y() <= box.bottom() and before:
                return index
        return len(self.tiles)

    @Slot()
    def _open(self) -> None:
        index = self._index()
        if index is not None:
            self.opened.emit(index)

    @Slot()
    def _remove(self) -> None:
        index = self._index()
        if index is not None:
            self.removed.emit(index)

    @Slot(int)
    def _step(self, by: int) -> None:
        index = self._index()
        if index is not None and 0 <= index + by < len(self.tiles):
            self.moved.emit(index, index + by)
            self.tiles[index + by].setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot(QPoint)
    def _drag(self, point: QPoint) -> None:
        self._gap = self._gap_at(point)
        self.update()

    @Slot(QPoint)
    def _drop_at(self, point: QPoint) -> None:
        index, gap = self._index(), self._gap_at(point)
        self._gap = None
        self.update()
        if index is not None:
            to = gap - 1 if gap > index else gap
            if to != index:
                self.moved.emit(index, to)


class Strip(QWidget):
    """Row, alt text and refusals together."""

    alt_typed = Signal(int, str)
    dismissed = Signal(int)

    def __init__(self, pictures: Pictures, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.row = Row(pictures, self)
        self.alt = AltEditor(self)
        self._media: Sequence[Media] = ()
        self._waiting: Sequence[str] = ()
        self._opened = -1
        self._refusals: tuple[Refusal, ...] = ()
        self._bars: list[InfoBar] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(10)
        self._column.addWidget(self.row)
        self._column.addWidget(self.alt)
        self.row.opened.connect(self.open_alt)
        self.alt.closed.connect(self.close_alt)
        self.alt.typed.connect(self._typed)
        self.show_media((), (), ())

    def show_media(
        self, media: Sequence[Media], waiting: Sequence[str], refusals: tuple[Refusal, ...]
    ) -> None:
        """Show pictures, what is being read, and what was refused."""
        self._media, self._waiting = media, waiting
        if self._opened >= len(media):
            self._opened = -1
        self._refresh()
        if refusals != self._refusals:
            self._show_refusals(refusals)
        self.setVisible(bool(media or waiting or refusals))

    def open_alt(self, index: int) -> None:
        """Describe a picture; nothing happens if there is none."""
        if 0 <= index < len(self._media):
            self._opened = index
            self._refresh()
            self.alt.edit.setFocus(Qt.FocusReason.OtherFocusReason)

    def open_first_without_alt(self) -> None:
        """Describe the first picture that is not described, else the first."""
        pictures = [i for i, m in enumerate(self._media) if m.kind is MediaKind.IMAGE]
        missing = [i for i in pictures if not self._media[i].alt.strip()]
        self.open_alt(missing[0] if missing else 0)

    @Slot()
    def close_alt(self) -> None:
        """Put the description away; the keyboard goes back to its picture."""
        index, self._opened = self._opened, -1
        self._refresh()
        if 0 <= index < len(self.row.tiles):
            self.row.tiles[index].setFocus(Qt.FocusReason.OtherFocusReason)

    def _refresh(self) -> None:
        self.row.show_media(self._media, self._waiting, self._opened)
        self.row.setVisible(bool(self._media or self._waiting))
        if self._opened >= 0:
            self.alt.show_alt(self._opened + 1, self._media[self._opened])
        self.alt.setVisible(self._opened >= 0)

    def _show_refusals(self, refusals: tuple[Refusal, ...]) -> None:
        self._refusals = refusals
        for bar in self._bars:
            self._column.removeWidget(bar)
            bar.deleteLater()
        self._bars = [self._bar(number, refusal) for number, refusal in enumerate(refusals)]

    def _bar(self, number: int, refusal: Refusal) -> InfoBar:
        words = f"{refusal.name}: {refusal.message} {refusal.fix}".strip()
        bar = InfoBar(words, self, kind="danger", closable=True, boxed=True)
        bar.setObjectName(f"composer-refusal-{number}")
        bar.close_button.setObjectName(f"composer-refusal-{number}-close")
        bar.closed.connect(self._dismissed)
        self._column.addWidget(bar)
        return bar

    @Slot()
    def _dismissed(self) -> None:
        bar = self.sender()
        if isinstance(bar, InfoBar) and bar in self._bars:
            self.dismissed.emit(self._bars.index(bar))

    @Slot(str)
    def _typed(self, alt: str) -> None:
        if self._opened >= 0:
            self.alt_typed.emit(self._opened, alt)
