"""The pages of the dialog that connects accounts in the browser."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from postflow_desktop.domain.account import SignedIn
from postflow_desktop.services.ports.signing_in import ClientGuide, RedirectKind
from postflow_desktop.ui.accounts.signin_model import AppWords
from postflow_desktop.ui.kit.buttons import Button
from postflow_desktop.ui.kit.choices import CheckBox
from postflow_desktop.ui.kit.fields import Field
from postflow_desktop.ui.kit.panels import InfoBar, Text


class AppPage(QWidget):
    """How to get an app at the network, and the fields for it."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.steps = Text("", tone="text2", wraps=True, parent=self)
        self.register = Button(
            "Open the page for developers", self, kind="link", size="small", name="sign-in-register"
        )
        self.costs = InfoBar("", self, kind="warning", boxed=True)
        self.review = Text("", role="small", tone="text2", wraps=True, parent=self)
        self.client_id = Field("Client id", self, name="sign-in-client-id")
        self.secret = Field(
            "Client secret",
            self,
            name="sign-in-client-secret",
            hint="Stored sealed; only your team's computers can open it.",
            secret=True,
        )
        self.redirect = Field(
            "Registered address",
            self,
            name="sign-in-redirect",
            hint="The address that the network sends the browser to, letter by letter.",
        )
        self.fields = (self.client_id, self.secret, self.redirect)
        self._needs_secret = False
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        intro = "Once for your whole organization: an app of your own at the network."
        column.addWidget(Text(intro, wraps=True, parent=self))
        column.addWidget(self.steps)
        column.addWidget(self.register, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self.costs)
        column.addWidget(self.review)
        for field in self.fields:
            column.addWidget(field)
        column.addStretch(1)

    def show_guide(self, guide: ClientGuide) -> None:
        """The network's own steps."""
        self.steps.setText("\n".join(f"{n}. {step}" for n, step in enumerate(guide.steps, 1)))
        self.costs.set_text(guide.costs)
        self.costs.setVisible(bool(guide.costs))
        self.review.setText(guide.review)
        self.review.setVisible(bool(guide.review))
        self._needs_secret = guide.needs_secret
        self.secret.setVisible(guide.needs_secret)
        self.redirect.set_text(guide.redirect.uri)
        self.redirect.setVisible(guide.redirect.kind is not RedirectKind.ANY_PORT)

    def words(self) -> AppWords | None:
        """What was typed; None where something is missing, which is said at its field."""
        missing = [
            (self.client_id, "Paste the app's id.", True),
            (self.secret, "Paste the app's secret.", self._needs_secret),
            (self.redirect, "Type the registered address.", not self.redirect.isHidden()),
        ]
        complete = True
        for field, what, needed in reversed(missing):
            empty = needed and not field.text().strip()
            field.set_error(what if empty else "")
            if empty:
                field.edit.setFocus()
                complete = False
        if not complete:
            return None
        return AppWords(
            client_id=self.client_id.text().strip(),
            secret=self.secret.text().strip(),
            redirect=self.redirect.text().strip(),
        )

    def forget(self) -> None:
        """The secret stays no longer than the dialog."""
        self.secret.edit.clear()


class ReadyPage(QWidget):
    """What will happen, before it does."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.text = Text("", wraps=True, parent=self)
        self.costs = InfoBar("", self, kind="warning", boxed=True)
        self.lasts = InfoBar("", self, kind="info", boxed=True)
        self.scopes = Text("", role="small", tone="text2", wraps=True, parent=self)
        self.change = Button(
            "Enter another app", self, kind="link", size="small", name="sign-in-change-app"
        )
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        for widget in (self.text, self.costs, self.lasts, self.scopes):
            column.addWidget(widget)
        column.addWidget(self.change, 0, Qt.AlignmentFlag.AlignLeft)
        column.addStretch(1)

    def show_guide(self, guide: ClientGuide, title: str) -> None:
        """What the network's page will ask."""
        self.text.setText(
            f"Your browser opens {title}'s own page. Sign in there with the account that you want "
            "to connect, and allow the access; then you are back here."
        )
        self.costs.set_text(guide.costs)
        self.costs.setVisible(bool(guide.costs))
        self.lasts.set_text(guide.lasts)
        self.lasts.setVisible(bool(guide.lasts))
        self.change.setVisible(guide.needs_client)
        self.scopes.setText(f"PostFlow asks for: {', '.join(guide.scopes)}")


class WaitingPage(QWidget):
    """While the person is at the network's page."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.text = Text("", wraps=True, parent=self)
        self.again = Button("Show the page again", self, size="small", name="sign-in-again")
        self.copy = Button("Copy its address", self, kind="link", size="small", name="sign-in-copy")
        self.stop = Button("Stop waiting", self, kind="link", size="small", name="sign-in-stop")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(self.text)
        for button in (self.again, self.copy, self.stop):
            column.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)
        column.addStretch(1)

    def show_state(self, title: str, *, opened: bool) -> None:
        """Whether a browser could be started."""
        self.text.setText(
            f"Finish signing in at {title} in your browser. PostFlow waits five minutes."
            if opened
            else "No browser could be started. Copy the address and open it in one on this "
            "computer; PostFlow waits five minutes."
        )


class ChoicePage(QWidget):
    """The accounts that one sign-in brought."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.boxes: list[CheckBox] = []
        self._accounts: tuple[SignedIn, ...] = ()
        self._note = Text("", role="small", tone="danger", wraps=True, parent=self)
        self._note.hide()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(8)
        intro = "This sign-in brought several accounts. Which ones will you post for?"
        self._column.addWidget(Text(intro, wraps=True, parent=self))
        self._column.addWidget(self._note)
        self._column.addStretch(1)

    def show_accounts(self, found: Sequence[SignedIn]) -> None:
        """One box each; the first one is ticked."""
        for box in self.boxes:
            self._column.removeWidget(box)
            box.deleteLater()
        self._accounts = tuple(found)
        self.boxes = []
        for number, account in enumerate(found):
            box = CheckBox(account.username, self, name=f"sign-in-account-{number}")
            box.setChecked(number == 0)
            self._column.insertWidget(2 + number, box)
            self.boxes.append(box)

    def chosen(self) -> list[SignedIn]:
        """Those that are ticked; where there is none, that is said."""
        chosen = [
            account
            for account, box in zip(self._accounts, self.boxes, strict=True)
            if box.isChecked()
        ]
        self._note.setText("" if chosen else "Tick at least one.")
        self._note.setVisible(not chosen)
        return chosen
