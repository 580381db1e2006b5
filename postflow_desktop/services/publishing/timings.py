"""The time constants of the protocol and the inequalities that make them safe."""

from __future__ import annotations

from dataclasses import dataclass, fields

SEND_DEADLINE = 45.0
"""Seconds for the whole irreversible call; the transport holds it, the leases are built on it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Timings:
    """Seconds; see the reasons beside each. A scaled set keeps every inequality."""

    claim_lease: float = 120.0
    """How long preparing may take between two heartbeats."""
    send_deadline: float = SEND_DEADLINE
    """The whole irreversible call, from connect to the last byte of the reply."""
    sending_lease: float = 90.0
    """Longer than the call plus a fail-over of the cluster (12 s)."""
    need_at_barrier: float = 45.0
    """What must be left of the claim's lease at the barrier."""
    quiet: float = 75.0
    """After a sender's lease ended, before anybody looks at a network without keys."""
    late_grace: float = 1800.0
    """Later than this a target is missed, not sent."""
    on_time: float = 60.0
    """Claimed within this after its time, a target is not late; no policy is asked."""
    burst_late: float = 600.0
    """Targets that were found later than this go out one after the other,"""
    burst_spacing: float = 300.0
    """so far apart for each account."""
    backoff_base: float = 2.0
    backoff_cap: float = 900.0
    no_way_cap: float = 60.0
    """The longest pause between tries while a machine has no way to the network."""
    reconcile_base: float = 5.0
    watch: tuple[float, ...] = (60.0, 120.0, 300.0, 900.0, *(3600.0,) * 24)
    """Pauses between looks for a post that a person was asked about; a day in all."""
    poll: float = 15.0
    """The safety net under the timers."""
    clock_slip: float = 2.0
    """How far wall clock and boot clock may drift apart between barrier and send."""

    def __post_init__(self) -> None:
        if self.sending_lease <= self.send_deadline:
            raise ValueError("the sending lease must outlast the call")
        if self.claim_lease <= self.need_at_barrier:
            raise ValueError("the claim lease must outlast what the barrier needs")
        if self.quiet < self.send_deadline:
            raise ValueError("the quiet time must cover the call")

    def scaled(self, factor: float) -> Timings:
        """All times multiplied, for tests that can't wait."""
        values = {f.name: getattr(self, f.name) for f in fields(self) if f.name != "watch"}
        scaled = {name: value * factor for name, value in values.items()}
        return Timings(**scaled, watch=tuple(wait * factor for wait in self.watch))


MAX_TRIES = 8
"""Tries per target for what is not our fault (classes A and B)."""
MAX_SENDER_DEATHS = 3
"""A target whose sender died this often goes to a person, not to a fourth sender."""
MAX_RECONCILIATIONS = 12
"""Looks at the network before a person is asked."""
