"""The dialog that connects an account (again); it holds the secret no longer than it is open."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from postflow_desktop.domain.errors import PostFlowError
from postflow_desktop.domain.network import Network
from postflow_desktop.services.ports.replica import AccountRow
from postflow_desktop.ui.accounts.viewmodel import AccountsViewModel
from postflow_desktop.ui.kit.browser import Opener
from postflow_desktop.ui.kit.buttons import Button
from postflow_desktop.ui.kit.dialogs import Dialog
from postflow_desktop.ui.kit.fields import Field
from postflow_desktop.ui.kit.marks import Progress
from postflow_desktop.ui.kit.panels import Text
from postflow_desktop.ui.words import explain, network_title

APP_PASSWORDS = "https://bsky.app/settings/app-passwords"
"""Where Bluesky's own client makes them."""
_DEFAULT_SERVICE = "https://bsky.social"
_BROWSER = "Sign in in the browser instead"
_BROWSER_NOTE = (
    "No password at all; but Bluesky ends it after two weeks, and an app password stays."
)


class ConnectDialog(Dialog):
    """Asks for handle and app password; stays open until the network took them."""

    browser_asked = Signal(str, str)
    """Rather in the browser: the handle and the server's address as typed so far."""

    def __init__(
        self,
        viewmodel: AccountsViewModel,
        opener: Opener,
        parent: QWidget | None = None,
        *,
        network: Network,
        again: AccountRow | None = None,
    ) -> None:
        super().__init__(
            parent,
            title=f"Reconnect @{again.username}" if again else f"Connect {network_title(network)}",
            action="Reconnect" if again else "Connect",
            name="connect-dialog",
        )
        self._viewmodel = viewmodel
        self._network = network
        self._again = None if again is None else again.id
        self._opener = opener
        self._sent = False
        self.handle = Field("Handle", self, name="connect-handle", placeholder="name.bsky.social")
        self.secret = Field(
            "App password",
            self,
            name="connect-secret",
            placeholder="xxxx-xxxx-xxxx-xxxx",
            hint="Made in Bluesky under Settings, Privacy and security, App passwords. "
            "It can be taken back there at any time.",
            secret=True,
        )
        self.link = Button(
            "Make one at Bluesky", self, kind="link", size="small", name="connect-app-passwords"
        )
        self.browser = Button(_BROWSER, self, kind="link", size="small", name="connect-in-browser")
        self.browser_note = Text(_BROWSER_NOTE, role="small", tone="text2", wraps=True, parent=self)
        self.advanced = Button(
            "Advanced", self, kind="link", size="small", icon="caret-right", name="connect-advanced"
        )
        self.more = QFrame(self)
        self.service = Field(
            "Server address",
            self.more,
            name="connect-service",
            placeholder=_DEFAULT_SERVICE,
            hint="Only for an account on a server of its own. Empty: Bluesky's.",
        )
        self.progress = Progress(self)
        self._lay_out()
        if again is not None:
            self._fill(again)
        self._connect_parts()
        (self.secret if again else self.handle).edit.setFocus()

    def _connect_parts(self) -> None:
        self.browser.setAccessibleDescription(_BROWSER_NOTE)
        for widget in (self.browser, self.browser_note):
            widget.setVisible(self._viewmodel.takes_either(self._network))
        self.link.clicked.connect(self._open_link)
        self.browser.clicked.connect(self._rather_browser)
        self.advanced.clicked.connect(self._toggle)
        self.handle.submitted.connect(self.submit)
        self.secret.submitted.connect(self.submit)
        self.service.submitted.connect(self.submit)
        self.finished.connect(self._forget)
        self._viewmodel.connected.connect(self._on_connected)
        self._viewmodel.connect_failed.connect(self._on_failed)

    @Slot()
    def submit(self) -> None:
        """Check that both are there, and ask the network."""
        if self._sent:
            return
        empty = False
        for field, what in (
            (self.secret, "Paste the app password."),
            (self.handle, "Type the account's handle."),
        ):
            missing = not field.text().strip()
            field.set_error(what if missing else "")
            if missing:
                field.edit.setFocus()
                empty = True
        if empty:
            return
        self._sent = True
        self.show_problem("")
        self.set_busy(True)
        self.progress.start("Signing in…")
        self._viewmodel.connect_account(
            self._network,
            self.service.text(),
            self.handle.text(),
            self.secret.text(),
            self._again,
        )

    def _lay_out(self) -> None:
        inside = QVBoxLayout(self.more)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.addWidget(self.service)
        self.more.hide()
        intro = "PostFlow keeps the sign-in sealed with your organization's key."
        self.body.addWidget(Text(intro, tone="text2", wraps=True, parent=self))
        self.body.addWidget(self.handle)
        self.body.addWidget(self.secret)
        self.body.addWidget(self.link, 0, Qt.AlignmentFlag.AlignLeft)
        self.body.addWidget(self.browser, 0, Qt.AlignmentFlag.AlignLeft)
        self.body.addWidget(self.browser_note)
        self.body.addWidget(self.advanced, 0, Qt.AlignmentFlag.AlignLeft)
        self.body.addWidget(self.more)
        self.body.addWidget(self.progress)

    def _fill(self, again: AccountRow) -> None:
        self.handle.set_text(again.username)
        self.handle.edit.setReadOnly(True)
        self.service.set_text(again.service)

    @Slot()
    def _rather_browser(self) -> None:
        if not self._sent:
            typed = self.handle.text(), self.service.text()
            self.reject()
            self.browser_asked.emit(*typed)

    @Slot()
    def _open_link(self) -> None:
        self._opener(APP_PASSWORDS)

    @Slot()
    def _toggle(self) -> None:
        shown = self.more.isHidden()
        self.more.setVisible(shown)
        self.advanced.set_icon("caret-down" if shown else "caret-right")
        if shown:
            self.service.edit.setFocus()

    @Slot()
    def _on_connected(self) -> None:
        if self._sent:
            self._sent = False
            self.accept()

    @Slot(object)
    def _on_failed(self, error: PostFlowError) -> None:
        if self._sent:
            self._sent = False
            self.set_busy(False)
            self.progress.stop()
            self.show_problem(explain(error))
            self.secret.edit.setFocus()
            self.secret.edit.selectAll()

    @Slot()
    def _forget(self) -> None:
        self.secret.edit.clear()
        self.progress.stop()
