"""What happens at the failpoints of a worker, and the points that only a test can see."""

from __future__ import annotations

import os
import random
import select
import signal
import threading
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import httpcore

from postflow_desktop.cluster import targets
from postflow_desktop.domain.target import Target
from postflow_desktop.services.publishing.failpoints import Failpoint
from postflow_desktop.transport.watched import WatchedBackend, WatchedStream
from tests.faults.tunnel import Tunnel

AT_FIRST_BYTE = "at_first_byte"
"""Every check is passed; the first byte of the request is about to be handed over."""
BEFORE_LAST_BYTE = "before_last_byte"
"""The head of the request is out, its body is not."""
AFTER_SEND = "after_send"
"""8: the network has answered, and nobody has read it."""
_ANSWER_SECONDS = 20.0


def once(
    point: str, action: str, tunnel: Tunnel, reached: Path, *, steps: int = 0
) -> Callable[[str], None]:
    """Do this at that point, the first time it is reached with so many steps of the target out."""
    out = _steps_out() if steps else lambda: 0
    behind = point in (Failpoint.BEFORE_SUMMARY, Failpoint.AFTER_FINALISE)
    needed = steps + int(bool(steps) and behind)
    acts: dict[str, Callable[[], object]] = {
        "kill": lambda: os.kill(os.getpid(), signal.SIGKILL),
        "stop": fall_asleep,
        "cut": tunnel.cut,
        "swallow": tunnel.swallow,
        "hold": lambda: wait_for_file(reached.with_name("go")),
    }
    waiting = [acts[action]]
    lock = threading.Lock()

    def plan(name: str) -> None:
        with lock:
            act = waiting.pop() if waiting and name == point and out() >= needed else None
        if act is not None:
            reached.touch()
            act()

    return plan


def _steps_out() -> Callable[[], int]:
    """How many steps are out of the target that this process read last."""
    last = [0]
    read = vars(targets)["read_target"]

    def read_target(document: dict[str, Any]) -> Target:
        target: Target = read(document)
        last[0] = target.step
        return target

    vars(targets)["read_target"] = read_target
    return lambda: last[0]


def fall_asleep() -> None:
    """Stop the process here: sent to the process, the signal would let this thread go on a bit."""
    signal.pthread_kill(threading.get_ident(), signal.SIGSTOP)


def wait_for_file(path: Path) -> None:
    """Until the test has made it."""
    pause = threading.Event()
    while not path.exists():
        pause.wait(0.01)


def by_chance(seed: int, *, kill: float, stop: float) -> Callable[[str], None]:
    """At every point a small chance to die, and one to fall asleep until somebody wakes it."""
    chance = random.Random(seed)

    def plan(_: str) -> None:
        drawn = chance.random()
        if drawn < kill:
            os.kill(os.getpid(), signal.SIGKILL)
        elif drawn < kill + stop:
            fall_asleep()

    return plan


class _Pointed(httpcore.NetworkStream):
    """A connection below every check, with the points between the bytes."""

    def __init__(self, inner: httpcore.NetworkStream, plan: Callable[[str], None]) -> None:
        self._inner = inner
        self._plan = plan
        self._points = [BEFORE_LAST_BYTE, AT_FIRST_BYTE]

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        if self._points:
            self._plan(self._points.pop())
        self._inner.write(buffer, timeout)

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._inner.read(max_bytes, timeout)

    def close(self) -> None:
        self._inner.close()

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


def watch_bytes(plan: Callable[[str], None], points: Iterable[str]) -> None:
    """Put the points between the bytes into the transport of this process."""
    connect, read = WatchedBackend.connect_tcp, WatchedStream.read
    awaited = AFTER_SEND in points

    def connect_tcp(self: WatchedBackend, *args: Any, **named: Any) -> httpcore.NetworkStream:
        stream = connect(self, *args, **named)
        assert isinstance(stream, WatchedStream)
        stream._inner = _Pointed(stream._inner, plan)
        return stream

    def read_first(self: WatchedStream, max_bytes: int, timeout: float | None = None) -> bytes:
        if awaited:
            # The answer is in the socket: the network has surely taken the post.
            sock = self._inner.get_extra_info("socket")
            select.select([sock], [], [], min(_ANSWER_SECONDS, self._watch.time_for(timeout)))
        plan(AFTER_SEND)
        return read(self, max_bytes, timeout)

    WatchedBackend.connect_tcp = connect_tcp  # type: ignore[method-assign]
    WatchedStream.read = read_first  # type: ignore[method-assign]
