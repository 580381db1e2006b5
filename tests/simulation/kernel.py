"""Virtual time and whose turn it is: everything that runs is a greenlet or an event at a time."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from itertools import count
from typing import Protocol

from greenlet import greenlet


class Died(BaseException):
    """The process ends here; nothing catches this."""


class Owner(Protocol):
    """Whose task it is."""

    @property
    def alive(self) -> bool:
        """Whether it still runs."""
        ...

    @property
    def frozen_until(self) -> float:
        """It does nothing before this time."""
        ...


class Turns:
    """Stands for `threading.Lock` and `Condition`: who waits lets the others run."""

    kernel: Kernel

    def __init__(self) -> None:
        self._taken = False

    def __enter__(self) -> None:
        while self._taken:
            self.kernel.pause(0.01)
        self._taken = True

    def __exit__(self, *_: object) -> None:
        self._taken = False

    def wait(self) -> None:
        """Give it back and look again a little later."""
        self._taken = False
        self.kernel.pause(0.01)
        self.__enter__()

    def notify_all(self) -> None:
        """They look again by themselves."""


class Task:
    """Something that runs and waits; its code does not know that time is not real."""

    def __init__(self, kernel: Kernel, owner: Owner, work: Callable[[], None]) -> None:
        self.owner = owner
        self._work = work
        self.greenlet = greenlet(self._run, parent=kernel.hub)

    def _run(self) -> None:
        try:
            self._work()
        except Died:
            return

    def resume(self) -> None:
        """Go on, or end where its process has ended."""
        if self.owner.alive:
            self.greenlet.switch()
        else:
            self.end()

    def end(self) -> None:
        """End where it stands; what never began has no end."""
        if self.greenlet:
            self.greenlet.throw(Died)


class Kernel:
    """One turn after the other, in the order of virtual time; the same seed, the same order."""

    def __init__(self) -> None:
        self.now = 0.0
        self.hub = greenlet.getcurrent()
        self.running: Task | None = None
        self.pending = 0
        """Events that are still to come."""
        self._numbers = count()
        self._heap: list[tuple[float, int, Task | Callable[[], object]]] = []
        self._tasks: list[Task] = []

    def spawn(self, owner: Owner, work: Callable[[], None]) -> None:
        """Run this from now on, whenever it is its turn."""
        task = Task(self, owner, work)
        self._tasks.append(task)
        self._push(self.now, task)

    def after(self, seconds: float, act: Callable[[], object]) -> None:
        """Do this then."""
        self.pending += 1
        self._push(self.now + seconds, act)

    def pause(self, seconds: float) -> None:
        """Let this much time pass for the running task; others may run meanwhile."""
        task = self.running
        assert task is not None
        if not task.owner.alive:
            raise Died
        until = max(self.now + seconds, task.owner.frozen_until)
        if self._heap and self._heap[0][0] > until:
            self.now = until
        else:
            self.rest(seconds)

    def rest(self, seconds: float) -> None:
        """As `pause`, and everybody else is looked at first."""
        task = self.running
        assert task is not None
        self._push(max(self.now + seconds, task.owner.frozen_until), task)
        self.hub.switch()

    def run(self, finished: Callable[[], bool], deadline: float) -> bool:
        """Until it is finished; False where that did not come before the deadline."""
        while self._heap and self._heap[0][0] <= deadline:
            moment, _, turn = heapq.heappop(self._heap)
            self.now = max(self.now, moment)
            if not isinstance(turn, Task):
                self.pending -= 1
                turn()
            elif turn.owner.alive and turn.owner.frozen_until > self.now:
                self._push(turn.owner.frozen_until, turn)
                continue
            else:
                self.running = turn
                turn.resume()
                self.running = None
            if finished():
                return True
        return False

    def close(self) -> None:
        """End every task where it stands."""
        self.running = None
        for task in self._tasks:
            task.end()

    def _push(self, moment: float, turn: Task | Callable[[], object]) -> None:
        heapq.heappush(self._heap, (moment, next(self._numbers), turn))
