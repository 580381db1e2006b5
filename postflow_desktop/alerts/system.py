"""Alerter over the notification service of the system (`desktop-notifier`), on a thread of its own.

Nothing here waits, raises or fills the log: a computer without such a service is nothing to worry
about, and what could not be shown goes to the fallback.
"""

from __future__ import annotations

import asyncio
import itertools
import logging
import re
import threading
from collections.abc import Callable, Coroutine
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any

from postflow_desktop.domain.notice import NoticeAction, Urgency
from postflow_desktop.services.ports.alerts import Alert, Alerter

if TYPE_CHECKING:
    from desktop_notifier import DesktopNotifier, Notification

log = logging.getLogger("postflow_desktop.alerts")

OnAction = Callable[[str, NoticeAction], None]

PATIENCE_SECONDS = 5.0
"""A service that does not answer within that counts as away."""
_FAREWELL_SECONDS = 1.0
_ICON = "org.postflow.PostFlow"
_NEVER, _USUAL = 0, -1
_TAG = re.compile(r"<(?=[A-Za-z/!?])")
_NO_TAG = "\u2039"
"""A sign that looks like the first one of a tag."""


class SystemAlerter:
    """Fits the Alerter port; `close` takes away what still stands and ends the thread."""

    def __init__(
        self, fallback: Alerter | None = None, *, patience_seconds: float = PATIENCE_SECONDS
    ) -> None:
        """`fallback` is called on the alerts' thread."""
        self._fallback = fallback
        self._patience = patience_seconds
        self._lock = threading.Lock()
        self._closed = False
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._turn = asyncio.Lock()
        self._notifier: DesktopNotifier | None = None
        self._buttons = False
        self._standing: dict[str, str] = {}
        """By key: the identifier of what is shown."""
        self._numbers = itertools.count(1)
        self._told = False

    def show(self, alert: Alert, on_action: OnAction) -> None:
        """Show or replace; a click is OPEN."""
        self._submit(lambda: self._show(alert, on_action), starts=True)

    def withdraw(self, key: str) -> None:
        """Take it away, if it still stands."""
        if self._fallback is not None:
            self._fallback.withdraw(key)
        self._submit(lambda: self._withdraw(key), starts=False)

    def close(self) -> None:
        """The end: buttons that nobody answers any more are taken away."""
        with self._lock:
            loop, thread = (None, None) if self._closed else (self._loop, self._thread)
            self._closed = True
        if loop is not None and thread is not None:
            asyncio.run_coroutine_threadsafe(self._end(), loop)
            thread.join()

    # --- the thread -------------------------------------------------------------------------

    def _submit(self, work: Callable[[], Coroutine[Any, Any, None]], *, starts: bool) -> None:
        with self._lock:
            if self._closed or (self._loop is None and not starts):
                return
            if self._loop is None:
                self._loop = asyncio.new_event_loop()
                self._thread = threading.Thread(
                    target=self._run, args=(self._loop,), name="alerts", daemon=True
                )
                self._thread.start()
            asyncio.run_coroutine_threadsafe(work(), self._loop)

    def _run(self, loop: asyncio.AbstractEventLoop) -> None:
        asyncio.set_event_loop(loop)
        # What was under way on a connection that was cut is told here; nobody waits for it.
        loop.set_exception_handler(_say_nothing)
        try:
            loop.run_forever()
        finally:
            loop.close()

    async def _end(self) -> None:
        self._patience = min(self._patience, _FAREWELL_SECONDS)
        try:
            under_way = asyncio.all_tasks() - {asyncio.current_task()}
            if under_way:
                _, late = await asyncio.wait(under_way, timeout=_FAREWELL_SECONDS)
                for task in late:
                    task.cancel()
                await asyncio.gather(*late, return_exceptions=True)
            for key in list(self._standing):
                await self._withdraw(key)
            self._hang_up()
            # A connection takes a turn of the loop to close.
            await asyncio.sleep(0)
        finally:
            asyncio.get_running_loop().stop()

    # --- on the thread ----------------------------------------------------------------------

    async def _show(self, alert: Alert, on_action: OnAction) -> None:
        async with self._turn:
            was_reached = self._notifier is not None
            sent = await self._send(alert, on_action)
            if not sent and was_reached:
                # The service or the bus was begun anew since the last time.
                sent = await self._send(alert, on_action)
            if sent:
                return
        if self._fallback is not None:
            self._fallback.show(alert, on_action)

    async def _withdraw(self, key: str) -> None:
        async with self._turn:
            if key in self._standing and self._notifier is not None:
                try:
                    async with asyncio.timeout(self._patience):
                        await self._take_away(self._notifier, key)
                except Exception as error:  # noqa: BLE001 - whatever the service does is no matter
                    self._lost(error)

    async def _send(self, alert: Alert, on_action: OnAction) -> bool:
        """Whether the service took it."""
        taken: list[bool] = []
        try:
            async with asyncio.timeout(self._patience):
                notifier = await self._reach()
                await self._take_away(notifier, alert.key)
                notification = self._notification(alert, on_action, lambda: taken.append(True))
                await notifier.send_notification(notification)
        except Exception as error:  # noqa: BLE001 - whatever the service does is no matter
            self._lost(error)
            return False
        if not taken:
            self._lost(None)
            return False
        self._standing[alert.key] = notification.identifier
        return True

    async def _reach(self) -> DesktopNotifier:
        """The service, asked anew after a loss."""
        from desktop_notifier import Capability, DesktopNotifier, Icon

        if self._notifier is None:
            # It warns with a traceback where there is no service; that is said here, and once.
            logging.getLogger("desktop_notifier").setLevel(logging.CRITICAL)
            self._notifier = DesktopNotifier("PostFlow", Icon(name=_ICON))
        can = await self._notifier.get_capabilities()
        self._buttons = Capability.BUTTONS in can
        return self._notifier

    async def _take_away(self, notifier: DesktopNotifier, key: str) -> None:
        identifier = self._standing.pop(key, None)
        if identifier in await notifier.get_current_notifications():
            # Closed by the person just now: as good as taken away.
            with suppress(KeyError):
                await notifier.clear(identifier)

    def _notification(
        self, alert: Alert, on_action: OnAction, taken: Callable[[], object]
    ) -> Notification:
        from desktop_notifier import Button, Notification
        from desktop_notifier import Urgency as Loudness

        def act(action: NoticeAction) -> None:
            self._standing.pop(alert.key, None)
            on_action(alert.key, action)

        actions = alert.actions if self._buttons else ()
        high = alert.urgency is Urgency.HIGH
        return Notification(
            alert.title,
            # Services read markup in the text; a "<b" that somebody wrote is none.
            _TAG.sub(_NO_TAG, alert.text),
            # "Critical" would break through "do not disturb"; what is urgent only stays longer.
            urgency=Loudness.Low if alert.urgency is Urgency.SILENT else Loudness.Normal,
            timeout=_NEVER if high else _USUAL,
            buttons=tuple(
                Button(action.words, partial(act, action), identifier=action.value)
                for action in actions
            ),
            on_clicked=partial(act, NoticeAction.OPEN),
            on_dispatched=taken,
            identifier=f"{alert.key}#{next(self._numbers)}",
        )

    def _lost(self, error: BaseException | None) -> None:
        """Away, or gone; the next one asks again."""
        if not self._told:
            self._told = True
            reason = "it took no notification" if error is None else type(error).__name__
            log.info("The system's notifications can't be used now.", extra={"reason": reason})
        self._standing.clear()
        self._hang_up()

    def _hang_up(self) -> None:
        notifier, self._notifier = self._notifier, None
        # Only D-Bus has a connection to close, and the library offers no way to.
        bus = getattr(vars(notifier).get("_backend"), "bus", None) if notifier is not None else None
        if bus is not None:
            bus.disconnect()


def _say_nothing(_loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    log.debug("A notification was cut off.", extra={"reason": context.get("message")})
