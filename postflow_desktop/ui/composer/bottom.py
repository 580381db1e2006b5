"""The bar under a composer: when, save, schedule or publish; and the countdown that replaces it."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt, Signal, Slot
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QMenu,
    QProgressBar,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from postflow_desktop.ui.composer.intake import share_of
from postflow_desktop.ui.composer.sending import UNDO_SECONDS, Act, Phase
from postflow_desktop.ui.composer.timing import Timing
from postflow_desktop.ui.composer.viewmodel import ComposerViewModel
from postflow_desktop.ui.kit.widgets import Button, IconLabel, InfoBar, Text
from postflow_desktop.ui.words import count_of

PUBLISH_KEYS = "Ctrl+Shift+Return"
SCHEDULE_KEYS = "Ctrl+Return"
SAVE_KEYS = "Ctrl+S"


def shown(keys: str) -> str:
    """A shortcut as this system writes it."""
    return QKeySequence(keys).toString(QKeySequence.SequenceFormat.NativeText)


class Acts(QFrame):
    """Time on the left, what can be done on the right."""

    saved = Signal()
    scheduled = Signal()
    published = Signal()
    stopped = Signal()
    board_asked = Signal()
    """Show who publishes and when."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.awake = InfoBar("", self, kind="warning", action="Publishers", boxed=True)
        self.awake.setObjectName("composer-awake")
        self.awake.button.setObjectName("composer-awake-board")
        self.awake.button.setAccessibleName("Show who publishes and when")
        self.awake.hide()
        self.timing = Timing(self)
        self.busy = Text("", role="small", tone="text2", parent=self)
        self.stop = Button("Stop", self, size="small", name="composer-stop-upload")
        self.stop.setAccessibleName("Stop uploading; nothing is lost")
        self.stop.hide()
        self.save = Button("Save draft", self, name="composer-save")
        self.save.setToolTip(f"Save as a draft in the workspace  {shown(SAVE_KEYS)}")
        self.schedule = Button(
            "Schedule", self, kind="primary", icon="clock", name="composer-schedule"
        )
        self.more = Button("", self, kind="primary", icon="caret-down", name="composer-more")
        self.more.setAccessibleName("More ways to send")
        self.more.setToolTip("More ways to send")
        self.menu = QMenu(self)
        self.menu.setObjectName("composer-send-menu")
        self.publish = QAction("Publish now", self)
        self.publish.setObjectName("composer-publish")
        self.save_action = QAction("Save draft", self)
        for action, keys in ((self.publish, PUBLISH_KEYS), (self.save_action, SAVE_KEYS)):
            action.setText(f"{action.text()}\t{shown(keys)}")
            self.menu.addAction(action)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 12, 20, 12)
        column.setSpacing(10)
        column.addWidget(self.awake)
        row = QHBoxLayout()
        row.setSpacing(8)
        column.addLayout(row)
        row.addWidget(self.timing)
        row.addStretch(1)
        row.addWidget(self.busy)
        row.addWidget(self.stop)
        row.addWidget(self.save)
        row.addSpacing(4)
        split = QHBoxLayout()
        split.setSpacing(1)
        split.addWidget(self.schedule)
        split.addWidget(self.more)
        row.addLayout(split)
        self.awake.acted.connect(self.board_asked)
        self.save.clicked.connect(self.saved)
        self.stop.clicked.connect(self.stopped)
        self.schedule.clicked.connect(self.scheduled)
        self.more.clicked.connect(self.open_menu)
        self.publish.triggered.connect(self.published)
        self.save_action.triggered.connect(self.saved)

    @Slot()
    def open_menu(self) -> None:
        """Show the other ways to send."""
        size = self.menu.sizeHint()
        corner = QPoint(self.more.width() - size.width(), -size.height() - 4)
        self.menu.popup(self.more.mapToGlobal(corner))

    def show_state(self, model: ComposerViewModel) -> None:
        """What can be done, and why not."""
        for act, widget in ((Act.SAVE, self.save), (Act.SCHEDULE, self.schedule)):
            reason = model.why_not(act)
            widget.setEnabled(not reason)
            widget.setAccessibleDescription(reason)
            keys = SAVE_KEYS if act is Act.SAVE else SCHEDULE_KEYS
            words = "Save as a draft in the workspace" if act is Act.SAVE else "Schedule"
            widget.setToolTip(reason or f"{words}  {shown(keys)}")
        self.save_action.setEnabled(self.save.isEnabled())
        self.publish.setEnabled(not model.why_not(Act.PUBLISH))
        self.more.setEnabled(self.publish.isEnabled() or self.save.isEnabled())
        self.timing.setEnabled(not model.locked)
        self.awake.set_text(model.awake.warning)
        self.awake.setVisible(bool(model.awake.warning))
        doing = {Act.SAVE: "Saving…", Act.SCHEDULE: "Scheduling…", Act.PUBLISH: "Publishing…"}
        busy = model.sending.phase is Phase.BUSY
        share = share_of(model.sending.progress) if busy else ""
        words = f"Uploading to the workspace, {share}" if share else doing[model.sending.act]
        self.busy.setText(words if busy else "")
        self.stop.setVisible(bool(share))


class Countdown(QFrame):
    """Eight seconds to think again."""

    undone = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("composer-countdown")
        self.words = Text("", role="strong", parent=self)
        self.words.setObjectName("composer-countdown-words")
        self.bar = QProgressBar(self)
        self.bar.setObjectName("composer-countdown-bar")
        self.bar.setAccessibleName("Seconds until publishing")
        self.bar.setRange(0, UNDO_SECONDS)
        self.bar.setTextVisible(False)
        self.undo = Button(
            "Undo", self, kind="primary", icon="arrow-counter-clockwise", name="composer-undo"
        )
        self.undo.setToolTip("Back to writing  Esc")
        row = QHBoxLayout(self)
        row.setContentsMargins(20, 12, 20, 12)
        row.setSpacing(12)
        row.addWidget(IconLabel("paper-plane-tilt", self, size=18, color="accent_text"))
        row.addWidget(self.words)
        row.addWidget(self.bar, 1, Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self.undo)
        self.undo.clicked.connect(self.undone)

    def show_seconds(self, seconds: int, accounts: int) -> None:
        """How long there is."""
        where = count_of(accounts, "account", "accounts")
        self.words.setText(f"Publishing to {where} in {seconds} s")
        self.bar.setValue(seconds)


class Bottom(QStackedWidget):
    """One of the two."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.acts = Acts(self)
        self.countdown = Countdown(self)
        self.addWidget(self.acts)
        self.addWidget(self.countdown)
        self.setSizePolicy(self.sizePolicy().Policy.Preferred, self.sizePolicy().Policy.Maximum)

    def show_state(self, model: ComposerViewModel) -> None:
        """The bar that fits; the keyboard goes to Undo when the countdown begins."""
        counting = model.sending.phase is Phase.COUNTDOWN
        if counting:
            self.countdown.show_seconds(model.sending.seconds_left, len(model.chosen))
        self.acts.show_state(model)
        wanted = self.countdown if counting else self.acts
        if self.currentWidget() is not wanted:
            self.setCurrentWidget(wanted)
            if counting:
                self.countdown.undo.setFocus(Qt.FocusReason.OtherFocusReason)
