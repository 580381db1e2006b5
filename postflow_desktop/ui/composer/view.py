"""The window of a composer: it shows the view model and hands it what a person does."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

from PySide6.QtCore import QEvent, QSettings, Qt, Signal, Slot
from PySide6.QtGui import QCloseEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QVBoxLayout, QWidget

from postflow_desktop.ui.backend import PlaceBackend
from postflow_desktop.ui.composer import spans
from postflow_desktop.ui.composer.bottom import (
    PUBLISH_KEYS,
    SAVE_KEYS,
    SCHEDULE_KEYS,
    Bottom,
)
from postflow_desktop.ui.composer.dropping import Dropping
from postflow_desktop.ui.composer.following import Following
from postflow_desktop.ui.composer.moments import Moments
from postflow_desktop.ui.composer.optionarea import Choosing
from postflow_desktop.ui.composer.pictures import Pictures
from postflow_desktop.ui.composer.sending import Act, Phase
from postflow_desktop.ui.composer.sheet import Sheet
from postflow_desktop.ui.composer.side import Side
from postflow_desktop.ui.composer.viewmodel import ComposerViewModel
from postflow_desktop.ui.kit.changes import Changes
from postflow_desktop.ui.kit.focus import FocusRing
from postflow_desktop.ui.kit.tasks import Tasks
from postflow_desktop.ui.kit.toasts import ToastKind, Toasts
from postflow_desktop.ui.kit.widgets import Separator
from postflow_desktop.ui.media_words import FILE_PATTERN

_SIZE = (1080, 720)
_LEAST = (960, 640)
_GEOMETRY = "composer/geometry"
_ACCOUNTS = "composer/accounts"
_FOLDER = "composer/folder"


class ComposerWindow(QWidget):
    """One composer in a window of its own. Keep it until `closed`, then delete it later."""

    scheduled = Signal(str)
    """The id of a post that was planned, or is being published now."""
    toast = Signal(str, str)
    """Text and kind, for the main window: the composer is gone or on its way."""
    offer = Signal(str, str, object)
    """Text, the name of an act, and the act to run if the person takes it."""
    board_asked = Signal()
    """Show who publishes and when."""
    closed = Signal()
    """The window is closed and everything of it is on disk or handed over."""

    def __init__(
        self,
        backend: PlaceBackend,
        tasks: Tasks,
        changes: Changes,
        settings_path: Path,
        *,
        moments: Moments | None = None,
    ) -> None:
        super().__init__(None, Qt.WindowType.Window)
        self.setObjectName("composer")
        self.setWindowTitle("New post")
        self.setAccessibleName("Composer")
        self.setMinimumSize(*_LEAST)
        self.setAcceptDrops(True)
        self._tasks = tasks
        self.subject = ""
        """The draft or post it was opened for; empty for a new post."""
        self._settings = QSettings(str(settings_path), QSettings.Format.IniFormat, self)
        self.model = ComposerViewModel(backend, tasks, changes, self, moments=moments)
        self.pictures = Pictures(backend, tasks, self)
        self.sheet = Sheet(self.pictures, self)
        self.side = Side(self.model, self.pictures, self)
        self.following = Following(self.model, self.sheet, self)
        self.choosing = Choosing(self.model, self.sheet.options, self)
        self.bottom = Bottom(self)
        self.toasts = Toasts(self, above=self.bottom, room=self.sheet.geometry)
        self._ring = FocusRing(self)
        self.dropping = Dropping(self.model, self.sheet.page, self)
        self.installEventFilter(self.dropping)
        self._lay_out()
        self._connect_model()
        self._connect_parts()
        self._add_shortcuts()
        self._restore_size()

    # --- opening ----------------------------------------------------------------------------

    def open_new(self, day: date | None, files: Sequence[Path] = (), text: str = "") -> None:
        """Begin a post for a day (None: soon), with these pictures and words in it."""
        self.setWindowTitle("New post")
        kept = self._settings.value(_ACCOUNTS, "", type=str)
        self.model.open_new(day, files, text, preferred=str(kept).split())
        self.bring_to_front()

    def open_draft(self, draft_id: str) -> None:
        """Go on with a draft of this machine."""
        self.setWindowTitle("Draft")
        self.subject = draft_id
        self.model.open_draft(draft_id)
        self.bring_to_front()

    def open_post(self, post_id: str) -> None:
        """Change a draft or a planned post, or look at a published one."""
        self.setWindowTitle("Post")
        self.subject = post_id
        self.model.open_post(post_id)
        self.bring_to_front()

    @Slot()
    def bring_to_front(self) -> None:
        """Show the window over the others, ready to type."""
        self._tasks.run(spans.warm_up, self._warmed_up)
        self.show()
        self.raise_()
        self.activateWindow()
        self.sheet.editor.setFocus(Qt.FocusReason.OtherFocusReason)

    def _warmed_up(self, _: None) -> None:
        self.side.previews.refresh()

    # --- building ---------------------------------------------------------------------------

    def _lay_out(self) -> None:
        middle = QHBoxLayout()
        middle.setSpacing(0)
        middle.addWidget(self.sheet, 55)
        middle.addWidget(Separator(self, vertical=True))
        middle.addWidget(self.side, 45)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(middle, 1)
        column.addWidget(Separator(self))
        column.addWidget(self.bottom)

    def _connect_model(self) -> None:
        model = self.model
        model.text_replaced.connect(self._show_text)
        model.judged.connect(self._show_judgement)
        model.accounts_changed.connect(self._show_accounts)
        model.tabs_changed.connect(self._show_tabs)
        model.media_changed.connect(self._show_media)
        model.card_changed.connect(self._show_card)
        model.when_changed.connect(self._show_when)
        model.state_changed.connect(self._show_state)
        model.scheduled.connect(self._on_scheduled)
        model.toast.connect(self._on_toast)
        model.offer.connect(self._on_offer)
        model.reopened.connect(self.bring_to_front)
        model.finished.connect(self._on_finished)

    def _connect_parts(self) -> None:
        model, sheet, acts = self.model, self.sheet, self.bottom.acts
        sheet.editor.typed.connect(model.set_text)
        sheet.editor.files_given.connect(model.intake.add_files)
        sheet.editor.image_given.connect(model.intake.add_image)
        sheet.channels.toggled.connect(model.toggle)
        sheet.channels.chosen.connect(model.choose)
        sheet.tabs.chosen.connect(model.show_tab)
        sheet.tabs.reset.connect(model.reset_to_original)
        sheet.link.removed.connect(model.remove_link)
        sheet.card.words_typed.connect(model.set_card_words)
        sheet.card.picture_removed.connect(model.remove_card_picture)
        sheet.card.hidden_asked.connect(model.hide_card)
        sheet.card.shown_asked.connect(self._bring_card_back)
        sheet.card.again_asked.connect(model.linking.again)
        sheet.strip.row.moved.connect(model.move_media)
        sheet.strip.row.removed.connect(model.remove_media)
        sheet.strip.alt_typed.connect(model.set_alt)
        sheet.strip.dismissed.connect(model.intake.dismiss)
        sheet.strip.row.stopped.connect(model.intake.stop)
        sheet.acted.connect(self._act_on_notice)
        sheet.notice_closed.connect(model.dismiss_notice)
        sheet.media_wanted.connect(self.choose_files)
        acts.timing.wall_chosen.connect(model.set_wall)
        acts.timing.zone_chosen.connect(model.set_zone)
        acts.saved.connect(self.save)
        acts.scheduled.connect(self.schedule)
        acts.published.connect(self.publish)
        acts.stopped.connect(model.sending.stop)
        acts.board_asked.connect(self.board_asked)
        self.bottom.countdown.undone.connect(model.undo_publish)

    def _add_shortcuts(self) -> None:
        for keys, act in (
            (SCHEDULE_KEYS, self.schedule),
            ("Ctrl+Enter", self.schedule),
            (PUBLISH_KEYS, self.publish),
            ("Ctrl+Shift+Enter", self.publish),
            (SAVE_KEYS, self.save),
            ("Ctrl+Shift+M", self.choose_files),
            ("Ctrl+Shift+A", self.sheet.strip.open_first_without_alt),
            ("Ctrl+Shift+P", self._focus_preview),
            ("Ctrl+Shift+T", self._focus_time),
            ("Ctrl+W", self.close),
            ("Esc", self._escape),
        ):
            self._shortcut(keys, act)
        for number in range(1, 10):
            shortcut = self._shortcut(f"Ctrl+Alt+{number}", self._choose_tab)
            shortcut.setObjectName(f"composer-tab-{number}")

    def _shortcut(self, keys: str, act: Callable[[], object]) -> QShortcut:
        shortcut = QShortcut(QKeySequence(keys), self)
        shortcut.setContext(Qt.ShortcutContext.WindowShortcut)
        shortcut.activated.connect(act)
        return shortcut

    def _restore_size(self) -> None:
        kept = self._settings.value(_GEOMETRY)
        if kept is None or not self.restoreGeometry(kept):
            self.resize(*_SIZE)

    # --- showing ----------------------------------------------------------------------------

    @Slot()
    def _show_text(self) -> None:
        self.sheet.editor.show_text(self.model.tab, self.model.text)
        self.sheet.editor.set_over(self.model.judgement.over_from)

    @Slot()
    def _show_judgement(self) -> None:
        judgement = self.model.judgement
        self.sheet.counters.show_counts(judgement.counts)
        self.sheet.editor.set_over(judgement.over_from)
        self.sheet.link.show_link(self.model.draft.link_url)
        self._show_tabs()

    @Slot()
    def _show_accounts(self) -> None:
        self.sheet.channels.show_accounts(self.model.accounts, self.model.draft.account_ids)

    @Slot()
    def _show_tabs(self) -> None:
        self.sheet.tabs.show_tabs(self.model.tabs, self.model.tab)

    @Slot()
    def _show_media(self) -> None:
        intake = self.model.intake
        self.sheet.strip.show_media(self.model.draft.media, intake.words, intake.refusals)

    @Slot()
    def _show_card(self) -> None:
        self.sheet.card.show_linking(self.model.linking, self.model.draft.card)

    @Slot()
    def _bring_card_back(self) -> None:
        self.model.hide_card(hidden=False)

    @Slot()
    def _show_when(self) -> None:
        self.bottom.acts.timing.show_when(self.model.when)

    @Slot()
    def _show_state(self) -> None:
        model = self.model
        self.sheet.set_locked(model.locked)
        self.sheet.show_notice(model.notice)
        self.sheet.show_saved(*model.saved_words)
        self.bottom.show_state(model)

    # --- acting -----------------------------------------------------------------------------

    @Slot()
    def schedule(self) -> None:
        """Put it to the chosen time, or say why not."""
        self._remember_accounts()
        if not self.model.schedule():
            self._say_why_not(Act.SCHEDULE)

    @Slot()
    def publish(self) -> None:
        """Publish after the countdown, or say why not."""
        self._remember_accounts()
        if not self.model.publish():
            self._say_why_not(Act.PUBLISH)
        else:
            # Why it could not be scheduled is no concern any more.
            self.toasts.clear()

    @Slot()
    def save(self) -> None:
        """Save as a draft in the workspace, or say why not."""
        if not self.model.save():
            self._say_why_not(Act.SAVE)

    @Slot()
    def choose_files(self) -> None:
        """Choose files in the system's dialog."""
        if self.model.locked:
            return
        folder = str(self._settings.value(_FOLDER, "", type=str))
        dialog = QFileDialog(self, "Add pictures, videos or a document", folder, FILE_PATTERN)
        dialog.setObjectName("composer-files")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.filesSelected.connect(self._take_files)
        dialog.open()

    @Slot("QStringList")
    def _take_files(self, names: list[str]) -> None:
        paths = [Path(name) for name in names]
        if paths:
            self._settings.setValue(_FOLDER, str(paths[0].parent))
            self.model.intake.add_files(paths)

    def _say_why_not(self, act: Act) -> None:
        reason = self.model.why_not(act)
        if reason:
            self.toasts.show(reason, kind="warning")

    def _remember_accounts(self) -> None:
        self._settings.setValue(_ACCOUNTS, " ".join(self.model.draft.account_ids))

    @Slot()
    def _act_on_notice(self) -> None:
        notice = self.model.notice
        if notice is not None and notice.act == "use_as_new":
            self.setWindowTitle("New post")
            self.model.use_as_new()
            self.sheet.editor.setFocus(Qt.FocusReason.OtherFocusReason)
        elif notice is not None and notice.act == "load_theirs":
            self.model.load_theirs()

    @Slot()
    def _choose_tab(self) -> None:
        sender = self.sender()
        if sender is not None:
            self.sheet.tabs.choose(int(sender.objectName()[-1]) - 1)

    @Slot()
    def _focus_preview(self) -> None:
        self.side.area.setFocus(Qt.FocusReason.ShortcutFocusReason)

    @Slot()
    def _focus_time(self) -> None:
        self.bottom.acts.timing.date.setFocus(Qt.FocusReason.ShortcutFocusReason)

    @Slot()
    def _escape(self) -> None:
        if self.model.sending.phase is Phase.COUNTDOWN:
            self.model.undo_publish()
            self.sheet.editor.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self.close()

    # --- closing ----------------------------------------------------------------------------

    def closeEvent(self, event: QCloseEvent) -> None:
        """Never asks: what is written is kept; the window goes, `closed` follows."""
        self._settings.setValue(_GEOMETRY, self.saveGeometry())
        event.accept()
        self.model.close()

    def changeEvent(self, event: QEvent) -> None:
        """Leaving the window is a good moment to write."""
        if event.type() == QEvent.Type.ActivationChange and not self.isActiveWindow():
            self.model.autosave.flush()
        super().changeEvent(event)

    @Slot(str)
    def _on_scheduled(self, post_id: str) -> None:
        self.scheduled.emit(post_id)

    @Slot(str, str)
    def _on_toast(self, text: str, kind: str) -> None:
        if self.model.closing or not self.isVisible():
            self.toast.emit(text, kind)
        else:
            self.toasts.show(text, kind=_kind(kind))

    @Slot(str, str, object)
    def _on_offer(self, text: str, action: str, act: Callable[[], object]) -> None:
        if self.model.closing or not self.isVisible():
            self.offer.emit(text, action, act)
        else:
            self.toasts.show(text, action=action, on_action=act)

    @Slot()
    def _on_finished(self) -> None:
        if self.isVisible():
            self.close()
        self._settings.sync()
        self.closed.emit()


def _kind(kind: str) -> ToastKind:
    kinds: dict[str, ToastKind] = {k: k for k in ("success", "warning", "error")}
    return kinds.get(kind, "info")
