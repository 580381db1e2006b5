"""A TCP proxy between one worker and MongoDB that can be cut."""

from __future__ import annotations

import socket
import struct
import threading
from contextlib import suppress


class Tunnel:
    """Listens on loopback as long as its process lives; `port` leads to the server's."""

    def __init__(self, server_port: int) -> None:
        self._server_port = server_port
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._is_cut = False
        self._swallows = False
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, name="tunnel", daemon=True).start()

    def cut(self) -> None:
        """End all connections and take no new ones until `heal`."""
        self._is_cut = True
        self._swallows = False
        with self._lock:
            for one in self._open:
                with suppress(OSError):
                    one.shutdown(socket.SHUT_RDWR)

    def swallow(self) -> None:
        """Let the next requests through, and cut in place of the first answer."""
        self._swallows = True

    def heal(self) -> None:
        """As if nothing had been."""
        self._is_cut = self._swallows = False

    def _accept(self) -> None:
        while True:
            client, _ = self._listener.accept()
            if self._is_cut:
                client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                client.close()
                continue
            try:
                server = socket.create_connection(("127.0.0.1", self._server_port), timeout=5)
            except OSError:
                client.close()
                continue
            server.settimeout(None)
            self._join(client, server)

    def _join(self, client: socket.socket, server: socket.socket) -> None:
        for one in (client, server):
            one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with self._lock:
            self._open |= {client, server}
        for source, sink, is_answer in ((client, server, False), (server, client, True)):
            threading.Thread(target=self._pump, args=(source, sink, is_answer), daemon=True).start()

    def _pump(self, source: socket.socket, sink: socket.socket, is_answer: bool) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                if is_answer and self._swallows:
                    self.cut()
                if self._is_cut:
                    break
                sink.sendall(data)
        with self._lock:
            self._open -= {source, sink}
        for one in (source, sink):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            if one is source:
                one.close()
