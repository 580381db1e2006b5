"""Running steps in order, timing each, and telling how each ended."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from postflow_desktop.domain.errors import PostFlowError


class NotObserved(Exception):
    """A step ran, but its effect could not be seen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step as it went; time in milliseconds."""

    name: str
    ok: bool
    ms: int
    detail: str = ""


@dataclass(slots=True)
class Report:
    """What the tour found; `ok` only if every step was observed to work."""

    tell: Callable[[Step], None]
    steps: list[Step] = field(default_factory=list)
    published: list[dict[str, Any]] = field(default_factory=list)
    pictures: list[str] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Whether everything worked, and there was something."""
        return bool(self.steps) and all(step.ok for step in self.steps)

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Run a block as a step; a failure is recorded and ends the tour (TourEnded)."""
        started = time.monotonic()
        try:
            yield
        except (NotObserved, PostFlowError) as error:
            self._add(name, started, ok=False, detail=str(error))
            raise TourEnded(name) from error
        self._add(name, started, ok=True)

    def document(self) -> dict[str, Any]:
        """The report as the command prints it."""
        return {
            "ok": self.ok,
            "steps": [
                {"name": s.name, "ok": s.ok, "ms": s.ms}
                | ({"detail": s.detail} if s.detail else {})
                for s in self.steps
            ],
            "published": self.published,
            "pictures": self.pictures,
        }

    def _add(self, name: str, started: float, *, ok: bool, detail: str = "") -> None:
        ms = round((time.monotonic() - started) * 1000)
        self.steps.append(Step(name=name, ok=ok, ms=ms, detail=detail))
        self.tell(self.steps[-1])


class TourEnded(Exception):
    """A step failed; the steps after it make no sense."""


def observe(condition: bool, what: str) -> None:
    """Fail the step unless this was seen."""
    if not condition:
        raise NotObserved(what)
