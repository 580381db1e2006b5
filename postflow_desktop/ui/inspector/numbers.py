"""How a post that is out is doing on each of its accounts, as it was measured last."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from PySide6.QtCore import QLocale
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from postflow_desktop.domain.metrics import (
    READ_FROM,
    MeasuredPost,
    not_told,
    sentence,
)
from postflow_desktop.domain.network import Network
from postflow_desktop.domain.target import Target, TargetStatus
from postflow_desktop.services.ports.replica import AccountRow, PostDetail
from postflow_desktop.ui.inspector.asking import AskingSection, AskingWords
from postflow_desktop.ui.kit.marks import ElidedText, NetworkMark
from postflow_desktop.ui.kit.panels import Text
from postflow_desktop.ui.words import network_title, when

_COLUMNS = 3
_LABELS = {"views": "Video views"}
_NOT_YET = "No numbers yet; the first ones come by themselves within the hour."
_NOTHING = "No numbers were told so far."
_WORDS = AskingWords(
    title="Numbers", button="Refresh", spoken="Refresh the numbers", hint="Ask the networks now"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class NumbersRow:
    """The numbers of one account."""

    key: str
    """The target's id."""
    network: Network
    name: str
    figures: tuple[tuple[str, str], ...]
    """(what, how many), as people read them; only what is told."""
    notes: tuple[str, ...]
    """What is not told and why, and of when the numbers are."""

    @property
    def words(self) -> str:
        """All of it in one line, for who does not see it."""
        told = ", ".join(f"{label} {value}" for label, value in self.figures)
        parts = (f"{network_title(self.network)}, {self.name}", told, *self.notes)
        return ". ".join(part.rstrip(".") for part in parts if part)


def numbers_rows(
    detail: PostDetail, accounts: Mapping[str, AccountRow], *, timezone: str, now: datetime
) -> tuple[NumbersRow, ...]:
    """A row for every account where the post is out."""
    measured = {one.account_id: one for one in detail.metrics}
    return tuple(
        _row(
            target, accounts.get(target.account_id), measured.get(target.account_id), timezone, now
        )
        for target in detail.targets
        if target.status is TargetStatus.PUBLISHED
    )


def _row(
    target: Target,
    account: AccountRow | None,
    measured: MeasuredPost | None,
    timezone: str,
    now: datetime,
) -> NumbersRow:
    title = network_title(target.network)
    told = {} if measured is None else measured.metrics.numbers
    figures = tuple(
        (_LABELS.get(name, name.capitalize()), QLocale().toString(value))
        for name, value in told.items()
        if value is not None
    )
    if measured is not None:
        notes = _notes(measured, title, when(measured.fetched_at, timezone, now))
    elif target.network in READ_FROM:
        notes = (_NOT_YET,)
    else:
        notes = (f"PostFlow does not read numbers from {title} yet.",)
    return NumbersRow(
        key=target.id,
        network=target.network,
        name=f"@{account.username}" if account else title,
        figures=figures,
        notes=notes,
    )


def _notes(measured: MeasuredPost, title: str, at: str) -> tuple[str, ...]:
    metrics = measured.metrics
    untold = () if len(metrics.untold) == len(metrics.numbers) else metrics.untold
    is_silent = not untold and metrics.reason is None and bool(metrics.untold)
    gone = f"It is no longer on {title}; these are the last numbers."
    notes = (
        not_told(untold, title),
        sentence(metrics.reason),
        _NOTHING if is_silent else "",
        gone if measured.gone_at is not None else "",
        f"As of {at}",
    )
    return tuple(note for note in notes if note)


class NumbersItem(QFrame):
    """One account: its name, the figures in columns, the notes below them."""

    def __init__(self, row: NumbersRow, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(f"numbers-{row.key}")
        self.setAccessibleName(row.words)
        self.row = row
        mark = NetworkMark(row.network, self, size=18)
        name = ElidedText(row.name, role="strong", parent=self)
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(mark)
        head.addWidget(name, 1)
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(8)
        for column in range(_COLUMNS):
            grid.setColumnStretch(column, 1)
        for place, figure in enumerate(row.figures):
            grid.addLayout(self._cell(*figure), *divmod(place, _COLUMNS))
        column_of_notes = QVBoxLayout()
        column_of_notes.setSpacing(2)
        for note in row.notes:
            words = Text(note, role="small", tone="text2", wraps=True, parent=self)
            column_of_notes.addWidget(words)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(8)
        whole.addLayout(head)
        whole.addLayout(grid)
        whole.addLayout(column_of_notes)

    def _cell(self, label: str, value: str) -> QVBoxLayout:
        figure = Text(value, role="strong", parent=self)
        figure.setObjectName(f"figure-{label.lower().replace(' ', '-')}")
        figure.setAccessibleName(f"{label} {value}")
        cell = QVBoxLayout()
        cell.setSpacing(0)
        cell.addWidget(figure)
        cell.addWidget(Text(label, role="small", tone="text2", parent=self))
        return cell


class Numbers(AskingSection):
    """An account each."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(
            _WORDS,
            parent,
            name="inspector-numbers",
            button="inspector-refresh-numbers",
            icon="arrows-clockwise",
        )
        self._column.setSpacing(14)
        self._rows: tuple[NumbersRow, ...] = ()
        self._items: tuple[NumbersItem, ...] = ()

    @property
    def items(self) -> tuple[NumbersItem, ...]:
        """What is shown, an account each."""
        return self._items

    def show_rows(
        self, rows: tuple[NumbersRow, ...], *, can_refresh: bool, is_asking: bool
    ) -> None:
        """Show these; the button keeps the keyboard."""
        self.setVisible(bool(rows))
        self.button.setVisible(any(row.network in READ_FROM for row in rows))
        self._show_button(can_ask=can_refresh, is_asking=is_asking)
        if rows != self._rows:
            self._rows = rows
            self._items = tuple(NumbersItem(row, self) for row in rows)
            self._replace(list(self._items))
