"""Threads that need the same answer at the same time ask once, and never take an older one."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from postflow_desktop.services.publishing.together import Together


class Oracle:
    """Answers with what is so when it is asked, as soon as it may."""

    def __init__(self) -> None:
        self.truth = 0
        self.asked = 0
        self.may_answer = threading.Event()
        self.begun = threading.Event()

    def __call__(self) -> int:
        self.asked += 1
        seen = self.truth
        self.begun.set()
        assert self.may_answer.wait(30)
        return seen


def _start(count: int, act: Callable[[], object]) -> list[threading.Thread]:
    threads = [threading.Thread(target=act) for _ in range(count)]
    for thread in threads:
        thread.start()
    return threads


def test_who_asks_later_gets_no_answer_from_before(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    oracle = Oracle()
    together, waiting = Together(oracle), threading.Semaphore(0)
    wait = together._turn.wait

    def told_wait() -> bool:
        waiting.release()
        return wait()

    monkeypatch.setattr(together._turn, "wait", told_wait)
    answers: list[int] = []
    first = _start(1, lambda: answers.append(together.fresh()))
    assert oracle.begun.wait(30)
    oracle.truth = 1
    later: list[int] = []
    others = _start(10, lambda: later.append(together.fresh()))
    for _ in others:
        assert waiting.acquire(timeout=30)
    oracle.may_answer.set()
    for thread in [*first, *others]:
        thread.join()
    assert (answers, later) == ([0], [1] * 10)
    assert oracle.asked == 2
    oracle.truth = 2
    assert (together.fresh(), oracle.asked) == (2, 3)


def test_a_failure_is_its_askers_alone() -> None:
    answers = iter([ValueError("away"), 7])

    def ask() -> int:
        answer = next(answers)
        if isinstance(answer, ValueError):
            raise answer
        assert isinstance(answer, int)
        return answer

    together = Together(ask)
    with pytest.raises(ValueError, match="away"):
        together.fresh()
    assert together.fresh() == 7
