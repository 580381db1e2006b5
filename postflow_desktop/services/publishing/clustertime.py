"""The cluster's clock on this machine, for what a network says in seconds from now."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta

from postflow_desktop.domain.errors import ClusterUnreachable
from postflow_desktop.services.ports.clock import Clock


class ClusterTime:
    """Clock port: the cluster's time as it was last told, carried on by the boot clock.

    A wall clock that is an hour ahead would make an hour of "try again in two seconds".
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._told: tuple[datetime, float] | None = None
        self._ask: Callable[[], datetime] | None = None

    def ask_with(self, now: Callable[[], datetime]) -> None:
        """How the cluster can be asked, once, where its time is needed before it was told."""
        self._ask = now

    def tell(self, moment: datetime, boot: float) -> None:
        """It was this time in the cluster when the boot clock here was at `boot` or a bit later."""
        self._told = (moment, boot)

    def now(self) -> datetime:
        """The cluster's time; this machine's own until it was told."""
        told = self._told or self._asked()
        if told is None:
            return self._clock.now()
        moment, boot = told
        return moment + timedelta(seconds=self._clock.boottime() - boot)

    def _asked(self) -> tuple[datetime, float] | None:
        ask, self._ask = self._ask, None
        if ask is None:
            return None
        boot = self._clock.boottime()
        with suppress(ClusterUnreachable):
            self._told = ask(), boot
        return self._told

    def boottime(self) -> float:
        """As on this machine."""
        return self._clock.boottime()
