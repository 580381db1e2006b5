"""Accounts: one card each; empty, loading, failing and offline have their own words."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QStackedWidget, QVBoxLayout, QWidget

from postflow_desktop.domain.network import Network
from postflow_desktop.services.disconnecting import DisconnectPlan
from postflow_desktop.services.permissions import Action
from postflow_desktop.services.ports.replica import AccountRow
from postflow_desktop.ui.accounts.card import AccountCard, CardState
from postflow_desktop.ui.accounts.connecting import ConnectDialog
from postflow_desktop.ui.accounts.disconnecting import DisconnectDialog
from postflow_desktop.ui.accounts.networks import NetworkMenu
from postflow_desktop.ui.accounts.signin import SignInDialog
from postflow_desktop.ui.accounts.viewmodel import AccountsViewModel, Stage
from postflow_desktop.ui.kit.browser import Opener, open_in_browser
from postflow_desktop.ui.kit.buttons import Button
from postflow_desktop.ui.kit.marks import notice
from postflow_desktop.ui.kit.panels import Column, EmptyState, InfoBar
from postflow_desktop.ui.publishers.dialog import PauseDialog, ask_reason
from postflow_desktop.ui.words import explain, when

_WIDEST = 880


def _now() -> datetime:
    return datetime.now(UTC)


class AccountsView(QFrame):
    """Dumb: shows the view model, asks it for everything."""

    toast = Signal(str, str)
    """Passed on from the view model."""

    def __init__(
        self,
        viewmodel: AccountsViewModel,
        parent: QWidget | None = None,
        *,
        opener: Opener = open_in_browser,
        now: Callable[[], datetime] = _now,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("accounts")
        self.setAccessibleName("Accounts")
        self.setProperty("panel", "canvas")
        self.viewmodel = viewmodel
        self._opener = opener
        self._now = now
        self._cards: dict[str, AccountCard] = {}
        self._again = ""
        """The account to ask about as soon as it is read."""
        self.connect_button = Button(
            "Connect an account", self, icon="plus", name="accounts-connect"
        )
        """For the toolbar: the shell takes it there."""
        self.connect_button.hide()
        self._list = QWidget()
        self.offline_bar = notice(self._list, "warning", name="accounts-offline")
        self.stale_bar = InfoBar("", self._list, kind="danger", action="Try again", boxed=True)
        self.empty = EmptyState(
            "plugs-connected",
            "Connect a channel to start planning",
            "PostFlow publishes from this computer to the accounts you connect. "
            "Their sign-ins stay sealed.",
            "Connect an account",
            self,
        )
        self.failure = EmptyState(
            "warning-circle", "The accounts can't be read", "", "Try again", self, kind="secondary"
        )
        self._pages = QStackedWidget(self)
        self._lay_out()
        self.connect_button.clicked.connect(self.open_connect)
        self.empty.acted.connect(self.open_connect)
        self.failure.acted.connect(viewmodel.load)
        self.stale_bar.acted.connect(viewmodel.load)
        viewmodel.changed.connect(self.refresh)
        viewmodel.toast.connect(self.toast)
        viewmodel.disconnect_planned.connect(self._ask_disconnect)
        self.refresh()

    def showEvent(self, event: QShowEvent) -> None:
        """Who looks at the accounts wants to know how they are now."""
        super().showEvent(event)
        self.viewmodel.watched = True
        self.viewmodel.look()

    def hideEvent(self, event: QHideEvent) -> None:
        """Nobody looks any more."""
        super().hideEvent(event)
        self.viewmodel.watched = False

    @Slot()
    def open_connect(self) -> None:
        """Ask which network, and then for a new account there."""
        networks = self.viewmodel.networks
        if not self.viewmodel.connectable:
            return
        if len(networks) == 1:
            self.connect_on(networks[0])
            return
        menu = NetworkMenu(networks, self)
        menu.chosen.connect(self.connect_on)
        menu.open()

    @Slot(object)
    def connect_on(self, network: Network) -> None:
        """Ask for a new account of that network."""
        if self.viewmodel.needs_browser(network):
            SignInDialog(self.viewmodel.sign_in(network), self._opener, self).open()
        else:
            self._ask_secret(network)

    def _ask_secret(self, network: Network, again: AccountRow | None = None) -> None:
        dialog = ConnectDialog(self.viewmodel, self._opener, self, network=network, again=again)
        dialog.browser_asked.connect(partial(self._in_browser, network, again))
        dialog.open()

    def _in_browser(
        self, network: Network, again: AccountRow | None, username: str, service: str
    ) -> None:
        model = self.viewmodel.sign_in(network, again, username=username, service=service)
        SignInDialog(model, self._opener, self).open()

    @Slot(str)
    def reconnect(self, account_id: str) -> None:
        """Ask for a new sign-in of an account that is here."""
        row = self._row(account_id)
        if row is not None and self.viewmodel.connectable:
            if self.viewmodel.needs_browser(row.network):
                SignInDialog(self.viewmodel.sign_in(row.network, row), self._opener, self).open()
                return
            self._ask_secret(row.network, row)

    def reconnect_soon(self, account_id: str) -> None:
        """The same for an account whose row may not have been read yet."""
        self._again = account_id
        self._reconnect_known()

    def _reconnect_known(self) -> None:
        account_id = self._again
        if account_id and self._row(account_id) is not None:
            self._again = ""
            self.reconnect(account_id)

    @Slot(object)
    def _ask_disconnect(self, plan: DisconnectPlan) -> None:
        """Ask before an account is forgotten."""
        model = self.viewmodel
        DisconnectDialog(
            self,
            plan,
            lambda moment: when(moment, model.timezone, self._now()),
            on_accept=partial(model.disconnect_account, plan.account.id),
        ).open()

    @Slot(str)
    def ask_pause(self, account_id: str) -> PauseDialog | None:
        """Ask for the reason before an account is paused."""
        row = self._row(account_id)
        if row is None:
            return None
        return ask_reason(
            self,
            title=f"Pause @{row.username}?",
            text="Nothing of this account goes out, on any computer, until somebody resumes it. "
            "The other accounts of a post are not held up.",
            on_accept=partial(self.viewmodel.pause_account, account_id),
        )

    @Slot()
    def refresh(self) -> None:
        """Show what the view model says; cards that stay keep focus and place."""
        model = self.viewmodel
        rows = model.rows
        self.offline_bar.set_text(
            f"Offline: {model.offline} Accounts can be looked at, not changed."
        )
        self.offline_bar.setVisible(bool(model.offline))
        self.connect_button.setEnabled(model.connectable)
        self.empty.button.setEnabled(model.connectable)
        failed_twice = model.problem is not None and model.stage is Stage.READY
        self.stale_bar.setVisible(failed_twice)
        if model.problem is not None:
            self.stale_bar.set_text(model.problem.message)
            self.failure.text.setText(explain(model.problem))
        self._show_cards(rows)
        self._pages.setCurrentWidget(self._page(bool(rows)))
        self._reconnect_known()

    def _page(self, any_rows: bool) -> QWidget:
        if any_rows:
            return self._scroll
        if self.viewmodel.stage is Stage.LOADING:
            return self._blank
        return self.failure if self.viewmodel.stage is Stage.FAILED else self.empty

    def _show_cards(self, rows: tuple[AccountRow, ...]) -> None:
        for account_id in set(self._cards) - {row.id for row in rows}:
            card = self._cards.pop(account_id)
            self._column.removeWidget(card)
            card.hide()
            card.deleteLater()
        for place, row in enumerate(rows):
            card = self._cards.get(row.id) or self._make_card(row)
            if self._column.indexOf(card) != place:
                self._column.insertWidget(place, card)
            card.show_row(row, self._state(row))

    def _make_card(self, row: AccountRow) -> AccountCard:
        card = self._cards[row.id] = AccountCard(row, self._list)
        card.check_asked.connect(self.viewmodel.check)
        card.reconnect_asked.connect(self.reconnect)
        card.disconnect_asked.connect(self.viewmodel.plan_disconnect)
        card.pause_asked.connect(self.ask_pause)
        card.resume_asked.connect(self.viewmodel.resume_account)
        card.preflight_chosen.connect(self.viewmodel.set_preflight)
        return card

    def _state(self, row: AccountRow) -> CardState:
        model = self.viewmodel
        return CardState(
            busy=model.busy.get(row.id, ""),
            note=model.notes.get(row.id),
            can_act=not model.offline,
            timezone=model.timezone,
            now=self._now(),
            health=model.health(row, self._now()),
            use=model.uses.get(row.id),
            paused=model.pause_words(row, self._now()),
            may_not_pause=model.may_not(Action.PAUSE),
            may_not_change=model.may_not(Action.CONNECT_ACCOUNTS),
        )

    def _row(self, account_id: str) -> AccountRow | None:
        return next((row for row in self.viewmodel.rows if row.id == account_id), None)

    def _lay_out(self) -> None:
        self._column = QVBoxLayout()
        self._column.setSpacing(12)
        listed = QVBoxLayout(self._list)
        listed.setContentsMargins(0, 0, 0, 0)
        listed.setSpacing(12)
        listed.addWidget(self.offline_bar)
        listed.addWidget(self.stale_bar)
        listed.addLayout(self._column)
        listed.addStretch(1)
        self._scroll = QScrollArea(self)
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setWidget(Column(_WIDEST, content=self._list))
        self._blank = QWidget(self)
        for page in (self._scroll, self._blank, self.empty, self.failure):
            self._pages.addWidget(page)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._pages)
