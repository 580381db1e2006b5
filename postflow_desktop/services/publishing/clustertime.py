"""The cluster's clock on this machine, for what a network says in seconds from now."""

from __future__ import annotations

from datetime import datetime, timedelta

from postflow_desktop.services.ports.clock import Clock


class ClusterTime:
    """Clock port: the cluster's time as it was last told, carried on by the boot clock.

    A wall clock that is an hour ahead would make an hour of "try again in two seconds".
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._told: tuple[datetime, float] | None = None

    def tell(self, moment: datetime, boot: float) -> None:
        """It was this time in the cluster when the boot clock here was at `boot` or a bit later."""
        self._told = (moment, boot)

    def now(self) -> datetime:
        """The cluster's time; this machine's own until it was told."""
        told = self._told
        if told is None:
            return self._clock.now()
        moment, boot = told
        return moment + timedelta(seconds=self._clock.boottime() - boot)

    def boottime(self) -> float:
        """As on this machine."""
        return self._clock.boottime()
