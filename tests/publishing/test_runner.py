"""The runner's threads: bugs are told and stop nobody, the upkeep runs beside, polls go on."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from postflow_desktop.bootstrap.machine import Machine as ThisMachine
from postflow_desktop.domain.errors import Bug, MachineProblem
from postflow_desktop.domain.target import TargetStatus
from postflow_desktop.machine.home import Home
from postflow_desktop.scheduler import alarm as alarms
from postflow_desktop.scheduler import runner as runners
from postflow_desktop.scheduler.recurring import Job, RecurringWork
from postflow_desktop.scheduler.runner import PublisherRunner
from postflow_desktop.services.publishing.engine import PublishingEngine
from tests.kit.mongod import wait_until
from tests.plugins.logfail import ExpectedLogs
from tests.publishing.kit import World

TOLD = "met a bug of its own"


@contextmanager
def running(engine: PublishingEngine, **more: object) -> Iterator[PublisherRunner]:
    """A runner that runs like an agent's."""
    named: dict[str, object] = {"workers": 2, "poll_seconds": 0.1, **more}
    runner = PublisherRunner(engine, **named)  # type: ignore[arg-type]
    thread = threading.Thread(target=runner.run)
    thread.start()
    try:
        yield runner
    finally:
        runner.stop()
        thread.join(30)
    assert not thread.is_alive()


def _published(world: World, target_id: str) -> Callable[[], bool]:
    def look() -> bool:
        found = world.targets.get(world.organization_id, target_id)
        return found is not None and found.status is TargetStatus.PUBLISHED

    return look


class Buggy(PublishingEngine):
    """Meets a bug the first time that one of its steps is called."""

    step = "work_once"

    def __init__(self, world: World, error: Exception) -> None:
        super().__init__(world.machine().parts)
        self._errors = [error]

    def work_once(self) -> bool:
        return self._stumble("work_once") or super().work_once()

    def recover(self) -> int:
        return self._stumble("recover") or super().recover()

    def beat(self) -> None:
        self._stumble("beat")
        super().beat()

    def _stumble(self, name: str) -> bool:
        if name == self.step and self._errors:
            raise self._errors.pop()
        return False


@pytest.mark.parametrize(
    ("step", "error"),
    [
        ("work_once", ZeroDivisionError("ours")),
        ("work_once", Bug("ours")),
        ("recover", ZeroDivisionError("ours")),
        ("beat", ZeroDivisionError("ours")),
    ],
)
def test_a_bug_is_reported_and_the_publisher_goes_on(
    world: World, expected_logs: ExpectedLogs, step: str, error: Exception
) -> None:
    expected_logs.add(TOLD)
    target = world.plan()
    engine = Buggy(world, error)
    engine.step = step
    told: list[Exception] = []
    with running(engine, on_bug=told.append):
        wait_until(_published(world, target.id), what="publishing")
    assert told == [error]


def test_a_report_that_can_not_be_written_stops_nobody(
    world: World, expected_logs: ExpectedLogs
) -> None:
    expected_logs.add(TOLD)
    expected_logs.add("No report of it could be written")

    def full(_: Exception) -> None:
        raise MachineProblem("The disk is full.")

    target = world.plan()
    with running(Buggy(world, KeyError("ours")), on_bug=full):
        wait_until(_published(world, target.id), what="publishing")


def test_a_bug_that_comes_every_time_is_met_once_a_poll(
    world: World, expected_logs: ExpectedLogs
) -> None:
    """Something is due all the while, so that the alarm would ring at once."""
    expected_logs.add(TOLD)
    world.plan()
    polls = threading.Semaphore(0)

    class Hopeless(PublishingEngine):
        def work_once(self) -> bool:
            raise ZeroDivisionError

        def beat(self) -> None:
            polls.release()

    told: list[Exception] = []
    with running(Hopeless(world.machine().parts), workers=1, on_bug=told.append):
        for _ in range(6):
            assert polls.acquire(timeout=20)
    assert len(told) <= 7


def test_the_report_is_a_file_without_anybodys_words(tmp_path: Path) -> None:
    machine = ThisMachine({"POSTFLOW_PASSWORD": "correct horse"}, Home(tmp_path))
    machine.report_bug(ValueError("correct horse"))
    (report,) = machine.home.crashes.glob("crash-*.txt")
    assert "ValueError" in report.read_text()
    assert "correct horse" not in report.read_text()


def test_a_wall_clock_that_is_set_back_costs_a_poll_and_no_more(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The timer of the scheduler is a year away by then."""
    looked = threading.Event()

    class Looking(PublishingEngine):
        def next_wake(self) -> float | None:
            looked.set()
            return super().next_wake()

    class SetBack(datetime):
        @classmethod
        def now(cls, tz: object = None) -> datetime:  # type: ignore[override]
            return datetime.now(UTC).replace(year=datetime.now(UTC).year + 1)

    # A date of next year is what a timer of today looks like when the clock goes back by a year.
    monkeypatch.setattr(alarms, "datetime", SetBack)
    target = world.plan(in_seconds=1.5)
    with running(Looking(world.machine().parts)):
        assert looked.wait(20)
        wait_until(_published(world, target.id), what="publishing")


def test_a_clock_that_is_set_is_noticed_and_one_that_goes_is_not(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    offset, looks = [1000.0], threading.Semaphore(0)
    monkeypatch.setattr(runners, "_clock_offset", lambda: offset[0])

    class Looking(PublishingEngine):
        def beat(self) -> None:
            looks.release()

    calls: list[float] = []
    engine = Looking(world.machine().parts)
    with running(engine, on_clock_set=lambda: calls.append(offset[0])):
        for step in (0.5, -0.5, 3600.0, 0.0, -86_400.0):
            offset[0] += step
            for _ in range(3):
                assert looks.acquire(timeout=20)
    assert calls == [4600.0, -81_800.0]


def test_recurring_work_is_done_at_once_when_the_clock_was_set() -> None:
    """Its times go by the wall clock: set back by a year, they would come in a year."""
    done = threading.Semaphore(0)
    with RecurringWork([Job(name="hourly", seconds=3600, run=done.release)]) as work:
        assert done.acquire(timeout=20)
        work.again()
        assert done.acquire(timeout=20)


def test_a_bug_in_a_job_is_reported_and_the_job_comes_again(expected_logs: ExpectedLogs) -> None:
    expected_logs.add(TOLD)
    told: list[Exception] = []
    bug, calls = ZeroDivisionError("ours"), threading.Semaphore(0)

    def job() -> None:
        calls.release()
        if not told:
            raise bug

    with RecurringWork([Job(name="x", seconds=0.05, run=job)], on_bug=told.append):
        for _ in range(3):
            assert calls.acquire(timeout=20)
    assert told == [bug]


def test_a_look_that_nothing_was_expected_of_is_one_workers_and_a_find_is_everybodys(
    world: World,
) -> None:
    """Eight workers that ask in vain four times a minute are what an idle agent would cost."""
    asked: list[int] = []
    looks, held = threading.Semaphore(0), threading.Event()

    class Asking(PublishingEngine):
        def work_once(self) -> bool:
            asked.append(threading.get_ident())
            return super().work_once()

        def beat(self) -> None:
            looks.release()

    with running(Asking(world.machine().parts), workers=6):
        for _ in range(2):
            assert looks.acquire(timeout=20)
        asked.clear()
        for _ in range(5):
            assert looks.acquire(timeout=20)
        alone = len(asked)
        asked.clear()
        # Somebody else's machine planned this; only a poll finds it, and it takes a while.
        world.network.before_send = lambda: (held.wait(30), None)[1]
        for number in range(6):
            world.plan(f"Found {number}")
        wait_until(lambda: len(set(asked)) == 6, what="the others' help")
        held.set()
        wait_until(lambda: len(world.network.accepted) == 6, what="all six")
    assert alone <= 10, "more than one at each look"
