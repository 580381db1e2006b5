"""Which network to connect: one button each, with how it is done and what it costs."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from postflow_desktop.domain.network import Network
from postflow_desktop.ui.kit.buttons import Button
from postflow_desktop.ui.kit.dialogs import Dialog
from postflow_desktop.ui.kit.marks import NetworkMark
from postflow_desktop.ui.kit.panels import Text
from postflow_desktop.ui.words import network_title

_NOTES = {
    Network.BLUESKY: "With an app password, or on Bluesky's own page in the browser.",
    Network.LINKEDIN: "In the browser, with your organization's own app. People and pages.",
    Network.THREADS: "In the browser, with your organization's own Meta app.",
    Network.X: "In the browser, with your organization's own app. X bills every post.",
}


class NetworkMenu(Dialog):
    """A list of networks; choosing one closes it."""

    chosen = Signal(object)
    """The Network."""

    def __init__(self, networks: Sequence[Network], parent: QWidget | None = None) -> None:
        super().__init__(parent, title="Connect an account", action="Connect", name="networks")
        self.accept_button.hide()
        self.buttons: dict[Network, Button] = {}
        for network in networks:
            note = _NOTES.get(network, "")
            button = Button(
                network_title(network), self, kind="link", name=f"network-{network.value}"
            )
            button.setAccessibleDescription(note)
            button.clicked.connect(partial(self._choose, network))
            self.body.addLayout(self._row(network, button, note))
            self.buttons[network] = button
        first = next(iter(self.buttons.values()), None)
        if first is not None:
            first.setFocus()

    def _row(self, network: Network, button: Button, note: str) -> QHBoxLayout:
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)
        words.addWidget(Text(note, role="small", tone="text2", wraps=True, parent=self))
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(NetworkMark(network, self, size=32), 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(words, 1)
        return row

    def _choose(self, network: Network) -> None:
        self.accept()
        self.chosen.emit(network)
