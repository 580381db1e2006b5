"""Every weakening of the protocol is noticed by a story that the protocol itself passes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor

import pytest

from postflow_desktop.services.publishing.failpoints import Failpoint as P
from tests.faults import specials
from tests.faults.cells import Cell, Play
from tests.faults.conftest import MakeStage
from tests.faults.mutants import MUTANTS
from tests.faults.plans import AFTER_SEND, AT_FIRST_BYTE, BEFORE_LAST_BYTE
from tests.faults.stage import Stage

Story = Callable[[Stage], None]


def cell(point: str, fault: str, letter: str, helper: str) -> Story:
    """A cell of the matrix as a story."""
    one = Cell(point, fault, letter, helper)
    assert one.is_possible

    def play(stage: Stage) -> None:
        Play(one, stage).run()

    return play


NOTICED_BY: Mapping[str, Story] = {
    "no_barrier": cell(AFTER_SEND, "kill", "N", "same"),
    "fence_not_counted": cell(P.AFTER_BARRIER, "kill", "N", "same"),
    "client_clock": specials.nothing_early,
    "listing_proves_absence": cell(BEFORE_LAST_BYTE, "stop", "L", "other"),
    "refusal_makes_safe": cell(AT_FIRST_BYTE, "kill", "D", "same"),
    "resend_where_nothing_can_be_asked": cell(AFTER_SEND, "kill", "N", "same"),
    "nothing_heard_is_fine": cell(AT_FIRST_BYTE, "kill", "N", "same"),
    "retry_when_ambiguous": cell(AFTER_SEND, "kill", "N", "same"),
    "wire_dropped_when_ambiguous": cell(AFTER_SEND, "kill", "L", "same"),
    "finalise_by_fence": cell(P.AFTER_JOURNAL_REPLY, "kill", "N", "other"),
    "late_evidence_ignored": cell(P.AFTER_JOURNAL_REPLY, "kill", "N", "other"),
    "waits_by_our_clock": specials.put_off_on_a_wrong_clock,
    "no_quiet_time": specials.late_but_in_time,
    "guard_off": cell(P.AFTER_BARRIER, "stop", "N", "person"),
    "no_deadline": cell(P.BEFORE_FIRST_BYTE, "stop", "N", "person"),
    "journal_ignored": cell(P.AFTER_JOURNAL_REPLY, "kill", "N", "same"),
    "no_writing_mark": cell(AFTER_SEND, "kill", "N", "same"),
    "living_taken_for_dead": cell(P.AFTER_BARRIER, "stop", "N", "sibling"),
    "lease_not_checked_at_barrier": specials.ended_lease_stops_the_barrier,
    "content_not_compared": specials.edited_while_held,
    "anybodys_post_is_ours": specials.twins,
    "pauses_not_asked_for": specials.planned_while_paused,
    "pauses_asked_for_before": specials.planned_while_paused,
    "barrier_ignores_fence_and_hold": specials.paused_before_the_barrier,
}
ALONE = ("no_quiet_time", "waits_by_our_clock")
"""Stories that plan faults at the sandbox, which meet whoever publishes next."""
NOTICED_WITHOUT_A_PRIMARY = {"majority_dropped"}
"""By a cell that needs a replica set; see test_failover."""
QUICK = (
    "no_barrier",
    "listing_proves_absence",
    "retry_when_ambiguous",
    "guard_off",
    "anybodys_post_is_ours",
    "waits_by_our_clock",
    "pauses_asked_for_before",
    "barrier_ignores_fence_and_hold",
)
AT_ONCE = 8


def test_every_mutant_has_a_story() -> None:
    assert set(NOTICED_BY) | NOTICED_WITHOUT_A_PRIMARY == set(MUTANTS)


def survivors(names: list[str], stages: MakeStage) -> list[str]:
    """Mutants that nobody noticed."""

    def survives(name: str) -> bool:
        stage = stages()
        stage.mutant = name
        try:
            NOTICED_BY[name](stage)
        except AssertionError as noticed:
            print(f"{name}: {str(noticed).splitlines()[0][:200]}")
            return False
        return True

    with ThreadPoolExecutor(AT_ONCE) as pool:
        together = [name for name in names if name not in ALONE]
        found = [
            name for name, left in zip(together, pool.map(survives, together), strict=True) if left
        ]
    return found + [name for name in names if name in ALONE and survives(name)]


def wrongly_noticed(names: list[str], stages: MakeStage) -> list[str]:
    """Stories that fail for the protocol itself."""

    def fails(name: str) -> str:
        try:
            NOTICED_BY[name](stages())
        except AssertionError as error:
            return f"{name}: {error}"
        return ""

    with ThreadPoolExecutor(AT_ONCE) as pool:
        together = [name for name in names if name not in ALONE]
        found = list(pool.map(fails, together))
    found += [fails(name) for name in names if name in ALONE]
    return [one for one in found if one]


def test_a_handful_of_mutants_is_noticed(stages: MakeStage) -> None:
    assert survivors(list(QUICK), stages) == []


@pytest.mark.long
@pytest.mark.timeout(1200)
def test_all_mutants_are_noticed(stages: MakeStage) -> None:
    assert survivors(list(NOTICED_BY), stages) == []


@pytest.mark.long
@pytest.mark.timeout(1200)
def test_the_protocol_itself_passes_their_stories(stages: MakeStage) -> None:
    assert wrongly_noticed(list(NOTICED_BY), stages) == []
