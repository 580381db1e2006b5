"""One question to the cluster for all threads that need its answer at the same time."""

from __future__ import annotations

from collections.abc import Callable
from threading import Condition
from typing import Generic, TypeVar

T = TypeVar("T")


class Together(Generic[T]):
    """Threads that ask while a question is under way share the next one."""

    def __init__(self, ask: Callable[[], T]) -> None:
        self._ask = ask
        self._turn = Condition()
        self._begun = 0
        self._answer: tuple[int, T] | None = None
        self._asking = False

    def fresh(self) -> T:
        """An answer to a question that was asked after this call began."""
        with self._turn:
            wanted = self._begun + 1
            while True:
                if self._answer is not None and self._answer[0] >= wanted:
                    return self._answer[1]
                if not self._asking:
                    break
                self._turn.wait()
            self._begun += 1
            mine = self._begun
            self._asking = True
        try:
            answer = self._ask()
        except BaseException:
            self._end(None)
            raise
        self._end((mine, answer))
        return answer

    def _end(self, answer: tuple[int, T] | None) -> None:
        """Let the next one ask; who waits for this answer has it."""
        with self._turn:
            self._asking = False
            if answer is not None:
                self._answer = answer
            self._turn.notify_all()
