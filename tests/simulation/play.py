"""Play schedules: one by its seed, many, or one again and again with fewer faults."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from functools import cache
from types import ModuleType

import pytest

from postflow_desktop.services.publishing import failpoints
from tests.simulation.kernel import Turns
from tests.simulation.oracle import Violation
from tests.simulation.scenario import Scenario, drawn
from tests.simulation.server import Heard
from tests.simulation.trace import traced
from tests.simulation.verdict import Report, judge
from tests.simulation.world import World

LINES = 60
"""Of a story, the last ones."""
Prepare = Callable[[World], AbstractContextManager[None]]


def as_it_is(_: World) -> AbstractContextManager[None]:
    """The protocol itself."""
    return nullcontext()


def play(scenario: Scenario, prepare: Prepare = as_it_is, on_call: Heard | None = None) -> Report:
    """One schedule; Violation. `on_call` hears of every call to the cluster."""
    world = World(scenario, on_call)
    with playing(world), prepare(world):
        return judge(world, world.run())


@contextmanager
def playing(world: World) -> Iterator[None]:
    """The engine's points and the waiting of its threads belong to this world."""
    Turns.kernel = world.kernel
    failpoints.install(world.point)
    with pytest.MonkeyPatch.context() as patch:
        for module, name in _waits():
            patch.setattr(module, name, Turns)
        try:
            yield
        finally:
            failpoints.install(lambda _: None)
            world.close()


@cache
def _waits() -> tuple[tuple[ModuleType, str], ...]:
    """Where the services wait for another thread."""
    services = [m for name, m in sys.modules.items() if name.startswith("postflow_desktop.serv")]
    kinds = {"Lock": threading.Lock, "Condition": threading.Condition}
    return tuple(
        (module, name)
        for module in services
        for name, kind in kinds.items()
        if getattr(module, name, None) is kind
    )


def shrunk(scenario: Scenario, prepare: Prepare = as_it_is) -> Scenario:
    """The same failure with as few faults as can be."""
    place = 0
    while place < len(scenario.faults):
        smaller = scenario.without(place)
        try:
            play(smaller, prepare)
        except Violation:
            scenario = smaller
        else:
            place += 1
    return scenario


def failure(seed: int, report: Report | None = None) -> str:
    """What goes wrong with this seed, with the faults it takes; empty for nothing."""
    scenario = drawn(seed)
    try:
        played = play(scenario)
    except Violation as error:
        return f"seed {seed}: {error}\n{story(shrunk(scenario))}"
    if report is not None:
        report.add(played)
    return ""


def story(scenario: Scenario) -> str:
    """A schedule and the end of what happens in it."""
    lines: list[str] = []
    with suppress(Violation):
        play(scenario, lambda world: traced(world, lines))
    return "\n".join([str(scenario), *lines[-LINES:]])


def noticed(seed: int, prepare: Prepare) -> str:
    """What a schedule finds in a world that was prepared; empty for nothing."""
    try:
        play(drawn(seed), prepare)
    except Violation as error:
        return f"seed {seed}: {error}"
    return ""
