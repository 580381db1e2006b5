"""A notification service on a session bus of its own, and what it was asked for."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import TypeVar

from dbus_fast import Message, MessageType
from dbus_fast.aio.message_bus import MessageBus

NAME = "org.freedesktop.Notifications"
PATH = "/org/freedesktop/Notifications"
PATIENCE = 20.0
DISMISSED, BY_CALL = 2, 3
T = TypeVar("T")

_PING = Message(
    destination="org.freedesktop.DBus",
    path="/org/freedesktop/DBus",
    interface="org.freedesktop.DBus.Peer",
    member="Ping",
)
_XML = f"""<node><interface name="{NAME}">
<method name="GetCapabilities"><arg direction="out" type="as"/></method>
<method name="GetServerInformation"><arg direction="out" type="s"/><arg direction="out" type="s"/>
<arg direction="out" type="s"/><arg direction="out" type="s"/></method>
<method name="Notify"><arg direction="in" type="s"/><arg direction="in" type="u"/>
<arg direction="in" type="s"/><arg direction="in" type="s"/><arg direction="in" type="s"/>
<arg direction="in" type="as"/><arg direction="in" type="a{{sv}}"/><arg direction="in" type="i"/>
<arg direction="out" type="u"/></method>
<method name="CloseNotification"><arg direction="in" type="u"/></method>
<signal name="NotificationClosed"><arg type="u"/><arg type="u"/></signal>
<signal name="ActionInvoked"><arg type="u"/><arg type="s"/></signal>
</interface></node>"""


@dataclass
class Shown:
    """One notification as a person would see it."""

    number: int
    title: str
    text: str
    actions: tuple[str, ...]
    """Keys and words in turn."""
    urgency: int
    expires: int
    closed: bool = False


class NotificationService:
    """Owns the name on the bus until `close`; all of it runs on a thread of its own."""

    def __init__(self, address: str, capabilities: Sequence[str] = ("actions", "body")) -> None:
        self.capabilities = list(capabilities)
        self.shown: list[Shown] = []
        self.refuses = False
        self.is_silent = False
        """Answers nothing, as a service that hangs."""
        self.came = threading.Condition()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="service")
        self._thread.start()
        self._bus = self._wait(asyncio.run_coroutine_threadsafe(self._open(address), self._loop))

    @property
    def standing(self) -> list[Shown]:
        """What a person sees now."""
        return [shown for shown in self.shown if not shown.closed]

    def until(self, true: Callable[[], bool]) -> None:
        """Wait until the service has seen something."""
        with self.came:
            assert self.came.wait_for(true, timeout=PATIENCE), self.shown

    def press(self, number: int, key: str) -> None:
        """A person presses a button, or clicks (`default`)."""
        self._signal("ActionInvoked", "us", [number, key])
        self._close(number, DISMISSED)

    def dismiss(self, number: int) -> None:
        """A person closes it."""
        self._close(number, DISMISSED)

    def close(self) -> None:
        """Go from the bus."""

        async def leave() -> None:
            # Else what was sent last may still be in the pipe.
            await self._bus.call(_PING)
            self._bus.disconnect()
            await asyncio.sleep(0)

        self._wait(asyncio.run_coroutine_threadsafe(leave(), self._loop))
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _open(self, address: str) -> MessageBus:
        bus = await MessageBus(bus_address=address).connect()
        bus.add_message_handler(self._answer)
        await bus.request_name(NAME)
        return bus

    def _answer(self, message: Message) -> Message | bool | None:
        if message.message_type is not MessageType.METHOD_CALL or message.path != PATH:
            return None
        if self.is_silent:
            return True
        match message.member:
            case "Introspect":
                return Message.new_method_return(message, "s", [_XML])
            case "GetCapabilities":
                return Message.new_method_return(message, "as", [self.capabilities])
            case "GetServerInformation":
                return Message.new_method_return(message, "ssss", ["Test", "PostFlow", "1", "1.2"])
            case "Notify":
                return self._notify(message)
            case "CloseNotification":
                self._close(message.body[0], BY_CALL)
                return Message.new_method_return(message)
        return None

    def _notify(self, message: Message) -> Message:
        if self.refuses:
            return Message.new_error(message, "org.example.NotNow", "not now")
        _, _, _, title, text, actions, hints, expires = message.body
        with self.came:
            number = len(self.shown) + 1
            urgency = hints["urgency"].value
            self.shown.append(Shown(number, title, text, tuple(actions), urgency, expires))
            self.came.notify_all()
        return Message.new_method_return(message, "u", [number])

    def _close(self, number: int, reason: int) -> None:
        with self.came:
            self.shown[number - 1].closed = True
            self.came.notify_all()
        self._signal("NotificationClosed", "uu", [number, reason])

    def _signal(self, name: str, signature: str, body: list[object]) -> None:
        signal = Message.new_signal(PATH, NAME, name, signature, body)
        self._loop.call_soon_threadsafe(self._bus.send, signal)

    @staticmethod
    def _wait(future: Future[T]) -> T:
        return future.result(PATIENCE)
