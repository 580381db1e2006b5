"""Named points of the protocol at which a process may die, sleep or lose the cluster.

Nothing happens there unless a plan was installed, and only the tests' own processes install one.
The numbers are those of the crash points that the protocol was designed against.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum


class Failpoint(StrEnum):
    """Where something can go wrong, in the order of one attempt."""

    BEFORE_CLAIM_REPLY = "before_claim_reply"
    """1: the claim is about to be asked for."""
    AFTER_CLAIM = "after_claim"
    """2: held, nothing prepared."""
    AFTER_UPLOAD = "after_upload"
    """3, 4: media or container are made, and their ids are not stored yet."""
    BEFORE_ANNOUNCE = "before_announce"
    """5: in the journal, not in the cluster."""
    BEFORE_BARRIER = "before_barrier"
    """5, 6: announced; the barrier is about to be written."""
    AFTER_BARRIER = "after_barrier"
    """7a: the barrier stands, and only the journal knows that nothing was sent."""
    BEFORE_FIRST_BYTE = "before_first_byte"
    """7b: the journal says that something may have been sent."""
    AFTER_REPLY = "after_reply"
    """9: a reply was read and is nowhere kept."""
    AFTER_JOURNAL_REPLY = "after_journal_reply"
    """10: the reply is in the journal alone."""
    BEFORE_FINALISE = "before_finalise"
    """10, 11: the target is about to be settled."""
    AFTER_FINALISE = "after_finalise"
    """11: settled; the journal does not know it yet."""
    BEFORE_SUMMARY = "before_summary"
    """14: settled, and the post does not show it yet."""
    RECONCILE_BEFORE_LOOK = "reconcile_before_look"
    """12: taken over, nothing asked."""
    RECONCILE_AFTER_LOOK = "reconcile_after_look"
    """13: the network has answered, nothing is written."""


Plan = Callable[[str], object]


def _nothing(name: str) -> None:
    """The plan of every process that is not a test's."""


_plans: list[Plan] = [_nothing]


def reach(name: str) -> None:
    """Tell the plan that this point was reached; it may not come back."""
    _plans[0](name)


def install(plan: Plan) -> None:
    """From now on every point goes through this plan, on whichever thread it is reached."""
    _plans[0] = plan
