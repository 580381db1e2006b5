"""The protocol with one rule taken out, in a simulated world, and put back afterwards.

Most are those of `tests.faults`; what those take out of parts that are simulated here has a twin.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from postflow_desktop.cluster import targets
from postflow_desktop.domain.network import ResendClass
from postflow_desktop.domain.target import TargetStatus
from postflow_desktop.services.ports.publisher import Finding, Presence
from postflow_desktop.services.publishing import recovering, sending
from postflow_desktop.services.publishing.parts import PublishingParts
from tests.faults import mutants as real
from tests.simulation.machines import Process, SimulatedJournal, SimulatedProcesses
from tests.simulation.networks import Service
from tests.simulation.publishers import SimulatedPublisher
from tests.simulation.world import World

Weaken = Callable[[PublishingParts, pytest.MonkeyPatch], None]

SAME = (
    "no_barrier",
    "fence_not_counted",
    "client_clock",
    "listing_proves_absence",
    "refusal_makes_safe",
    "nothing_heard_is_fine",
    "retry_when_ambiguous",
    "wire_dropped_when_ambiguous",
    "finalise_by_fence",
    "waits_by_our_clock",
    "no_quiet_time",
    "guard_off",
    "lease_not_checked_at_barrier",
    "content_not_compared",
    "anybodys_post_is_ours",
)
"""Mutants that take something out of what is real here too."""


def _late_evidence_ignored(_: PublishingParts, patch: pytest.MonkeyPatch) -> None:
    for name in ("_EVIDENCE", "_WITHOUT_REQUEST"):
        left = [s for s in getattr(targets, name) if s is not TargetStatus.NEEDS_ATTENTION]
        patch.setattr(targets, name, left)


def _journal_ignored(_: PublishingParts, patch: pytest.MonkeyPatch) -> None:
    patch.setattr(SimulatedJournal, "unsettled", lambda *_: [])


def _no_writing_mark(_: PublishingParts, patch: pytest.MonkeyPatch) -> None:
    patch.setattr(SimulatedJournal, "writing", lambda *_: None)
    patch.setattr(SimulatedJournal, "response", lambda *_: None)


def _living_taken_for_dead(_: PublishingParts, patch: pytest.MonkeyPatch) -> None:
    patch.setattr(SimulatedProcesses, "is_alive", lambda *_: False)


def _resend_where_nothing_can_be_asked(_: PublishingParts, patch: pytest.MonkeyPatch) -> None:
    look = SimulatedPublisher._look

    def nothing(self: SimulatedPublisher, session: Any, sent: Any) -> Finding:
        if self.service.letter == "N":
            return Finding(presence=Presence.ABSENT)
        return look(self, session, sent)

    def resend_class(self: Service) -> ResendClass:
        return ResendClass.KEY if self.letter == "N" else ResendClass(self.letter)

    patch.setattr(SimulatedPublisher, "_look", nothing)
    patch.setattr(Service, "resend_class", property(resend_class))


def _no_deadline(_: PublishingParts, patch: pytest.MonkeyPatch) -> None:
    patch.setattr(SimulatedPublisher, "_is_over", lambda *_: False)


def _reply_not_kept(_: PublishingParts, patch: pytest.MonkeyPatch) -> None:
    patch.setattr(sending.Sender, "_keep", lambda *_: None)


def _unsent_is_not_given_back(_: PublishingParts, patch: pytest.MonkeyPatch) -> None:
    def look_up(self: recovering.Recovery, entry: Any, target: Any) -> Any:
        return self._look_up(target)

    patch.setattr(recovering.Recovery, "_evidence", look_up)


TWINS: dict[str, Weaken] = {
    "late_evidence_ignored": _late_evidence_ignored,
    "journal_ignored": _journal_ignored,
    "no_writing_mark": _no_writing_mark,
    "living_taken_for_dead": _living_taken_for_dead,
    "resend_where_nothing_can_be_asked": _resend_where_nothing_can_be_asked,
    "no_deadline": _no_deadline,
    "reply_not_kept": _reply_not_kept,
    "unsent_is_not_given_back": _unsent_is_not_given_back,
}
ALL = (*SAME, *TWINS)


@contextmanager
def weakened(name: str, world: World) -> Iterator[None]:
    """From here to there the protocol lacks this rule."""
    machine = world.machines[0]
    parts = world.parts(Process(machine, "mutant"))
    with pytest.MonkeyPatch.context() as patch:
        if name in TWINS:
            TWINS[name](parts, patch)
        else:
            patch.setattr(real, "swap", patch.setattr)
            real.MUTANTS[name](parts)
        yield
