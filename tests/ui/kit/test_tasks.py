"""Background work: where it runs, where its answer comes home, and which answers are dropped."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot
from shiboken6 import delete

from postflow_desktop.domain.errors import Bug, PostFlowError, Unreachable
from postflow_desktop.ui.kit.tasks import Tasks
from tests.plugins.logfail import ExpectedLogs

PATIENCE = 5000


class Receiver(QObject):
    """Keeps what it gets, and in which thread."""

    def __init__(self) -> None:
        super().__init__()
        self.results: list[object] = []
        self.errors: list[PostFlowError] = []
        self.threads: list[int] = []

    def take(self, result: object) -> None:
        self.results.append(result)
        self.threads.append(threading.get_ident())

    def fail(self, error: PostFlowError) -> None:
        self.errors.append(error)
        self.threads.append(threading.get_ident())


@pytest.fixture
def tasks() -> Iterator[Tasks]:
    made = Tasks()
    yield made
    made.shutdown()


@pytest.fixture
def receiver() -> Receiver:
    return Receiver()


def test_answers_come_home_to_the_main_thread(
    tasks: Tasks, receiver: Receiver, qtbot: QtBot
) -> None:
    tasks.read(threading.get_ident, receiver.take)
    tasks.run(threading.get_ident, receiver.take)
    qtbot.waitUntil(lambda: len(receiver.results) == 2, timeout=PATIENCE)
    here = threading.get_ident()
    assert receiver.threads == [here, here]
    assert here not in receiver.results


def test_the_replica_is_read_by_one_thread_only(
    tasks: Tasks, receiver: Receiver, qtbot: QtBot
) -> None:
    for _ in range(20):
        tasks.read(threading.get_ident, receiver.take)
    qtbot.waitUntil(lambda: len(receiver.results) == 20, timeout=PATIENCE)
    assert len(set(receiver.results)) == 1


def test_an_answer_older_than_the_newest_request_is_dropped(
    tasks: Tasks, receiver: Receiver, qtbot: QtBot
) -> None:
    go, finished = threading.Event(), threading.Event()

    def slow() -> str:
        go.wait(PATIENCE / 1000)
        finished.set()
        return "old"

    tasks.run(slow, receiver.take, key="month")
    tasks.run(lambda: "new", receiver.take, key="month")
    qtbot.waitUntil(lambda: receiver.results == ["new"], timeout=PATIENCE)
    go.set()
    qtbot.waitUntil(finished.is_set, timeout=PATIENCE)
    tasks.run(lambda: "after", receiver.take)
    qtbot.waitUntil(lambda: "after" in receiver.results, timeout=PATIENCE)
    assert receiver.results == ["new", "after"]


def test_a_stale_failure_is_dropped_too(tasks: Tasks, receiver: Receiver, qtbot: QtBot) -> None:
    def broken() -> str:
        raise Unreachable("No answer.")

    tasks.read(broken, receiver.take, receiver.fail, key="k")
    tasks.read(lambda: "fine", receiver.take, receiver.fail, key="k")
    qtbot.waitUntil(lambda: receiver.results == ["fine"], timeout=PATIENCE)
    assert receiver.errors == []


def test_a_failure_reaches_its_asker(tasks: Tasks, receiver: Receiver, qtbot: QtBot) -> None:
    def broken() -> str:
        raise Unreachable("The cluster does not answer.", fix="Look at the cable.")

    tasks.run(broken, receiver.take, receiver.fail)
    qtbot.waitUntil(lambda: bool(receiver.errors), timeout=PATIENCE)
    assert receiver.errors[0].fix == "Look at the cable."
    assert receiver.threads == [threading.get_ident()]


def test_a_failure_nobody_asked_for_is_a_problem_to_show(tasks: Tasks, qtbot: QtBot) -> None:
    def broken() -> None:
        raise Unreachable("The cluster does not answer.")

    with qtbot.waitSignal(tasks.problem, timeout=PATIENCE) as told:
        tasks.run(broken, _ignore)
    assert isinstance(told.args[0], Unreachable)


def test_a_bug_is_reported_and_told_in_plain_words(
    tasks: Tasks, receiver: Receiver, qtbot: QtBot, expected_logs: ExpectedLogs
) -> None:
    expected_logs.add("Background work broke")

    def broken() -> str:
        raise ZeroDivisionError("secret detail")

    with qtbot.waitSignal(tasks.crashed, timeout=PATIENCE) as told:
        tasks.run(broken, receiver.take, receiver.fail)
    assert isinstance(told.args[0], ZeroDivisionError)
    assert isinstance(receiver.errors[0], Bug)
    assert "secret detail" not in receiver.errors[0].message


def test_nothing_is_delivered_to_what_is_gone(tasks: Tasks, qtbot: QtBot) -> None:
    gone, there = Receiver(), Receiver()
    go = threading.Event()
    tasks.read(lambda: go.wait(PATIENCE / 1000), gone.take)
    tasks.read(lambda: "after", there.take)
    delete(gone)
    go.set()
    qtbot.waitUntil(lambda: there.results == ["after"], timeout=PATIENCE)
    assert gone.results == []


def test_after_the_shutdown_nothing_is_delivered(receiver: Receiver, qtbot: QtBot) -> None:
    tasks = Tasks()
    started = threading.Event()
    tasks.run(started.set, receiver.take)
    assert started.wait(PATIENCE / 1000)
    tasks.shutdown()
    tasks.run(lambda: "late", receiver.take)
    other = Tasks()
    other.run(lambda: "other", receiver.take)
    qtbot.waitUntil(lambda: "other" in receiver.results, timeout=PATIENCE)
    other.shutdown()
    assert receiver.results == ["other"]


def test_immediate_work_is_done_when_the_call_returns(receiver: Receiver) -> None:
    tasks = Tasks(immediate=True)
    tasks.read(lambda: 1, receiver.take)
    tasks.run(lambda: 2, receiver.take, key="k")
    assert receiver.results == [1, 2]

    def broken() -> int:
        raise Unreachable("No.")

    tasks.run(broken, receiver.take, receiver.fail)
    assert len(receiver.errors) == 1


def _ignore(result: object) -> None:
    """Takes anything."""
