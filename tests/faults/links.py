"""A TCP proxy between one worker and one server, with the weather of a real network.

It lives outside of the worker, as a network does: what it holds back arrives after the sender has
given up or died.
"""

from __future__ import annotations

import asyncio
import socket
import struct
import threading
from collections.abc import Coroutine
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from types import TracebackType
from typing import Any, Self, TypeVar

_T = TypeVar("_T")
_CHUNK = 16 * 1024


class Weather(StrEnum):
    """What a link does to connections, to old ones as to new ones."""

    FINE = "fine"
    CUT = "cut"
    """Everything is reset, and nobody gets through."""
    DROP = "drop"
    """Nothing passes any more and nobody is told; what was under way is lost for good."""
    SERVER_GONE = "server gone"
    """Half-open: the server sees its connections end, the worker hears nothing."""
    WORKER_GONE = "worker gone"
    """Half-open: the worker sees its connections end, to the server they stay open."""
    NO_ANSWERS = "no answers"
    """One-way: requests pass, answers arrive when it is over."""
    NO_REQUESTS = "no requests"
    """One-way: answers pass, requests arrive when it is over, whoever still waits for them."""
    DELAY = "delay"
    """Everything takes its time."""
    RESET_REQUESTS = "reset in the request"
    """After so many bytes of requests everybody is reset."""
    RESET_ANSWERS = "reset in the answer"
    """After so many bytes of answers everybody is reset."""


PARTITIONS = tuple(weather for weather in Weather if weather is not Weather.FINE)


@dataclass(eq=False)
class _Connection:
    """One connection of a worker."""

    worker: asyncio.StreamWriter
    server: asyncio.StreamWriter | None = None
    lost: bool = False
    """Nothing of it passes any more, whatever the weather."""

    def reset(self, writer: asyncio.StreamWriter | None) -> None:
        if writer is None:
            return
        with suppress(OSError):
            sock = writer.get_extra_info("socket")
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        writer.transport.abort()

    def end(self) -> None:
        self.reset(self.worker)
        self.reset(self.server)


class Link:
    """Listens on a port of its own; made by `Links.to`, whose loop it runs on."""

    def __init__(self, server_port: int) -> None:
        self._server_port = server_port
        self._weather = Weather.FINE
        self._amount = 0.0
        self._left = 0
        self._tasks: set[asyncio.Task[Any]] = set()
        self._changed = asyncio.Event()
        self._listener: asyncio.Server
        self._open: set[_Connection] = set()
        self.port = 0

    async def listen(self) -> None:
        self._listener = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        self.port = self._listener.sockets[0].getsockname()[1]

    async def close(self) -> None:
        """No more connections, and an end to those that are there."""
        self._listener.close()
        await self.set(Weather.CUT, 0)
        await asyncio.gather(*self._tasks)

    async def set(self, weather: Weather, amount: float) -> None:
        """From now on; see `Links.set`."""
        before, self._weather = self._weather, weather
        self._amount, self._left = amount, int(amount)
        for connection in list(self._open):
            self._touch(connection)
            if before in (Weather.DROP, Weather.SERVER_GONE, Weather.WORKER_GONE):
                # Both ends go on as if nothing had been, and learn that the other one does not.
                connection.end()
        self._changed.set()
        self._changed = asyncio.Event()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connection = _Connection(writer)
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        self._open.add(connection)
        try:
            await self._carry(connection, reader)
        except OSError:
            pass
        finally:
            connection.end()
            self._open.discard(connection)
            self._tasks.discard(task)

    async def _carry(self, connection: _Connection, reader: asyncio.StreamReader) -> None:
        self._touch(connection)
        if self._weather is Weather.CUT:
            return
        answers, server = await asyncio.open_connection("127.0.0.1", self._server_port)
        connection.server = server
        self._touch(connection)
        pumps = (
            self._pump(connection, reader, server, is_answer=False),
            self._pump(connection, answers, connection.worker, is_answer=True),
        )
        await asyncio.gather(*pumps)

    async def _pump(
        self,
        connection: _Connection,
        source: asyncio.StreamReader,
        sink: asyncio.StreamWriter,
        *,
        is_answer: bool,
    ) -> None:
        """Read at once and pass on when it may: what was sent is under way, its sender or not."""
        held: asyncio.Queue[bytes] = asyncio.Queue()

        async def read() -> None:
            with suppress(OSError):
                while data := await source.read(_CHUNK):
                    held.put_nowait(data)
            held.put_nowait(b"")

        async def deliver() -> None:
            with suppress(OSError, RuntimeError):
                while data := await held.get():
                    await self._pass(connection, sink, data, is_answer=is_answer)
                await self._wait(is_answer=is_answer)
                if not connection.lost:
                    sink.write_eof()

        await asyncio.gather(read(), deliver())

    async def _pass(
        self, connection: _Connection, sink: asyncio.StreamWriter, data: bytes, *, is_answer: bool
    ) -> None:
        await self._wait(is_answer=is_answer)
        if self._weather is Weather.DELAY:
            await asyncio.sleep(self._amount)
        counted = Weather.RESET_ANSWERS if is_answer else Weather.RESET_REQUESTS
        if self._weather is counted:
            data, self._left = data[: max(0, self._left)], self._left - len(data)
        if not connection.lost:
            sink.write(data)
            await sink.drain()
        if self._weather is counted and self._left <= 0:
            connection.end()

    async def _wait(self, *, is_answer: bool) -> None:
        """Until something may pass in this direction."""
        held = Weather.NO_ANSWERS if is_answer else Weather.NO_REQUESTS
        if self._weather is not held:
            return
        while self._weather is held:
            await self._changed.wait()
        if self._weather is Weather.FINE:
            await asyncio.sleep(self._amount)

    def _touch(self, connection: _Connection) -> None:
        """Do to it what the weather does at once."""
        match self._weather:
            case Weather.CUT:
                connection.end()
            case Weather.DROP:
                connection.lost = True
            case Weather.SERVER_GONE:
                connection.lost = True
                connection.reset(connection.server)
            case Weather.WORKER_GONE:
                connection.lost = True
                connection.reset(connection.worker)


class Links:
    """All links of a test, on one thread; a context manager that ends every connection."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="links", daemon=True)
        self._made: list[Link] = []

    def to(self, port: int) -> Link:
        """A new link to this port of 127.0.0.1."""

        async def made() -> Link:
            link = Link(port)
            await link.listen()
            return link

        link = self._run(made())
        self._made.append(link)
        return link

    def set(self, link: Link, weather: Weather, amount: float = 0.0) -> None:
        """Change the weather on a link.

        `amount` is seconds for `DELAY`, bytes for the resets, and for `FINE` the seconds by which
        new connections overtake what was held back.
        """
        self._run(link.set(weather, amount))

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            for link in self._made:
                self._run(link.close())
        finally:
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join()
            self._loop.close()

    def _run(self, what: Coroutine[Any, Any, _T]) -> _T:
        return asyncio.run_coroutine_threadsafe(what, self._loop).result(30)
