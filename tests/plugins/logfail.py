"""A test that logs a warning nobody announced fails, and so does one that leaves a thread behind.

A warning that belongs to the test is announced with the `expected_logs` fixture:

    def test_a_damaged_file_is_reported(expected_logs: ExpectedLogs) -> None:
        expected_logs.add("damaged")            # a part of the message
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator

import pytest

_OURS = "postflow_desktop"
_PATIENCE = 5.0
"""Seconds that threads get to end after their test."""


class ExpectedLogs:
    """Which warnings and errors a test announces; each has to come."""

    def __init__(self) -> None:
        self._parts: list[str] = []

    def add(self, part: str) -> None:
        """Announce messages with this in them."""
        self._parts.append(part)

    def unannounced(self, messages: list[str]) -> list[str]:
        """The messages that nobody announced."""
        return [text for text in messages if not any(part in text for part in self._parts)]

    def missing(self, messages: list[str]) -> list[str]:
        """What was announced and did not come."""
        return [part for part in self._parts if not any(part in text for text in messages)]


class _Collector(logging.Handler):
    """Keeps what is logged at WARNING or above."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.messages: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.messages.append(f"{record.levelname} {record.name}: {record.getMessage()}")


@pytest.fixture
def expected_logs() -> ExpectedLogs:
    """Announces the warnings that belong to a test."""
    return ExpectedLogs()


@pytest.fixture(autouse=True)
def no_unannounced_logs(expected_logs: ExpectedLogs) -> Iterator[None]:
    """Fails the test on a warning nobody announced, or an announced one that did not come."""
    collector = _Collector()
    ours = logging.getLogger(_OURS)
    ours.addHandler(collector)
    yield
    ours.removeHandler(collector)
    unannounced = expected_logs.unannounced(collector.messages)
    missing = expected_logs.missing(collector.messages)
    if unannounced:
        pytest.fail("Logged without being announced:\n" + "\n".join(unannounced), pytrace=False)
    if missing:
        pytest.fail("Announced but not logged: " + ", ".join(missing), pytrace=False)


@pytest.fixture(autouse=True)
def no_threads_left() -> Iterator[None]:
    """Fails the test if a thread that would keep the program alive is left after its fixtures.

    Fixtures of a wider scope are set up before this one; their threads may stay.
    """
    before = set(threading.enumerate())
    yield
    started = [t for t in threading.enumerate() if t not in before and not t.daemon]
    for thread in started:
        thread.join(_PATIENCE)
    left = [thread.name for thread in started if thread.is_alive()]
    if left:
        pytest.fail(f"Threads left after the test: {', '.join(left)}", pytrace=False)
