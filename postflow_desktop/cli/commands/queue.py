"""`postflow queue set|show|next`."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from typing import Any

from postflow_desktop.cli.context import Context
from postflow_desktop.cli.output import Result, table
from postflow_desktop.domain.late import LatePolicy, LateRule
from postflow_desktop.domain.queue import format_slots, parse_slots
from postflow_desktop.domain.time import PlannedTime, parse_when, utc_text
from postflow_desktop.services.queueing import QueueChange, QueueView


def add(parser: ArgumentParser) -> None:
    """The grammar."""
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    _add_set(verbs.add_parser("set", help="give an account a queue, or change it"))
    show = verbs.add_parser("show", help="the queues with their next free slots")
    show.add_argument("--account", metavar="ID", help="only this account's")
    show.set_defaults(run=_show)
    following = verbs.add_parser("next", help="the next free slots of an account")
    following.add_argument("--account", required=True, metavar="ID")
    following.add_argument(
        "--from",
        dest="start",
        metavar="TIME",
        help="local to the queue's zone; or with Z or an offset (default: the soonest possible)",
    )
    following.add_argument("--count", type=int, default=5, metavar="N")
    following.set_defaults(run=_next)


def _add_set(parser: ArgumentParser) -> None:
    parser.add_argument("--account", required=True, metavar="ID")
    parser.add_argument("--slots", help='all slots of a week, as "mon 09:00,fri 17:30"')
    parser.add_argument("--zone", help="IANA time zone (a new queue: the organization's)")
    parser.add_argument(
        "--max-per-day", type=int, metavar="N", help="only the first N slots of a day; 0: all"
    )
    parser.add_argument(
        "--late",
        choices=[*(policy.value for policy in LatePolicy), "organization"],
        help="posts in its slots that nobody could publish in time: ask a person, publish them "
        "however late, skip them, or as the organization has it",
    )
    parser.add_argument(
        "--late-grace", type=int, metavar="MINUTES", help="what is in time (a week at most)"
    )
    switch = parser.add_mutually_exclusive_group()
    switch.add_argument("--on", dest="enabled", action="store_true", help="take posts (again)")
    switch.add_argument(
        "--off", dest="enabled", action="store_false", help="take no posts; what has a slot goes"
    )
    parser.set_defaults(run=_set, enabled=None)


def _set(context: Context, options: Namespace) -> Result:
    change = QueueChange(
        slots=None if options.slots is None else parse_slots(options.slots),
        timezone=options.zone,
        enabled=options.enabled,
        max_per_day=options.max_per_day,
        late=LatePolicy(options.late) if options.late in set(LatePolicy) else None,
        late_grace=options.late_grace,
        late_as_organization=options.late == "organization",
    )
    view = context.seat.queues.set(options.account, change)
    return Result({"queue": _document(view)}, _lines(view))


def _show(context: Context, options: Namespace) -> Result:
    views = context.seat.queues.show(options.account)
    lines = [line for view in views for line in _lines(view)]
    return Result({"queues": [_document(v) for v in views]}, lines or ["No account has a queue."])


def _next(context: Context, options: Namespace) -> Result:
    queues = context.seat.queues
    queue = queues.of_account(options.account)
    start = None if options.start is None else parse_when(options.start, queue.timezone).utc
    slots = queues.next_slots(queue, start, options.count)
    rows = [[slot.local[:16].replace("T", " "), slot.timezone, slot.note] for slot in slots]
    return Result({"slots": [_slot(s) for s in slots]}, table(rows) or ["No slot is free."])


def _document(view: QueueView) -> dict[str, Any]:
    queue = view.queue
    return {
        "id": queue.id,
        "accountId": queue.account_id,
        "network": view.account.network.value,
        "username": view.account.username,
        "slots": [str(slot) for slot in queue.slots],
        "zone": queue.timezone,
        "enabled": queue.enabled,
        "maxPerDay": queue.max_per_day,
        "late": _late(queue.late),
        "waiting": view.waiting,
        "next": None if view.next is None else _slot(view.next),
    }


def _late(rule: LateRule | None) -> dict[str, Any] | None:
    """Null where the organization's holds."""
    if rule is None:
        return None
    return {"policy": rule.policy.value, "graceMinutes": rule.grace_minutes}


def _slot(planned: PlannedTime) -> dict[str, Any]:
    """Slots begin on the minute, so that is all their wall time says."""
    return {"at": utc_text(planned.utc), "local": planned.local[:16], "zone": planned.timezone}


def _lines(view: QueueView) -> list[str]:
    queue = view.queue
    state = "" if queue.enabled else ", off"
    limit = "" if queue.max_per_day is None else f", {queue.max_per_day} a day"
    soon = "none" if view.next is None else view.next.local[:16].replace("T", " ")
    return [
        f"@{view.account.username} ({view.account.network.value}, {queue.account_id}){state}",
        f"  {format_slots(queue.slots)} ({queue.timezone}{limit})",
        f"  {view.waiting} waiting; next free slot: {soon}",
    ]
