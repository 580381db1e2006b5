"""Whether this machine's clock goes with the cluster's, which alone decides what is due."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from postflow_desktop.services.ports.clock import Clock
from postflow_desktop.services.publishing.clustertime import ClusterTime

log = logging.getLogger("postflow_desktop.upkeep")

WRONG_CLOCK = timedelta(seconds=60)
"""Beyond this a person is told; posts go out on time all the same."""
CLOCK_FIX = "Set this machine's clock, best by its time service."


def clock_slip(now: Callable[[], datetime], clock: Clock) -> timedelta:
    """How far the cluster is ahead of this machine, to half the time of the answer.

    `now` asks the cluster. ClusterUnreachable.
    """
    wall, boot = clock.now(), clock.boottime()
    told = now()
    # By the boot clock: the wall clock may be set while the answer is on its way.
    return told - (wall + timedelta(seconds=(clock.boottime() - boot) / 2))


class ClockWatch:
    """Compares the clocks once in a while, and tells this process the cluster's time."""

    def __init__(
        self, now: Callable[[], datetime], clock: Clock, cluster_time: ClusterTime
    ) -> None:
        """`now` asks the cluster."""
        self._now = now
        self._clock = clock
        self._cluster_time = cluster_time
        self._is_wrong = False

    def run(self) -> timedelta:
        """How far the cluster is ahead; a clock that goes wrong is told in the log, once."""
        slip = clock_slip(self._now, self._clock)
        self._cluster_time.tell(self._clock.now() + slip, self._clock.boottime())
        is_wrong = abs(slip) > WRONG_CLOCK
        if is_wrong and not self._is_wrong:
            log.warning(
                "This machine's clock is wrong. Posts go by the cluster's and are not affected.",
                extra={"seconds": round(slip.total_seconds()), "fix": CLOCK_FIX},
            )
        self._is_wrong = is_wrong
        return slip
