"""A barrier whose answer does not come: nothing is sent, and nobody is asked for nothing."""

from __future__ import annotations

from urllib.parse import urlsplit

from postflow_desktop.domain.network import Network
from postflow_desktop.domain.target import Target, TargetStatus
from postflow_desktop.services.publishing.failpoints import Failpoint as P
from tests.faults.links import Link, Links, Weather
from tests.faults.partitions import HEARTBEAT_MS
from tests.faults.stage import Stage, Worker, eventually, wait
from tests.faults.worker import times

FACTOR = 1 / 10
TIMES = times(FACTOR)
ANSWER_SECONDS = 0.5
GIVEN_UP = 4 * ANSWER_SECONDS + 0.5
"""Seconds; the write, the driver's second one, and both again to see whether it stands."""
ASKING = 2.5 * ANSWER_SECONDS
"""Seconds; then the worker asks whether it stands."""


class UnansweredBarrier:
    """A worker at the barrier of a post that no network can be asked about."""

    def __init__(self, stage: Stage, links: Links) -> None:
        self._stage = stage
        self._links = links
        stage.factor = FACTOR
        place = urlsplit(stage.cluster.uri)
        assert place.port is not None
        self._link: Link = links.to(place.port)
        self._login = place.netloc.rpartition("@")[0]
        self._text = f"Barrier of {stage.organization_id}"
        self._target: Target = stage.plan(stage.account(Network.TELEGRAM), self._text)

    def stands_unseen(self) -> None:
        """It stands, and nobody tells the worker."""
        worker = self._held(Weather.NO_ANSWERS)
        self._becomes(TargetStatus.SENDING)
        wait(GIVEN_UP)
        assert not self._stage.count(self._text), "sent without an acknowledged barrier"
        self._links.set(self._link, Weather.FINE)
        self._goes_out_once(worker)

    def stands_too_late(self, seconds: float) -> None:
        """The line is back after so long, and the write arrives when others have overtaken it."""
        worker = self._held(Weather.NO_REQUESTS)
        wait(seconds)
        assert self._stage.look(self._target).status is TargetStatus.CLAIMED
        self._links.set(self._link, Weather.FINE, 1.5)
        self._goes_out_once(worker)

    def _held(self, weather: Weather) -> Worker:
        """A worker that is let go into this weather when it is about to write its barrier."""
        worker = self._stage.worker(
            "a",
            point=P.BEFORE_BARRIER,
            action="hold",
            uri=f"mongodb://{self._login}@127.0.0.1:{self._link.port}/?directConnection=true"
            f"&authSource=admin&heartbeatFrequencyMS={HEARTBEAT_MS}",
            answer_seconds=ANSWER_SECONDS,
        )
        worker.wait_reached()
        self._links.set(self._link, weather)
        (worker.home / "go").touch()
        return worker

    def _goes_out_once(self, worker: Worker) -> None:
        """Nothing was sent, the journal knows it, and so it needs no person."""
        self._becomes(TargetStatus.PUBLISHED)
        worker.end()
        assert self._stage.count(self._text) == 1, self._stage.story(self._target)

    def _becomes(self, status: TargetStatus) -> None:
        stage, target = self._stage, self._target
        ends = (status, TargetStatus.NEEDS_ATTENTION)
        eventually(lambda: stage.look(target).status in ends, lambda: stage.story(target))
        assert stage.look(target).status is status, stage.story(target)
