"""The part of the inspector that scrolls: time, preview, accounts, attempts."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from postflow_desktop.domain.pause import HoldLevel
from postflow_desktop.domain.post import Media, MediaKind, Post
from postflow_desktop.services.attention import Answer
from postflow_desktop.services.ports.replica import PostDetail
from postflow_desktop.ui.inspector import model
from postflow_desktop.ui.inspector.attempts import AttemptItem
from postflow_desktop.ui.inspector.copies import Copies
from postflow_desktop.ui.inspector.networks import copy_sentence
from postflow_desktop.ui.inspector.numbers import Numbers, numbers_rows
from postflow_desktop.ui.inspector.preview import Picture, Preview
from postflow_desktop.ui.inspector.targets import TargetItem
from postflow_desktop.ui.inspector.timing import Timing
from postflow_desktop.ui.inspector.viewmodel import InspectorViewModel
from postflow_desktop.ui.kit.browser import Opener
from postflow_desktop.ui.kit.buttons import Button
from postflow_desktop.ui.kit.panels import InfoBar, Separator, Text
from postflow_desktop.ui.media_words import icon_name, measures, noun
from postflow_desktop.ui.words import count_of, moment_of_day, pause_words, when

_FIRST_ATTEMPTS = 5
_PAUSED = {
    HoldLevel.ORGANIZATION: "Publishing is paused here.",
    HoldLevel.ACCOUNT: "This account is paused.",
    HoldLevel.TARGET: "It is held back.",
}


class Body(QWidget):
    """Rows are kept while their target or attempt is the same."""

    def __init__(
        self,
        viewmodel: InspectorViewModel,
        opener: Opener,
        problem: InfoBar,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        # As wide as the panel: what has no room is cut or wrapped, never scrolled to the side.
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.setObjectName("inspector-body")
        self._viewmodel = viewmodel
        self._opener = opener
        self._post_id = ""
        self._items: dict[str, TargetItem] = {}
        self._open: set[str] = set()
        self._all_attempts = False
        self._attempts: tuple[object, ...] = ()
        self._attempt_items: list[AttemptItem] = []
        self.timing = Timing(self)
        self.preview = Preview(self)
        self.targets_title = Text("Accounts", role="strong", parent=self)
        self.attempts_title = Text("Attempts", role="strong", parent=self)
        self.numbers = Numbers(self)
        self.copies = Copies(self)
        self.more_button = Button(
            "Show all", self, kind="link", size="small", name="inspector-all-attempts"
        )
        self._targets = QVBoxLayout()
        self._attempt_column = QVBoxLayout()
        self._lay_out(problem)
        self.timing.time_chosen.connect(self._on_time)
        self.more_button.clicked.connect(self._show_all)
        self.numbers.asked.connect(viewmodel.networks.numbers.ask)
        self.copies.asked.connect(viewmodel.networks.copies.ask)

    @property
    def target_items(self) -> tuple[TargetItem, ...]:
        """The rows of the accounts, as shown."""
        return tuple(self._items.values())

    @property
    def attempt_items(self) -> tuple[AttemptItem, ...]:
        """The rows of the attempts, as shown."""
        return tuple(self._attempt_items)

    def rows(self, detail: PostDetail) -> tuple[model.TargetRow, ...]:
        """A row per account, with what holds it."""
        viewmodel = self._viewmodel
        organization = viewmodel.organization
        return model.target_rows(
            detail,
            viewmodel.accounts,
            pause=organization.pause if organization else None,
            held=viewmodel.holding.of,
            chosen=viewmodel.chosen,
        )

    def refresh(self, detail: PostDetail) -> None:
        """Show this post; another post than before starts with everything closed."""
        if detail.post.id != self._post_id:
            self._post_id = detail.post.id
            self.timing.close_editor()
            self._open.clear()
            self._all_attempts = False
        self._show_time(detail)
        rows = self.rows(detail)
        self._show_preview(detail, rows)
        self._show_targets(rows)
        self._show_numbers(detail)
        self._show_copies(detail)
        self._show_attempts(detail, rows)

    def _show_time(self, detail: PostDetail) -> None:
        planned = model.planned_time(detail)
        moment, zone_name = planned or (None, self._viewmodel.timezone)
        words = when(moment, zone_name, self._viewmodel.now()) if moment else "No time yet"
        self.timing.show_time(
            moment, words=words, zone_name=zone_name, can_move=self._viewmodel.can.move
        )

    def _show_preview(self, detail: PostDetail, rows: tuple[model.TargetRow, ...]) -> None:
        first = rows[0] if rows else None
        more = f" and {count_of(len(rows) - 1, 'other', 'others')}" if len(rows) > 1 else ""
        name = f"{first.name}{more}" if first else ""
        self.preview.show_account(first.network if first else None, name)
        pictures = tuple(self._picture(item) for item in detail.post.media)
        self.preview.show_content(detail.post.text, _link_words(detail.post), pictures)

    def _picture(self, item: Media) -> Picture:
        known = self._viewmodel.pictures
        if item.kind is not MediaKind.IMAGE:
            about = " · ".join(part for part in (item.title or "", *measures(item)) if part)
            named = f"{noun(item).capitalize()} {about}"
            return Picture(
                image=None, alt=item.alt, icon=icon_name(item), about=about, spoken=named
            )
        return Picture(
            image=known.get(item.sha256),
            alt=item.alt,
            failed=item.sha256 in known and known[item.sha256] is None,
        )

    def _show_targets(self, rows: tuple[model.TargetRow, ...]) -> None:
        for key in set(self._items) - {row.key for row in rows}:
            item = self._items.pop(key)
            self._targets.removeWidget(item)
            item.hide()
            item.deleteLater()
        viewmodel = self._viewmodel
        said: set[str] = set()
        for row in rows:
            item = self._items.get(row.key) or self._make_item(row)
            free = not viewmodel.busy and not viewmodel.holding.is_busy(row.key)
            words = self._paused_words(row)
            # A pause of the organization is the same for all of them: it is told once.
            item.show_row(
                row,
                can_answer=not viewmodel.offline and free,
                paused="" if words in said else words,
            )
            said.add(words)
        self.targets_title.setVisible(bool(rows))

    def _paused_words(self, row: model.TargetRow) -> str:
        if row.hold is None:
            return ""
        viewmodel = self._viewmodel
        names = viewmodel.organization.names if viewmodel.organization else {}
        pause = row.hold.pause
        who = names.get(pause.by, "")
        words = pause_words(pause, who, viewmodel.timezone, viewmodel.now())
        return f"{_PAUSED[row.hold.level]} {words}"

    def _show_numbers(self, detail: PostDetail) -> None:
        viewmodel = self._viewmodel
        zone_name, now = viewmodel.timezone, viewmodel.now()
        rows = numbers_rows(detail, viewmodel.accounts, timezone=zone_name, now=now)
        question = viewmodel.networks.numbers
        self.numbers.show_rows(rows, can_refresh=question.can_ask, is_asking=question.is_asking)

    def _show_copies(self, detail: PostDetail) -> None:
        if not model.out_count(detail.targets):
            self.copies.hide()
            return
        viewmodel, networks = self._viewmodel, self._viewmodel.networks
        lines: list[str] = []
        if look := networks.look:
            lines += [copy_sentence(copy, viewmodel.accounts) for copy in look.copies]
            lines.append(f"As of {when(look.at, viewmodel.timezone, viewmodel.now())}")
        question = networks.copies
        self.copies.show_lines(
            tuple(lines), can_look=question.can_ask, is_asking=question.is_asking
        )

    def _make_item(self, row: model.TargetRow) -> TargetItem:
        item = self._items[row.key] = TargetItem(row, self)
        item.open_asked.connect(self._on_open)
        item.answered.connect(self._on_answer)
        item.hold_asked.connect(self._viewmodel.holding.hold)
        item.release_asked.connect(self._viewmodel.holding.release)
        item.later_asked.connect(self._viewmodel.holding.later)
        self._targets.addWidget(item)
        return item

    def _show_attempts(self, detail: PostDetail, rows: tuple[model.TargetRow, ...]) -> None:
        attempts = model.newest_first(detail.attempts)
        shown = attempts if self._all_attempts else attempts[:_FIRST_ATTEMPTS]
        self.attempts_title.setVisible(bool(attempts))
        self._line.setVisible(bool(attempts))
        self.more_button.setVisible(len(shown) < len(attempts))
        self.more_button.setText(f"Show all {len(attempts)}")
        if shown == self._attempts:
            return
        self._attempts = shown
        for old in self._attempt_items:
            self._attempt_column.removeWidget(old)
            old.hide()
            old.deleteLater()
        names = {row.target_id: row.name for row in rows} if len(rows) > 1 else {}
        self._attempt_items = []
        for attempt in shown:
            item = AttemptItem(attempt, self, is_open=attempt.id in self._open)
            at = moment_of_day(attempt.at, self._viewmodel.timezone, self._viewmodel.now())
            item.show_time(at, names.get(attempt.target_id, ""))
            item.toggled.connect(self._on_toggled)
            self._attempt_column.addWidget(item)
            self._attempt_items.append(item)

    def _lay_out(self, problem: InfoBar) -> None:
        self._targets.setSpacing(14)
        self._attempt_column.setSpacing(0)
        self._line = Separator(self)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 0, 16, 16)
        column.setSpacing(12)
        column.addWidget(problem)
        column.addWidget(self.timing)
        column.addWidget(self.preview)
        column.addSpacing(4)
        column.addWidget(self.targets_title)
        column.addLayout(self._targets)
        column.addWidget(self.numbers)
        column.addWidget(self.copies)
        column.addWidget(self._line)
        column.addWidget(self.attempts_title)
        column.addLayout(self._attempt_column)
        column.addWidget(self.more_button)
        column.addStretch(1)

    @Slot(object)
    def _on_time(self, wall: datetime) -> None:
        self._viewmodel.move(wall)

    @Slot(str)
    def _on_open(self, address: str) -> None:
        self._opener(address)

    @Slot(str, object, str)
    def _on_answer(self, target_id: str, answer: Answer, address: str) -> None:
        self._viewmodel.answer(target_id, answer, address)

    @Slot(str, bool)
    def _on_toggled(self, attempt_id: str, is_open: bool) -> None:
        if is_open:
            self._open.add(attempt_id)
        else:
            self._open.discard(attempt_id)

    @Slot()
    def _show_all(self) -> None:
        self._all_attempts = True
        if self._viewmodel.detail is not None:
            self.refresh(self._viewmodel.detail)


def _link_words(post: Post) -> str:
    """The post's own link, and what its card says where one goes out."""
    link, card = post.link_url or "", post.card
    if card is None or card.hidden or post.media:
        return link
    shown = f"{card.title}\n{card.host}"
    return f"{link}\n{shown}" if link else shown
