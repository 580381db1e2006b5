"""The inspector panel: head, body that scrolls, and the acts at its foot."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QHBoxLayout,
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from postflow_desktop.services.ports.replica import PostDetail
from postflow_desktop.ui.inspector import model
from postflow_desktop.ui.inspector.actions import ActionBar
from postflow_desktop.ui.inspector.body import Body
from postflow_desktop.ui.inspector.viewmodel import InspectorViewModel, Stage
from postflow_desktop.ui.kit.browser import Opener, open_in_browser
from postflow_desktop.ui.kit.buttons import IconButton
from postflow_desktop.ui.kit.dialogs import Confirm, confirm
from postflow_desktop.ui.kit.marks import notice
from postflow_desktop.ui.kit.panels import EmptyState, InfoBar, Pill, Text
from postflow_desktop.ui.words import count_of, explain


class InspectorView(QFrame):
    """Dumb: shows the view model, asks it for everything; made for a dock 320 px wide."""

    edit_requested = Signal(str)
    toast = Signal(str, str)
    offered = Signal(object)
    """An Offer: a toast with an action."""
    withdrawn = Signal(str)
    """The words of an Offer that can't be taken any more."""
    closed = Signal()

    def __init__(
        self,
        viewmodel: InspectorViewModel,
        parent: QWidget | None = None,
        *,
        opener: Opener = open_in_browser,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("inspector")
        self.setAccessibleName("Post details")
        self.setProperty("panel", "surface")
        self.viewmodel = viewmodel
        self._asks_time = ""
        """The post whose time is to be edited as soon as it is read."""
        self.title = Text(role="title", wraps=True, parent=self)
        self.title.setObjectName("inspector-title")
        self.close_button = IconButton(
            "x", "Close", self, size=28, shortcut="Esc", name="inspector-close"
        )
        self.pill = Pill("", self)
        self.pill.setObjectName("inspector-status")
        self.offline_bar = InfoBar("Offline: this is the last known state.", self, kind="warning")
        self.problem = notice(self, "danger", name="inspector-problem", closable=True)
        self.body = Body(viewmodel, opener, self.problem, self)
        self.acts = ActionBar(self)
        self.message = EmptyState("cursor", "", "", "", self, kind="secondary")
        self._pages = QStackedWidget(self)
        self._lay_out()
        self._connect()
        self.refresh()

    def show_post(self, post_id: str) -> None:
        """Show this post."""
        self.viewmodel.show_post(post_id)

    def ask_time(self) -> None:
        """Open the editor for the post's time, as soon as the post is read and can be moved."""
        self._asks_time = self.viewmodel.post_id
        self.refresh()

    def clear(self) -> None:
        """Show nothing."""
        self.viewmodel.clear()

    @Slot()
    def refresh(self) -> None:
        """Show what the view model says; an open editor, details and the scroll stay."""
        focused = QApplication.focusWidget()
        had_focus = focused is not None and self.isAncestorOf(focused)
        self._show_all()
        focused = QApplication.focusWidget()
        if had_focus and (focused is None or not self.isAncestorOf(focused)):
            # What had the keyboard is gone; it would go on in another part of the window.
            self.close_button.setFocus(Qt.FocusReason.OtherFocusReason)

    def _show_all(self) -> None:
        detail = self.viewmodel.detail
        self.offline_bar.setVisible(self.viewmodel.offline)
        self._place_close_button()
        if self.viewmodel.stage is Stage.READY and detail is not None:
            self._show(detail)
            self._pages.setCurrentWidget(self._ready)
            if self._asks_time == self.viewmodel.post_id:
                self._asks_time = ""
                self.body.timing.open_editor()
            return
        self._show_message()
        blank = self.viewmodel.stage is Stage.LOADING
        self._pages.setCurrentWidget(self._blank if blank else self.message)

    @Slot()
    def ask_delete(self) -> Confirm | None:
        """Ask before a post is deleted; that can't be undone."""
        detail = self.viewmodel.detail
        if detail is None or not self.viewmodel.can.delete:
            return None
        out = model.out_count(detail.targets)
        text = f"“{model.title_of(detail)}” can't be brought back."
        if out:
            where = count_of(out, "account", "accounts")
            text = f"It is out on {where} and will be deleted there too. {text}"
        return confirm(
            self,
            title="Delete this post everywhere?" if out else "Delete this post?",
            text=text,
            action="Delete everywhere" if out else "Delete",
            on_accept=self.viewmodel.delete,
        )

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc closes the panel."""
        if event.key() == Qt.Key.Key_Escape:
            self.viewmodel.close()
            return
        super().keyPressEvent(event)

    def _show(self, detail: PostDetail) -> None:
        look = model.head_look(detail, self.body.rows(detail))
        self.title.setText(model.title_of(detail))
        self.pill.set_state(look.word, tone=look.tone, icon=look.icon)
        self.body.refresh(detail)
        self.acts.show_can(
            self.viewmodel.can,
            busy=bool(self.viewmodel.busy),
            leaving=self.viewmodel.leaving,
            missed_only=detail.post.failure_code == "missed",
            out=model.out_count(detail.targets) > 0,
        )
        error = self.viewmodel.problem
        self.problem.set_text(explain(error) if error else "")
        self.problem.setVisible(error is not None)

    def _show_message(self) -> None:
        error = self.viewmodel.problem
        match self.viewmodel.stage:
            case Stage.GONE:
                self.message.set_content(
                    "trash", "This post is gone", "It was deleted here or on another machine."
                )
            case Stage.FAILED:
                text = explain(error) if error else ""
                self.message.set_content(
                    "warning-circle", "The post can't be read", text, "Try again"
                )
            case _:
                self.message.set_content(
                    "cursor", "No post selected", "Choose one to see how it is doing."
                )

    def _connect(self) -> None:
        viewmodel = self.viewmodel
        self.close_button.clicked.connect(viewmodel.close)
        self.message.acted.connect(viewmodel.reload)
        self.problem.closed.connect(viewmodel.forget_problem)
        self.acts.edit_asked.connect(viewmodel.edit)
        self.acts.publish_asked.connect(viewmodel.publish)
        self.acts.keep_asked.connect(viewmodel.keep_back)
        self.acts.retry_asked.connect(viewmodel.retry)
        self.acts.cancel_asked.connect(viewmodel.cancel)
        self.acts.delete_asked.connect(self.ask_delete)
        viewmodel.changed.connect(self.refresh)
        viewmodel.edit_requested.connect(self.edit_requested)
        viewmodel.toast.connect(self.toast)
        viewmodel.offered.connect(self.offered)
        viewmodel.withdrawn.connect(self.withdrawn)
        viewmodel.closed.connect(self.closed)

    def _lay_out(self) -> None:
        self._head = head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self.title, 1)
        status = QHBoxLayout()
        status.setContentsMargins(16, 8, 16, 10)
        status.addWidget(self.pill)
        status.addStretch(1)
        scroll = QScrollArea(self)
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(self.body)
        self._ready = QWidget(self)
        column = QVBoxLayout(self._ready)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addLayout(status)
        column.addWidget(scroll, 1)
        column.addWidget(self.acts)
        self._blank = QWidget(self)
        for page in (self._ready, self._blank, self.message):
            self._pages.addWidget(page)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(self.offline_bar)
        whole.addWidget(self._pages, 1)
        self.close_button.raise_()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The close button stays in the corner on every page."""
        super().resizeEvent(event)
        self._place_close_button()

    def _place_close_button(self) -> None:
        self._head.setContentsMargins(16, 14, self.close_button.width() + 16, 0)
        above = self.offline_bar.sizeHint().height() if self.viewmodel.offline else 0
        self.close_button.move(self.width() - self.close_button.width() - 10, 12 + above)
