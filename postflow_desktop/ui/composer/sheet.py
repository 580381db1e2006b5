"""The left half of a composer: accounts, tabs, the page with text and pictures, counters."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from postflow_desktop.ui.composer.card import CardPanel
from postflow_desktop.ui.composer.channels import Channels
from postflow_desktop.ui.composer.counters import Counters
from postflow_desktop.ui.composer.editor import Editor, Page
from postflow_desktop.ui.composer.facts import Notice
from postflow_desktop.ui.composer.optionarea import OptionArea
from postflow_desktop.ui.composer.pictures import Pictures
from postflow_desktop.ui.composer.strip import Strip
from postflow_desktop.ui.composer.tabs import Tabs
from postflow_desktop.ui.composer.thread import Thread
from postflow_desktop.ui.kit.panels import Tone
from postflow_desktop.ui.kit.widgets import IconButton, IconLabel, InfoBar, Text

_SAVED_ICONS = {"success": "check-circle", "danger": "warning-circle"}
_TONES: dict[str, Tone] = {"success": "text2", "danger": "danger"}


class LinkLine(QFrame):
    """A link that the post carries beside its text."""

    removed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.words = Text("", role="small", tone="accent", parent=self)
        self.words.setObjectName("composer-link")
        remove = IconButton("x", "Remove the link", self, size=24, name="composer-link-remove")
        remove.clicked.connect(self.removed)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        row.addWidget(IconLabel("link-simple", self, size=14, color="accent_text"))
        row.addWidget(self.words, 1)
        row.addWidget(remove)

    def show_link(self, url: str | None) -> None:
        """Show it, or nothing."""
        self.words.setText(url or "")
        self.setVisible(bool(url))


class Sheet(QFrame):
    """Everything that is written."""

    acted = Signal()
    """The act of the notice."""
    notice_closed = Signal()
    media_wanted = Signal()

    def __init__(self, pictures: Pictures, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("panel", "surface")
        self.channels = Channels(self)
        self.notice = InfoBar("", self, action="-", closable=True, boxed=True)
        self.notice.setObjectName("composer-notice")
        self.notice.button.setObjectName("composer-notice-act")
        self.notice.close_button.setObjectName("composer-notice-close")
        self.notice.hide()
        self.tabs = Tabs(self)
        self.page = Page(self)
        self.editor = Editor(self.page)
        self.link = LinkLine(self.page)
        self.card = CardPanel(pictures, self.page)
        self.strip = Strip(pictures, self.page)
        self.rest = Thread(self.page)
        self.options = OptionArea(self.page)
        self.add = IconButton(
            "image",
            "Add pictures, videos or a document",
            self.page,
            shortcut="Ctrl+Shift+M",
            name="composer-add-media",
        )
        self.add_part = IconButton(
            "list-plus", "Add a part to the thread", self.page, name="composer-add-part"
        )
        self.add_comment = IconButton(
            "chat-text", "Write a first comment", self.page, name="composer-add-comment"
        )
        self.saved_icon = IconLabel("check-circle", self.page, size=14, color="success")
        self.saved_icon.hide()
        self.saved = Text("", role="small", tone="text2", parent=self.page)
        self.saved.setObjectName("composer-saved")
        self.counters = Counters(self.page)
        self._fill_page()
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 16, 20, 16)
        column.setSpacing(8)
        column.addWidget(self.channels)
        column.addWidget(self.notice)
        column.addWidget(self.tabs)
        column.addWidget(self.page, 1)
        self.editor.installEventFilter(self)
        self.notice.acted.connect(self.acted)
        self.notice.closed.connect(self.notice_closed)
        self.add.clicked.connect(self.media_wanted)

    def _fill_page(self) -> None:
        tools = QHBoxLayout()
        tools.setSpacing(6)
        for button in (self.add, self.add_part, self.add_comment):
            tools.addWidget(button)
        tools.addWidget(self.saved_icon)
        tools.addWidget(self.saved, 1)
        tools.addWidget(self.tabs.button)
        tools.addSpacing(8)
        tools.addWidget(self.counters)
        column = QVBoxLayout(self.page)
        column.setContentsMargins(14, 12, 14, 8)
        column.setSpacing(10)
        column.addWidget(self.editor, 1)
        column.addWidget(self.link)
        column.addWidget(self.card)
        column.addWidget(self.strip)
        column.addWidget(self.rest)
        column.addWidget(self.options)
        column.addLayout(tools)

    def show_notice(self, notice: Notice | None) -> None:
        """Show what has to be said, or nothing."""
        self.notice.setVisible(notice is not None)
        if notice is None:
            return
        kind = notice.kind
        self.notice.set_kind(
            "danger" if kind == "danger" else "warning" if kind == "warning" else "info"
        )
        self.notice.set_text(notice.text)
        self.notice.button.setText(notice.action or "-")
        self.notice.button.setVisible(bool(notice.action))
        self.notice.close_button.setVisible(kind == "danger")

    def show_saved(self, kind: str, words: str) -> None:
        """How the text is kept."""
        if words == self.saved.text():
            return
        self.saved.setText(words)
        self.saved.setToolTip(words if kind == "danger" else "")
        self.saved.set_tone(_TONES.get(kind, "text2"))
        self.saved_icon.setVisible(kind in _SAVED_ICONS)
        self.saved_icon.set_icon(_SAVED_ICONS.get(kind, "check-circle"), kind)

    def set_locked(self, locked: bool) -> None:
        """Whether nothing can be changed now; what is written can still be read and copied."""
        self.editor.setReadOnly(locked)
        # What was chosen can still be looked at.
        self.options.area.setEnabled(not locked)
        writing = (self.rest, self.add_part, self.add_comment)
        for widget in (
            self.channels,
            self.strip,
            self.add,
            self.link,
            self.card,
            self.tabs.button,
            *writing,
        ):
            widget.setEnabled(not locked)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The page shows where the keyboard is."""
        if watched is self.editor and event.type() in (QEvent.Type.FocusIn, QEvent.Type.FocusOut):
            self.page.set_focus(event.type() == QEvent.Type.FocusIn)
        return False
