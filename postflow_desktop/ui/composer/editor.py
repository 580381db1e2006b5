"""The place to type: plain text, marks in colour, what is too long underlined, pictures taken."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QBuffer, QIODevice, QMimeData, QRectF, Signal, Slot
from PySide6.QtGui import (
    QFont,
    QImage,
    QPainter,
    QPaintEvent,
    QPen,
    QSyntaxHighlighter,
    QTextCharFormat,
    QTextDocument,
)
from PySide6.QtWidgets import QFrame, QPlainTextDocumentLayout, QPlainTextEdit, QWidget

from postflow_desktop.ui.composer.spans import spans, units
from postflow_desktop.ui.kit.theme import current_theme
from postflow_desktop.ui.kit.tokens import RADIUS

_PARAGRAPH = "\u2029"
_LINE = "\u2028"


def png_of(image: QImage) -> bytes:
    """A picture of the clipboard as PNG; slow for large ones, so not on the main thread."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")  # type: ignore[call-overload]  # the stub wants bytes
    return bytes(buffer.data().data())


def files_in(mime: QMimeData) -> list[Path]:
    """The files of this machine that are dragged or pasted."""
    return [Path(url.toLocalFile()) for url in mime.urls() if url.isLocalFile()]


def image_in(mime: QMimeData) -> Callable[[], bytes] | None:
    """A picture that is dragged or pasted, unless it is only the picture of some text."""
    if not mime.hasImage() or mime.text().strip():
        return None
    image = mime.imageData()
    if not isinstance(image, QImage) or image.isNull():
        return None
    return partial(png_of, image)


class Colouring(QSyntaxHighlighter):
    """Links, mentions and tags in colour; from `over` on (UTF-16 units) marked as too long."""

    def __init__(self, document: QTextDocument) -> None:
        super().__init__(document)
        self._over: int | None = None
        self._mark = QTextCharFormat()
        self._too_long = QTextCharFormat()
        self._long_mark = QTextCharFormat()
        current_theme().changed.connect(self._refresh)
        self._choose_colours()

    def set_over(self, over: int | None) -> None:
        """Where the text gets too long; None if it does not."""
        if over != self._over:
            self._over = over
            self.rehighlight()

    def over(self) -> int | None:
        """Where it is marked as too long."""
        return self._over

    def highlightBlock(self, text: str) -> None:
        """Colour one paragraph."""
        size = units(text)
        over = size if self._over is None else max(0, self._over - self.currentBlock().position())
        if over < size:
            self.setFormat(over, size - over, self._too_long)
        for span in spans(text):
            start, end = units(text[: span.start]), units(text[: span.end])
            if start < over:
                self.setFormat(start, min(end, over) - start, self._mark)
            if end > over:
                start = max(start, over)
                self.setFormat(start, end - start, self._long_mark)

    @Slot()
    def _refresh(self) -> None:
        self._choose_colours()
        self.rehighlight()

    def _choose_colours(self) -> None:
        theme = current_theme()
        self._mark.setForeground(theme.color("accent_text"))
        self._too_long.setBackground(theme.color("danger_bg"))
        self._too_long.setUnderlineColor(theme.color("danger"))
        self._too_long.setUnderlineStyle(QTextCharFormat.UnderlineStyle.SingleUnderline)
        self._long_mark = QTextCharFormat(self._mark)
        self._long_mark.merge(self._too_long)


class Editor(QPlainTextEdit):
    """Plain text with a document, and so an undo history, for each tab."""

    typed = Signal(str)
    files_given = Signal(object)
    """A list of paths."""
    image_given = Signal(object)
    """A function that makes PNG bytes."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("composer-editor")
        self.setAccessibleName("Text of the post")
        self.setPlaceholderText("What do you want to say?")
        self.setProperty("bare", True)
        self.setTabChangesFocus(True)
        self.setAcceptDrops(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self._documents: dict[str | None, tuple[QTextDocument, Colouring]] = {}
        self._tab: str | None = None
        self._colouring = self._use(None)
        self.textChanged.connect(self._tell)
        current_theme().changed.connect(self._refresh)
        self._refresh()

    def words(self) -> str:
        """The text as typed; `toPlainText` would turn no-break spaces into spaces."""
        return self.document().toRawText().replace(_PARAGRAPH, "\n").replace(_LINE, "\n")

    def show_text(self, tab: str | None, text: str) -> None:
        """Bring a tab's text to the front; nothing moves if it is there already."""
        blocked = self.blockSignals(True)
        try:
            if tab != self._tab:
                self._colouring = self._use(tab)
                self._tab = tab
            if self.words() != text:
                self.setPlainText(text)
                self.moveCursor(self.textCursor().MoveOperation.End)
        finally:
            self.blockSignals(blocked)

    def set_over(self, code_point: int | None) -> None:
        """Mark everything from this code point on as too long."""
        over = None if code_point is None else units(self.words()[:code_point])
        blocked = self.blockSignals(True)
        try:
            self._colouring.set_over(over)
        finally:
            self.blockSignals(blocked)

    def canInsertFromMimeData(self, source: QMimeData) -> bool:
        """Text, files and pictures."""
        return bool(files_in(source) or source.hasImage()) or super().canInsertFromMimeData(source)

    def insertFromMimeData(self, source: QMimeData) -> None:
        """Pictures go to the pictures, text goes where the cursor is."""
        files, image = files_in(source), image_in(source)
        if files:
            self.files_given.emit(files)
        elif image is not None:
            self.image_given.emit(image)
        else:
            super().insertFromMimeData(source)

    def _use(self, tab: str | None) -> Colouring:
        if tab not in self._documents:
            document = QTextDocument(self)
            document.setDocumentLayout(QPlainTextDocumentLayout(document))
            document.setDefaultFont(self._font())
            self._documents[tab] = (document, Colouring(document))
        document, colouring = self._documents[tab]
        self.setDocument(document)
        return colouring

    @Slot()
    def _tell(self) -> None:
        self.typed.emit(self.words())

    @Slot()
    def _refresh(self) -> None:
        for document, _ in self._documents.values():
            document.setDefaultFont(self._font())
        self.setFont(self._font())

    @staticmethod
    def _font() -> QFont:
        font = QFont(current_theme().font("body"))
        font.setPixelSize(current_theme().px(15))
        return font


class Page(QFrame):
    """The sheet around editor and pictures; its edge shows that the keyboard is in it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._focus = False
        self._drop = False

    def set_focus(self, focus: bool) -> None:
        """Whether the editor in it has the keyboard."""
        self._focus = focus
        self.update()

    def set_drop(self, drop: bool) -> None:
        """Whether something is held over it that it would take."""
        self._drop = drop
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - Qt's signature
        """A rounded sheet."""
        theme = current_theme()
        strong = self._focus or self._drop
        width = 2 if strong else 1
        painter = QPainter(self)
        try:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(theme.color("focus" if strong else "control"), width))
            painter.setBrush(theme.color("accent_subtle" if self._drop else "surface"))
            inset = width / 2
            box = QRectF(self.rect()).adjusted(inset, inset, -inset, -inset)
            painter.drawRoundedRect(box, RADIUS.card, RADIUS.card)
        finally:
            painter.end()
