"""Running the publisher from a command."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from threading import Timer
from types import FrameType

from postflow_desktop.bootstrap import Seat
from postflow_desktop.cli.pause_documents import hold_line
from postflow_desktop.domain.errors import PostFlowError, Refused, Unreachable
from postflow_desktop.domain.pause import Pauses
from postflow_desktop.domain.presence import PublisherKind
from postflow_desktop.domain.target import Target, TargetStatus
from postflow_desktop.domain.time import PlannedTime
from postflow_desktop.scheduler.runner import PublisherRunner

WAIT_SECONDS = 180.0
"""How long `--now` stays with a post before it leaves the rest to the publishers."""


def publish_now(seat: Seat, targets: Sequence[Target]) -> PostFlowError | None:
    """Publish these targets in this process; None if all are out, else what to tell the person."""
    ids = tuple(target.id for target in targets)
    engine = seat.workspace.engine(seat.person, kind=PublisherKind.COMMAND, target_ids=ids)
    runner = PublisherRunner(engine, workers=4, on_bug=seat.workspace.machine.report_bug)
    patience = Timer(WAIT_SECONDS, runner.stop)
    patience.daemon = True
    patience.start()
    try:
        with stopping_on_signals(runner.stop):
            runner.run_until_idle()
    finally:
        patience.cancel()
    store = seat.workspace.cluster.targets
    now = [store.get(seat.organization.id, target_id) for target_id in ids]
    pauses = seat.workspace.cluster.pauses.standing([seat.organization.id])
    return _verdict([target for target in now if target is not None], pauses)


def planning_warnings(seat: Seat, planned: PlannedTime) -> list[str]:
    """What to think of before that time: the clock's odd hours, and who will be awake."""
    try:
        asleep = seat.presence.coverage(planned).warning
    except Unreachable:
        # The post is stored; that this can't be told now must not look as if it were not.
        asleep = ""
    return [text for text in (planned.note, asleep) if text]


@contextmanager
def stopping_on_signals(end: Callable[[], None]) -> Iterator[None]:
    """SIGTERM and Ctrl+C ask for a gentle end: what is being sent is finished."""

    def stop(number: int, frame: FrameType | None) -> None:
        del number, frame
        end()

    before = {s: signal.signal(s, stop) for s in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _verdict(targets: Sequence[Target], pauses: Pauses) -> PostFlowError | None:
    behind = [target for target in targets if target.status is not TargetStatus.PUBLISHED]
    if not behind:
        return None
    first = behind[0]
    error = first.last_error
    if first.status in (TargetStatus.FAILED, TargetStatus.MISSED, TargetStatus.CANCELED):
        return Refused(
            error.message if error else "The post did not go out.",
            code=error.code if error else first.status.value,
            fix=error.fix if error else "Look at it with `postflow post show`.",
        )
    if first.status is TargetStatus.NEEDS_ATTENTION:
        return Refused(
            error.message if error else "It is not known whether the post is out.",
            code="needs_attention",
            fix=error.fix if error else "Look at the account.",
        )
    held = pauses.on(first.organization_id, first.account_id, first.hold)
    if held is not None:
        return Refused(
            f"The post is kept and does not go out now: {hold_line(held)}",
            code="paused",
            fix="See what is paused: postflow publishing status",
        )
    return Unreachable(
        f"The post is not out yet ({first.status.value}); it is kept and will be tried again.",
        code="not_out_yet",
        fix="Run `postflow agent`, then look at it with `postflow post show`.",
    )
