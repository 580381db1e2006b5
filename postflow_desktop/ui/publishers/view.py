"""The board of publishers as a page: who is awake, the next days, usual hours, an agent."""

from __future__ import annotations

from datetime import UTC, datetime

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QHideEvent, QKeyEvent, QShowEvent
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from postflow_desktop.domain.presence import Presence
from postflow_desktop.ui.kit.marks import notice
from postflow_desktop.ui.kit.panels import Card, Column, EmptyState, InfoBar, Text
from postflow_desktop.ui.publishers.item import PublisherItem
from postflow_desktop.ui.publishers.parts import AgentCard, HoursCard, NextDaysCard
from postflow_desktop.ui.publishers.viewmodel import PublishersViewModel, Stage
from postflow_desktop.ui.words import explain, when

_WIDEST = 880
_STEPS = {Qt.Key.Key_J: 1, Qt.Key.Key_Down: 1, Qt.Key.Key_K: -1, Qt.Key.Key_Up: -1}


class PublishersView(QFrame):
    """Dumb: shows the view model, which reads while this can be seen."""

    toast = Signal(str, str)
    post_selected = Signal(str)

    def __init__(self, viewmodel: PublishersViewModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("publishers")
        self.setAccessibleName("Publishers")
        self.setProperty("panel", "canvas")
        self.viewmodel = viewmodel
        self._items: dict[str, PublisherItem] = {}
        self._list = QWidget()
        self.offline_bar = notice(self._list, "warning", name="publishers-offline")
        self.stale_bar = InfoBar("", self._list, kind="danger", action="Try again", boxed=True)
        self.nobody = Card(self._list)
        self.ahead = NextDaysCard(self._list)
        self.hours = HoursCard(self._list)
        self.agent = AgentCard(self._list)
        self.failure = EmptyState(
            "warning-circle", "The board can't be read", "", "Try again", self, kind="secondary"
        )
        self._pages = QStackedWidget(self)
        self._blank = QWidget(self)
        self._scroll = QScrollArea(self)
        self._column = QVBoxLayout()
        self._lay_out()
        self.failure.acted.connect(viewmodel.load)
        self.stale_bar.acted.connect(viewmodel.load)
        self.ahead.post_asked.connect(viewmodel.look)
        self.agent.copied.connect(self._on_copied)
        viewmodel.changed.connect(self.refresh)
        viewmodel.post_selected.connect(self.post_selected)
        self.refresh()

    @property
    def items(self) -> tuple[PublisherItem, ...]:
        """The publishers as shown, top to bottom."""
        return tuple(self._items.values())

    def showEvent(self, event: QShowEvent) -> None:
        """Somebody looks: it is read, and read again."""
        super().showEvent(event)
        self.viewmodel.watch(True)

    def hideEvent(self, event: QHideEvent) -> None:
        """Nobody looks any more."""
        super().hideEvent(event)
        self.viewmodel.watch(False)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """J, K and arrows go through the publishers and posts."""
        step = _STEPS.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
            return
        stops: list[QWidget] = [*self.items, *self.ahead.lines]
        focused = QApplication.focusWidget()
        if not stops:
            return
        at = next((n for n, stop in enumerate(stops) if stop is focused), None)
        to = (0 if step > 0 else len(stops) - 1) if at is None else at + step
        target = stops[min(max(to, 0), len(stops) - 1)]
        target.setFocus(Qt.FocusReason.TabFocusReason)
        self._scroll.ensureWidgetVisible(target, 0, 24)

    @Slot()
    def refresh(self) -> None:
        """Show what the view model says; what stays keeps focus and place."""
        model = self.viewmodel
        self._show_bars()
        if model.board is not None:
            self._show_publishers(model.board.publishers)
            self.ahead.show_ahead(model.ahead, model.timezone, model.board.at)
            self.hours.show_hours(model.hours, model.timezone, model.board.at)
        self.agent.show_email(model.email)
        self._pages.setCurrentWidget(self._page())

    def _page(self) -> QWidget:
        model = self.viewmodel
        if model.board is not None:
            return self._scroll
        if model.offline_since is not None or model.stage is Stage.FAILED:
            return self.failure
        return self._blank

    def _show_bars(self) -> None:
        model = self.viewmodel
        since = model.offline_since
        if since is not None:
            self._show_offline(since)
        elif model.problem is not None:
            self.failure.set_content(
                "warning-circle", "The board can't be read", explain(model.problem), "Try again"
            )
            self.stale_bar.set_text(explain(model.problem))
        self.offline_bar.setVisible(since is not None)
        self.stale_bar.setVisible(since is None and model.problem is not None)

    def _show_offline(self, since: datetime) -> None:
        model = self.viewmodel
        lost = when(since, model.timezone, datetime.now(UTC))
        self.failure.set_content(
            "cloud-slash",
            "Offline",
            f"The workspace's database has not answered since {lost}. Who publishes is shown as "
            "soon as it is back.",
        )
        if model.board is not None:
            read = when(model.board.at, model.timezone, datetime.now(UTC))
            self.offline_bar.set_text(f"Offline since {lost}. This is how it was at {read}.")

    def _show_publishers(self, publishers: tuple[Presence, ...]) -> None:
        board = self.viewmodel.board
        if board is None:
            return
        wanted = {f"{p.who.machine}-{p.who.kind.value}": p for p in publishers}
        for key in set(self._items) - set(wanted):
            item = self._items.pop(key)
            self._column.removeWidget(item)
            item.hide()
            item.deleteLater()
        for place, (key, presence) in enumerate(wanted.items()):
            item = self._items.get(key) or self._make_item(key)
            if self._column.indexOf(item) != place:
                self._column.insertWidget(place, item)
            item.show_presence(presence, board, self.viewmodel.posts, self.viewmodel.timezone)
        self._items = {key: self._items[key] for key in wanted}
        self.nobody.setVisible(not wanted)

    def _make_item(self, key: str) -> PublisherItem:
        item = self._items[key] = PublisherItem(key, self._list)
        item.post_asked.connect(self.viewmodel.look)
        return item

    @Slot()
    def _on_copied(self) -> None:
        self.toast.emit("The commands are on the clipboard.", "success")

    # --- building ---------------------------------------------------------------------------

    def _lay_out(self) -> None:
        words = Text("Nobody is awake", role="strong", parent=self.nobody)
        hint = "What is planned waits until PostFlow or an agent runs somewhere."
        self.nobody.setObjectName("publishers-nobody")
        self.nobody.body.addWidget(words)
        self.nobody.body.addWidget(Text(hint, tone="text2", wraps=True, parent=self.nobody))
        self._column.setSpacing(12)
        inside = QVBoxLayout(self._list)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(10)
        inside.addWidget(self.offline_bar)
        inside.addWidget(self.stale_bar)
        for title, parts in (
            ("Awake now", (self._column, self.nobody)),
            ("The next days", (self.ahead,)),
            ("Usually on", (self.hours,)),
            ("A computer that is always awake", (self.agent,)),
        ):
            inside.addWidget(Text(title, role="title", parent=self._list))
            for part in parts:
                if isinstance(part, QWidget):
                    inside.addWidget(part)
                else:
                    inside.addLayout(part)
            inside.addSpacing(14)
        inside.addStretch(1)
        self._scroll.setObjectName("publishers-scroll")
        self._scroll.setAccessibleName("Publishers")
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setWidget(Column(_WIDEST, content=self._list))
        for page in (self._scroll, self._blank, self.failure):
            self._pages.addWidget(page)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._pages)
