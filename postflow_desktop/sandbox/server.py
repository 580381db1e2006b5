"""The sandbox as a server on loopback: networks by path, a page at `/`, faults beside it."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

from postflow_desktop.sandbox.ages import keep_ages
from postflow_desktop.sandbox.bluesky import BlueskySandbox
from postflow_desktop.sandbox.exchange import Answer, Call, SandboxNetwork, json_answer
from postflow_desktop.sandbox.facebook import FacebookSandbox
from postflow_desktop.sandbox.faults import Fault, FaultKind, Faults
from postflow_desktop.sandbox.linkedin import LinkedInSandbox
from postflow_desktop.sandbox.listener import ConnectionReset, Listener
from postflow_desktop.sandbox.page import page
from postflow_desktop.sandbox.state import LogEntry, State
from postflow_desktop.sandbox.telegram import TelegramSandbox
from postflow_desktop.sandbox.threads import ThreadsSandbox
from postflow_desktop.sandbox.x import XSandbox

_log = logging.getLogger(__name__)


class SandboxServer:
    """A context manager; with a folder, accounts and posts are there again the next time.

    `port` 0 means: the port of last time if the folder knows one and it is free, else any.
    """

    def __init__(
        self,
        folder: Path | None = None,
        *,
        port: int = 0,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._state = State(folder)
        self._wanted_port = port
        self._faults = Faults()
        self._stopping = threading.Event()
        self._late: list[threading.Thread] = []
        self.bluesky = BlueskySandbox(self._state, now)
        self.x = XSandbox(self._state, now)
        self.threads = ThreadsSandbox(self._state, now)
        self.telegram = TelegramSandbox(self._state, now)
        self.facebook = FacebookSandbox(self._state, now)
        self.linkedin = LinkedInSandbox(self._state, now)
        self._networks: tuple[SandboxNetwork, ...] = (
            self.bluesky,
            self.x,
            self.telegram,
            self.facebook,
            self.linkedin,
            self.threads,
        )
        self._listener: Listener | None = None

    @property
    def url(self) -> str:
        """The base address of every network here."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def port(self) -> int:
        """The port that is listened on; RuntimeError before the start."""
        if self._listener is None:
            raise RuntimeError("the sandbox is not running")
        return self._listener.port

    @property
    def log(self) -> tuple[LogEntry, ...]:
        """Every accepted write, in order; two `create` of one text are a duplicate."""
        return self._state.log

    def start(self) -> None:
        """Listen; MachineProblem (`port_taken`) when the given port is not free."""
        known = self._state.get("server", "port")
        preferred = int(known["port"]) if known and not self._wanted_port else 0
        self._listener = Listener(self._answer, self._wanted_port, preferred)
        self._state.put("server", "port", {"port": self._listener.port})

    def stop(self) -> None:
        """Close all connections and wait for everything that runs."""
        self._stopping.set()
        if self._listener is not None:
            self._listener.stop()
            self._listener = None
        self.settle()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def fail(self, kind: FaultKind, *, times: int = 1, delay: float = 1.0) -> None:
        """Let the next publish requests meet a fault; `delay` in seconds."""
        self._faults.plan(Fault(kind=kind, delay=delay), times)

    def clear_faults(self) -> None:
        """Plan no faults any more."""
        self._faults.clear()

    def settle(self) -> None:
        """Wait until every late acceptance has happened (at a stop: been dropped)."""
        while self._late:
            self._late.pop().join()

    def _answer(self, call: Call) -> Answer:
        for network in self._networks:
            if call.path.startswith(network.prefixes):
                return self._network_answer(network, call)
        if call.path.startswith("/sandbox/"):
            return self._control(call)
        if call.path == "/" and call.method == "GET":
            return page([post for network in self._networks for post in network.posts()])
        return json_answer({"error": "NotFound", "message": "There is nothing here"}, 404)

    def _network_answer(self, network: SandboxNetwork, call: Call) -> Answer:
        fault = self._faults.take() if network.publishes(call) else None
        if fault is None:
            return network.handle(call)
        return self._fail(fault, network, call)

    def _fail(self, fault: Fault, network: SandboxNetwork, call: Call) -> Answer:
        refusals = {
            FaultKind.RATE_LIMITED: 429,
            FaultKind.UNAVAILABLE: 503,
            FaultKind.EXPIRED_TOKEN: 401,
        }
        if fault.kind in refusals:
            return network.refusal(refusals[fault.kind])
        match fault.kind:
            case FaultKind.RESET_BEFORE:
                raise ConnectionReset
            case FaultKind.LATE:
                self._accept_late(fault, network, call)
                raise ConnectionReset
            case FaultKind.SLOW:
                self._stopping.wait(fault.delay)
                return network.handle(call)
        network.handle(call)
        if fault.kind is FaultKind.ERROR_AFTER:
            return network.refusal(500)
        raise ConnectionReset(hang=fault.kind is FaultKind.HANG_AFTER)

    def _accept_late(self, fault: Fault, network: SandboxNetwork, call: Call) -> None:
        def accept() -> None:
            if not self._stopping.wait(fault.delay):
                network.handle(call)

        thread = threading.Thread(target=accept, name="sandbox-late")
        self._late.append(thread)
        thread.start()

    def _control(self, call: Call) -> Answer:
        if call.path == "/sandbox/log" and call.method == "GET":
            entries = [
                {"sequence": one.sequence, "action": one.action, "externalId": one.external_id}
                for one in self.log
            ]
            return json_answer({"log": entries})
        if call.path == "/sandbox/ages":
            return keep_ages(self._state, call)
        if call.path != "/sandbox/faults":
            return json_answer({"error": "NotFound", "message": "There is nothing here"}, 404)
        if call.method == "POST":
            return self._plan(call)
        return json_answer({"planned": len(self._faults), "kinds": list(FaultKind)})

    def _plan(self, call: Call) -> Answer:
        # A page in a browser can't send this type to another origin without asking first.
        if not call.headers.get("content-type", "").startswith("application/json"):
            return _bad("Content-Type must be application/json")
        body = call.json() or {}
        if body.get("clear") is True:
            self.clear_faults()
            return json_answer({"planned": 0})
        try:
            kind = FaultKind(str(body.get("kind")))
            times, delay = int(body.get("times", 1)), float(body.get("delay", 1.0))
        except (ValueError, TypeError):
            return _bad(f"kind is one of {', '.join(FaultKind)}; times and delay are numbers")
        if not (1 <= times <= 10_000 and 0 <= delay <= 600):
            return _bad("times is from 1 to 10000, delay from 0 to 600 seconds")
        self.fail(kind, times=times, delay=delay)
        _log.info("sandbox: %s planned %d times", kind, times)
        return json_answer({"planned": len(self._faults)})


def last_port(folder: Path) -> int | None:
    """The port that a sandbox with this folder listens on, or listened on the last time."""
    known = State.stored(folder, "server", "port")
    return None if known is None else int(known["port"])


def _bad(message: str) -> Answer:
    return json_answer({"error": "InvalidRequest", "message": message}, 400)
