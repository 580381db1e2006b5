"""The agent: publishes for every workspace of the home, and says how it is doing."""

from __future__ import annotations

import logging
import threading
from enum import Enum, auto
from queue import Empty, SimpleQueue
from typing import Any

from postflow_desktop.bootstrap import Machine
from postflow_desktop.cli.serving import Condition, Manner, ServedWorkspace, Tally
from postflow_desktop.desktop.places import SAMPLE_DATABASE
from postflow_desktop.domain.errors import Bug, NotFound, PostFlowError
from postflow_desktop.domain.time import utc_text
from postflow_desktop.machine.settings import WorkspaceKind, WorkspaceRecord

log = logging.getLogger("postflow_desktop.agent")

FOLLOW_SECONDS = 15.0
"""How often the home is looked at for workspaces that came, went or were signed in to."""


class _Event(Enum):
    STOP = auto()
    ENDED = auto()


class Agency:
    """Every workspace that somebody is signed in to, and the current one in any case."""

    def __init__(self, machine: Machine, manner: Manner) -> None:
        self._machine = machine
        self._manner = manner
        self._since = machine.clock.now()
        # A signal may come while the main thread waits here; this queue bears that.
        self._events: SimpleQueue[_Event] = SimpleQueue()
        self._lock = threading.Lock()
        self._served: dict[str, ServedWorkspace] = {}
        self._before = Tally()
        self._first = ""
        self._stopped = False
        self._has_served = False

    def stop(self) -> None:
        """Ask for the end; may be called by a signal handler."""
        self._events.put(_Event.STOP)

    def run(self) -> list[str]:
        """Publish until `stop`, with `until_idle` until nothing is left; what else to tell.

        Raises what ended the current workspace, or all of them.
        """
        try:
            self._follow()
            while self._goes_on():
                self._wait()
        finally:
            self._end()
        return self._troubles()

    def tally(self) -> Tally:
        """What was settled so far."""
        with self._lock:
            return sum((served.tally() for served in self._served.values()), self._before)

    def health(self) -> dict[str, Any]:
        """The document of the health endpoint; `ok` is false where a workspace is away."""
        with self._lock:
            served = list(self._served.values())
        conditions = [one.condition() for one in served]
        tally = self.tally()
        return {
            "ok": bool(conditions) and all(condition.connected for condition in conditions),
            "since": utc_text(self._since),
            "workspaces": [self._row(condition) for condition in conditions],
            "published": tally.published,
            "failed": tally.failed,
        }

    def _row(self, condition: Condition) -> dict[str, Any]:
        error = condition.last_error
        return {
            "name": condition.name,
            "connected": condition.connected,
            "lastError": None if error is None else self._machine.redactor.scrub(error),
            "due": condition.due,
            "underWay": condition.under_way,
        }

    def _wait(self) -> None:
        try:
            event = self._events.get(timeout=FOLLOW_SECONDS)
        except Empty:
            if not self._manner.until_idle:
                self._follow()
            return
        if event is _Event.STOP:
            self._stopped = True
            for served in self._served.values():
                served.stop()

    def _goes_on(self) -> bool:
        """Until nobody is left; who has served once waits for a person to put things right."""
        served = list(self._served.values())
        self._has_served |= any(one.has_served for one in served)
        if any(_is_ours(one.error) for one in served):
            return False
        stays = self._has_served and not self._manner.until_idle and not self._stopped
        return stays or any(one.is_running for one in served)

    def _follow(self) -> None:
        """Serve what came or was put right, and leave what went."""
        wanted = {record.id: record for record in self._records()}
        for key, served in list(self._served.items()):
            if key in wanted and wanted[key].user_id == served.record.user_id and served.is_running:
                served.follow()
            else:
                self._retire(served)
        for key in wanted.keys() - self._served.keys():
            served = ServedWorkspace(
                self._machine, wanted[key], self._manner, lambda: self._events.put(_Event.ENDED)
            )
            with self._lock:
                self._served[key] = served
            served.start()

    def _retire(self, served: ServedWorkspace) -> None:
        served.stop()
        served.join()
        with self._lock:
            self._before += self._served.pop(served.record.id).tally()

    def _records(self) -> list[WorkspaceRecord]:
        home = self._machine.home
        current = home.current()
        if current is None:
            raise NotFound(
                "There is no workspace on this machine yet.",
                code="no_workspace",
                fix="Create one: postflow workspace create --name NAME",
            )
        self._first = current.id
        others = [r for r in home.workspaces() if r.user_id is not None and not _is_sample(r)]
        return [current, *(record for record in others if record.id != current.id)]

    def _end(self) -> None:
        for served in self._served.values():
            served.stop()
        for served in self._served.values():
            served.join()

    def _troubles(self) -> list[str]:
        """Raise what nobody else will tell; the rest as sentences."""
        ended = [(served, served.error) for served in self._served.values() if served.error]
        for served, error in ended:
            first = self._manner.until_idle and served.record.id == self._first
            nothing = not self._has_served and len(ended) == len(self._served)
            if first or nothing or _is_ours(error):
                raise error
        return [
            f"Workspace '{served.record.name}' was left out: {error.message}"
            for served, error in ended
            if isinstance(error, PostFlowError)
        ]


def _is_ours(error: BaseException | None) -> bool:
    """Whether it is a bug, which must not hide behind the other workspaces."""
    return error is not None and (isinstance(error, Bug) or not isinstance(error, PostFlowError))


def _is_sample(record: WorkspaceRecord) -> bool:
    """The sample's sandbox runs in the window only; without it every post of it would fail."""
    return record.kind is WorkspaceKind.EMBEDDED and record.db == SAMPLE_DATABASE
