"""Recurring work: begins at once, goes on after trouble, and ends when it is told to."""

from __future__ import annotations

import threading

from postflow_desktop.domain.errors import ClusterUnreachable
from postflow_desktop.scheduler.recurring import Job, RecurringWork

PATIENCE = 30.0


class Work:
    """A job that counts, and can be made to fail or to wait."""

    def __init__(self) -> None:
        self.times = threading.Semaphore(0)
        self.error: Exception | None = None
        self.begun = threading.Event()
        self.go = threading.Event()
        self.go.set()
        self.ended = 0

    def __call__(self) -> None:
        self.begun.set()
        assert self.go.wait(PATIENCE)
        self.ended += 1
        self.times.release()
        if self.error is not None:
            raise self.error

    def came(self) -> bool:
        return self.times.acquire(timeout=PATIENCE)


def test_every_job_begins_at_once_and_comes_again() -> None:
    rare, often = Work(), Work()
    with RecurringWork(
        [Job(name="rare", seconds=3600, run=rare), Job(name="often", seconds=0.05, run=often)]
    ):
        assert rare.came()
        assert often.came()
        assert often.came()
    assert rare.ended == 1


def test_a_job_can_be_asked_for_before_its_time() -> None:
    rare = Work()
    with RecurringWork([Job(name="rare", seconds=3600, run=rare)]) as work:
        assert rare.came()
        work.soon("rare")
        work.soon("unknown")
        assert rare.came()
    assert rare.ended == 2


def test_trouble_is_waited_for_and_does_not_stop_the_others() -> None:
    away, fine = Work(), Work()
    away.error = ClusterUnreachable("It does not answer.")
    with RecurringWork(
        [Job(name="away", seconds=0.05, run=away), Job(name="fine", seconds=0.05, run=fine)]
    ):
        assert all(away.came() for _ in range(3))
        assert all(fine.came() for _ in range(3))


def test_a_job_that_hangs_does_not_keep_the_next_waiting_and_is_waited_for_at_the_end() -> None:
    slow, quick = Work(), Work()
    slow.go.clear()
    work = RecurringWork(
        [Job(name="slow", seconds=0.05, run=slow), Job(name="quick", seconds=0.05, run=quick)]
    )
    work.start()
    assert slow.begun.wait(PATIENCE)
    assert quick.came()
    assert quick.came()
    stopping = threading.Thread(target=work.stop)
    stopping.start()
    slow.go.set()
    stopping.join(PATIENCE)
    assert not stopping.is_alive()
    assert slow.ended == 1
    before = quick.ended
    work.once()
    assert quick.ended == before


def test_once_does_each_job_one_time_here() -> None:
    threads: list[str] = []
    jobs = [
        Job(name=str(n), seconds=60, run=lambda: threads.append(threading.current_thread().name))
        for n in range(2)
    ]
    RecurringWork(jobs).once()
    assert threads == [threading.current_thread().name] * 2
