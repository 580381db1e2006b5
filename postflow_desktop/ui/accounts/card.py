"""One account as a card: who it is, whether it works, what to do if not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import partial
from urllib.parse import urlsplit

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from postflow_desktop.domain.account import DISCONNECTED, AccountStatus
from postflow_desktop.domain.account_health import (
    AccountHealth,
    HealthFix,
    HealthLevel,
    HealthReason,
)
from postflow_desktop.domain.account_use import AccountUse
from postflow_desktop.services.ports.replica import AccountRow
from postflow_desktop.ui.accounts.facts import FactsPanel
from postflow_desktop.ui.accounts.telling import facts_of
from postflow_desktop.ui.kit.buttons import Button
from postflow_desktop.ui.kit.fields import Select
from postflow_desktop.ui.kit.marks import ElidedText, NetworkMark, notice
from postflow_desktop.ui.kit.panels import BarKind, Card, InfoBar, Pill, Text
from postflow_desktop.ui.words import (
    StatusLook,
    fix_for,
    health_look,
    network_title,
    until_when,
    when,
)

_PREFLIGHTS = (
    ("0", "Off"),
    *((str(minutes), f"{minutes} min before") for minutes in (5, 10, 15, 30)),
)
_PREFLIGHT_HINT = "A notice before each post goes out, with Hold, Edit and +1 h."
_GONE_HINT = "Its posts wait until it is connected again."
_BARS: dict[str, BarKind] = {"success": "success", "warning": "warning", "danger": "danger"}


@dataclass(frozen=True, slots=True, kw_only=True)
class CardState:
    """What a card shows beside the account itself."""

    busy: str
    """check, plan, disconnect, change or empty."""
    note: tuple[str, str] | None
    """A sentence and its kind."""
    can_act: bool
    timezone: str
    now: datetime
    health: AccountHealth
    use: AccountUse | None = None
    """None where the cluster was not asked yet, or is away."""
    paused: str = ""
    """Why nothing of it goes out, who said so, since when."""
    may_not_pause: str = ""
    """Why this person can't pause or resume it."""
    may_not_change: str = ""
    """Why this person can't change how it announces posts."""


class AccountCard(Card):
    """Its buttons tell which account they are for."""

    check_asked = Signal(str)
    reconnect_asked = Signal(str)
    disconnect_asked = Signal(str)
    pause_asked = Signal(str)
    resume_asked = Signal(str)
    preflight_chosen = Signal(str, int)
    """The account and minutes; 0: off."""

    def __init__(self, row: AccountRow, parent: QWidget | None = None) -> None:
        super().__init__(parent, margin=16)
        self.row = row
        self._fix = HealthFix.NOTHING
        self.setObjectName(f"account-{row.id}")
        self.mark = NetworkMark(row.network, self, size=40)
        self.name = ElidedText(role="title", parent=self)
        self.pill = Pill("", self)
        self.about = Text(tone="text2", wraps=True, parent=self)
        self.facts = FactsPanel(row.id, self)
        self.error = InfoBar("", self, kind="danger", action="Reconnect", boxed=True)
        self.error.setObjectName(f"account-error-{row.id}")
        self.error.button.setObjectName(f"fix-{row.id}")
        self.more = Text(role="small", tone="text2", wraps=True, parent=self)
        """What else is not as it should be."""
        self.note = notice(self, "info", name=f"account-note-{row.id}")
        self.check_button = Button("Check", self, size="small", name=f"check-{row.id}")
        self.reconnect_button = Button("Reconnect", self, size="small", name=f"reconnect-{row.id}")
        self.disconnect_button = Button(
            "Disconnect…", self, kind="danger", size="small", name=f"disconnect-{row.id}"
        )
        self.paused = notice(self, "warning", name=f"account-paused-{row.id}")
        self.paused.set_icon("pause-circle")
        self.pause_button = Button("Pause…", self, size="small", name=f"pause-{row.id}")
        self.preflight = Select("Pre-flight", _PREFLIGHTS, self, name=f"preflight-{row.id}")
        self._lay_out()
        self.pause_button.clicked.connect(self._on_pause)
        self.preflight.chosen.connect(self._on_preflight)
        self.check_button.clicked.connect(self._on_check)
        self.reconnect_button.clicked.connect(self._on_reconnect)
        self.disconnect_button.clicked.connect(self._on_disconnect)
        self.error.acted.connect(self._on_fix)

    def show_row(self, row: AccountRow, state: CardState) -> None:
        """Show the account as it is now."""
        self.row = row
        look = health_look(row.status, state.health)
        if row.pause is not None and not state.health.reasons:
            look = StatusLook("Paused", "warning", "pause-circle")
        self.name.setText(row.display_name or row.username)
        self.pill.set_state(look.word, tone=look.tone, icon=look.icon)
        self.about.setText(" · ".join(_about(row)))
        clock, until = partial(_clock, state), partial(_until, state)
        self.facts.show_facts(facts_of(row, state.use, state.now, clock=clock, until=until))
        self.facts.show_scopes(row)
        self.setAccessibleName(f"{network_title(row.network)} @{row.username}, {look.word}")
        self._show_reasons(row, state)
        self.note.set_text(state.note[0] if state.note else "")
        self.note.set_kind(_BARS.get(state.note[1], "info") if state.note else "info")
        self.note.setVisible(state.note is not None)
        self._show_buttons(row, state)
        self._show_controls(row, state)

    def _show_reasons(self, row: AccountRow, state: CardState) -> None:
        """The heaviest with its fix, the others in a line each."""
        reasons = state.health.reasons
        first = reasons[0] if reasons else None
        self._fix = HealthFix.NOTHING if first is None else first.act
        problem = "" if first is None else f"{first.message} {_advice(first)}".strip()
        self.error.set_text(problem)
        broken = first is not None and first.level is HealthLevel.BROKEN
        self.error.set_kind("danger" if broken else "warning")
        self.error.button.setText("Check" if self._fix is HealthFix.CHECK else "Reconnect")
        self.error.button.setAccessibleName(f"{self.error.button.text()} @{row.username} now")
        self.error.button.setVisible(self._fix is not HealthFix.NOTHING)
        self.error.button.setEnabled(state.can_act and not state.busy)
        self.error.setVisible(bool(problem) and state.note is None)
        # The last refused post has a line of its own below.
        said = (
            ""
            if state.use is None or state.use.trouble is None
            else state.use.trouble.error.message
        )
        others = [one for one in reasons[1:] if not said or said not in one.message]
        self.more.setText("\n".join(f"{one.message} {_advice(one)}".strip() for one in others))
        self.more.setVisible(bool(others) and state.note is None)
        self.setAccessibleDescription(problem)

    def _show_controls(self, row: AccountRow, state: CardState) -> None:
        """Pausing and announcing; they are off with the reason where they can't be used."""
        self.paused.set_text(f"Nothing of this account goes out. {state.paused}".strip())
        # Whose sign-in is gone is told so above; there is nothing to resume yet.
        is_gone = row.last_error_code == DISCONNECTED
        self.paused.setVisible(row.pause is not None and not is_gone)
        self.pause_button.setText("Pause…" if row.pause is None else "Resume")
        act = "Pause" if row.pause is None else "Resume"
        self.pause_button.setAccessibleName(f"{act} @{row.username}")
        free = state.can_act and not state.busy
        self.pause_button.setEnabled(free and not state.may_not_pause and not is_gone)
        self.pause_button.setToolTip(_GONE_HINT if is_gone else state.may_not_pause)
        if not any(value == str(row.preflight_minutes) for value, _ in _PREFLIGHTS):
            more = (str(row.preflight_minutes), f"{row.preflight_minutes} min before")
            self.preflight.set_options((*_PREFLIGHTS, more))
        self.preflight.set_value(str(row.preflight_minutes))
        self.preflight.setEnabled(free and not state.may_not_change)
        self.preflight.setToolTip(state.may_not_change or _PREFLIGHT_HINT)
        self.preflight.setAccessibleName(f"Pre-flight of @{row.username}")
        self.preflight.setAccessibleDescription(state.may_not_change or _PREFLIGHT_HINT)

    def _show_buttons(self, row: AccountRow, state: CardState) -> None:
        needs = row.status is not AccountStatus.ACTIVE or self._fix is HealthFix.RECONNECT
        self.reconnect_button.set_kind("primary" if needs else "secondary")
        self.check_button.setText("Checking…" if state.busy == "check" else "Check")
        gone = "Disconnecting…" if state.busy in ("plan", "disconnect") else "Disconnect…"
        self.disconnect_button.setText(gone)
        for button, act in (
            (self.check_button, "Check"),
            (self.reconnect_button, "Reconnect"),
            (self.disconnect_button, "Disconnect"),
        ):
            button.setEnabled(state.can_act and not state.busy)
            button.setAccessibleName(f"{act} @{row.username}")

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self.name)
        head.addWidget(self.pill)
        head.addStretch(1)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addLayout(head)
        words.addWidget(self.about)
        acts = QHBoxLayout()
        acts.setSpacing(8)
        for button in (self.check_button, self.reconnect_button, self.disconnect_button):
            acts.addWidget(button)
        row = QHBoxLayout()
        row.setSpacing(14)
        row.addWidget(self.mark, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(words, 1)
        row.addLayout(acts)
        row.setAlignment(acts, Qt.AlignmentFlag.AlignTop)
        facts = QVBoxLayout()
        facts.setContentsMargins(54, 2, 0, 2)
        facts.setSpacing(6)
        facts.addWidget(self.more)
        facts.addWidget(self.facts)
        self.body.addLayout(row)
        self.body.addWidget(self.error)
        self.body.addWidget(self.note)
        self.body.addLayout(facts)
        self.body.addWidget(self.paused)
        self.body.addLayout(self._control_row())

    def _control_row(self) -> QHBoxLayout:
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(Text("Pre-flight", role="nav", parent=self))
        words.addWidget(Text(_PREFLIGHT_HINT, role="small", tone="text2", wraps=True, parent=self))
        row = QHBoxLayout()
        row.setContentsMargins(54, 4, 0, 0)
        row.setSpacing(12)
        row.addLayout(words, 1)
        row.addWidget(self.preflight)
        row.addWidget(self.pause_button)
        return row

    @Slot()
    def _on_pause(self) -> None:
        (self.pause_asked if self.row.pause is None else self.resume_asked).emit(self.row.id)

    @Slot(str)
    def _on_preflight(self, minutes: str) -> None:
        self.preflight_chosen.emit(self.row.id, int(minutes))

    @Slot()
    def _on_fix(self) -> None:
        asked = self.check_asked if self._fix is HealthFix.CHECK else self.reconnect_asked
        asked.emit(self.row.id)

    @Slot()
    def _on_check(self) -> None:
        self.check_asked.emit(self.row.id)

    @Slot()
    def _on_reconnect(self) -> None:
        self.reconnect_asked.emit(self.row.id)

    @Slot()
    def _on_disconnect(self) -> None:
        self.disconnect_asked.emit(self.row.id)


def _about(row: AccountRow) -> list[str]:
    host = urlsplit(row.service).netloc or row.service
    return [part for part in (f"@{row.username}", network_title(row.network), host) if part]


def _advice(reason: HealthReason) -> str:
    """Rows keep sentences for everybody; at the window some advice reads differently."""
    return fix_for(reason.code, reason.fix)


def _until(state: CardState, moment: datetime) -> str:
    return until_when(moment, state.timezone, state.now)


def _clock(state: CardState, moment: datetime) -> str:
    return when(moment, state.timezone, state.now)
