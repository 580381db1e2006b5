"""One window program per home: the second start hands its arguments to the first and ends.

The socket is only the user's own (QLocalServer.UserAccessOption). What comes through it is read
as a list of words and nothing else.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtNetwork import QLocalServer, QLocalSocket

_PATIENCE_MS = 2000
_LARGEST = 64 * 1024
_END = b"\n"


class Instance(QObject):
    """The right to be the one program of a home."""

    called = Signal(list)
    """The arguments of a second start."""

    def __init__(self, home_id: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        digest = hashlib.sha256(home_id.encode()).hexdigest()[:16]
        self._name = f"postflow-{digest}"
        self._server: QLocalServer | None = None
        self._heard: dict[QLocalSocket, bytes] = {}

    def claim(self, argv: Sequence[str]) -> bool:
        """True if this is the first; else the first one has the arguments now."""
        if self._hand_over(argv):
            return False
        server = QLocalServer(self)
        server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        server.newConnection.connect(self._on_connection)
        if not server.listen(self._name):
            # Somebody was faster, or a crash left the socket's file behind.
            if self._hand_over(argv):
                return False
            QLocalServer.removeServer(self._name)
            if not server.listen(self._name):
                return True
        self._server = server
        return True

    def release(self) -> None:
        """Give the right back, at the end of the program."""
        if self._server is not None:
            self._server.close()
            self._server = None

    def _hand_over(self, argv: Sequence[str]) -> bool:
        socket = QLocalSocket()
        socket.connectToServer(self._name)
        if not socket.waitForConnected(_PATIENCE_MS):
            return False
        socket.write(json.dumps(list(argv)).encode() + _END)
        socket.flush()
        socket.waitForBytesWritten(_PATIENCE_MS)
        socket.disconnectFromServer()
        return True

    @Slot()
    def _on_connection(self) -> None:
        while self._server is not None and self._server.hasPendingConnections():
            socket = self._server.nextPendingConnection()
            self._heard[socket] = b""
            socket.readyRead.connect(self._on_data)
            socket.disconnected.connect(self._on_end)
            self._read(socket)

    @Slot()
    def _on_data(self) -> None:
        socket = self.sender()
        if isinstance(socket, QLocalSocket):
            self._read(socket)

    def _read(self, socket: QLocalSocket) -> None:
        if socket not in self._heard:
            return
        heard = self._heard[socket] + socket.readAll().data()
        self._heard[socket] = heard
        if len(heard) > _LARGEST:
            del self._heard[socket]
            socket.abort()
        elif heard.endswith(_END):
            del self._heard[socket]
            words = _words(heard)
            if words is not None:
                self.called.emit(words)

    @Slot()
    def _on_end(self) -> None:
        socket = self.sender()
        if isinstance(socket, QLocalSocket):
            self._heard.pop(socket, None)
            socket.deleteLater()


def _words(data: bytes) -> list[str] | None:
    """A list of words, or None for anything else."""
    try:
        found = json.loads(data)
    except ValueError:
        return None
    if isinstance(found, list) and all(isinstance(word, str) for word in found):
        return found
    return None
