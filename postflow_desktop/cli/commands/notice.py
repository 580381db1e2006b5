"""`postflow notice list|read|preferences`."""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError, Namespace
from datetime import time
from typing import Any

from postflow_desktop.cli.context import Context
from postflow_desktop.cli.output import Result, table
from postflow_desktop.domain.errors import InvalidInput
from postflow_desktop.domain.notice import Notice, NoticeKind
from postflow_desktop.domain.telling import Channel, NoticeWishes, QuietHours
from postflow_desktop.domain.time import utc_text
from postflow_desktop.machine.clock import local_zone
from postflow_desktop.services.notifications.member import SHOWN, WishChange


def add(parser: ArgumentParser) -> None:
    """The grammar."""
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    listing = verbs.add_parser("list", help="what you should know, newest first")
    listing.add_argument("--unread", action="store_true", help="only what waits for you")
    listing.add_argument("--limit", type=int, default=SHOWN, metavar="N")
    listing.set_defaults(run=_list)
    read = verbs.add_parser("read", help="mark as seen")
    read.add_argument("keys", nargs="*", metavar="KEY")
    read.add_argument("--all", action="store_true")
    read.set_defaults(run=_read)
    _add_preferences(verbs.add_parser("preferences", help="how you are told; options change it"))


def _add_preferences(parser: ArgumentParser) -> None:
    kinds = ", ".join(kind.value for kind in NoticeKind)
    parser.add_argument(
        "--kind",
        action="append",
        default=[],
        type=_kind,
        metavar="KIND=WAYS",
        help=f"repeats; WAYS: desktop, mail, desktop,mail or none; KIND: {kinds}",
    )
    parser.add_argument("--desktop", choices=["on", "off"], help="alerts of the desktop at all")
    parser.add_argument("--mail", choices=["on", "off"], help="mail at all")
    quiet = parser.add_mutually_exclusive_group()
    quiet.add_argument("--quiet", type=_hours, metavar="HH:MM-HH:MM", help="tell nothing then")
    quiet.add_argument("--no-quiet", action="store_true")
    parser.add_argument("--zone", help="IANA time zone of the quiet hours (default: this machine)")
    parser.add_argument("--reset", action="store_true", help="begin with the defaults")
    parser.set_defaults(run=_preferences)


def _list(context: Context, options: Namespace) -> Result:
    notices = context.seat.notices
    found = notices.list(unread=options.unread, limit=max(1, min(500, options.limit)))
    documents = [_document(notice, unread=notices.is_unread(notice)) for notice in found]
    rows = [
        [
            f"{notice.at:%Y-%m-%d %H:%M} UTC",
            "settled" if notice.withdrawn else "new" if notices.is_unread(notice) else "",
            notice.key,
            notice.title,
        ]
        for notice in found
    ]
    return Result({"notices": documents}, table(rows) or ["There is nothing to tell."])


def _read(context: Context, options: Namespace) -> Result:
    if options.all == bool(options.keys):
        raise InvalidInput(
            "Name the notices that you have seen, or give --all.",
            code="nothing_named",
            fix="See their keys: postflow notice list",
        )
    count = context.seat.notices.read(None if options.all else options.keys)
    return Result({"read": count}, [f"{count} marked as seen."])


def _preferences(context: Context, options: Namespace) -> Result:
    notices = context.seat.notices
    change = _change(options, notices.wishes().quiet)
    wishes = notices.wishes() if change is None else notices.change_wishes(change)
    return Result({"preferences": _wishes_document(wishes)}, _wishes_lines(wishes))


def _change(options: Namespace, before: QuietHours | None) -> WishChange | None:
    """What the options ask for; None where they only look."""
    switches = {Channel.DESKTOP: options.desktop, Channel.MAIL: options.mail}
    quiet = None
    if options.quiet is not None:
        start, end = options.quiet
        quiet = QuietHours(start=start, end=end, timezone=options.zone or local_zone())
    elif options.zone is not None:
        if before is None:
            raise InvalidInput(
                "A zone alone makes no quiet hours.",
                code="bad_quiet_hours",
                fix="Add --quiet 22:00-08:00.",
            )
        quiet = QuietHours(start=before.start, end=before.end, timezone=options.zone)
    change = WishChange(
        channels=dict(options.kind) or None,
        on=frozenset(channel for channel, to in switches.items() if to == "on"),
        off=frozenset(channel for channel, to in switches.items() if to == "off"),
        quiet=quiet,
        no_quiet=options.no_quiet,
        reset=options.reset,
    )
    return None if change == WishChange() else change


def _document(notice: Notice, *, unread: bool) -> dict[str, Any]:
    return {
        "key": notice.key,
        "kind": notice.kind.value,
        "title": notice.title,
        "text": notice.text,
        "fix": notice.fix,
        "at": utc_text(notice.at),
        "dueAt": utc_text(notice.due_at),
        "postId": notice.post_id,
        "targetId": notice.target_id,
        "accountId": notice.account_id,
        "url": notice.url,
        "actions": [action.value for action in notice.actions],
        "unread": unread,
        "withdrawn": notice.withdrawn,
    }


def _wishes_document(wishes: NoticeWishes) -> dict[str, Any]:
    quiet = wishes.quiet
    return {
        "desktop": Channel.DESKTOP not in wishes.muted,
        "mail": Channel.MAIL not in wishes.muted,
        "kinds": {kind.value: _ways(wishes, kind) for kind in NoticeKind},
        "quiet": None
        if quiet is None
        else {
            "from": f"{quiet.start:%H:%M}",
            "to": f"{quiet.end:%H:%M}",
            "zone": quiet.timezone,
        },
    }


def _wishes_lines(wishes: NoticeWishes) -> list[str]:
    rows = [[kind.value, ", ".join(_ways(wishes, kind)) or "list only"] for kind in NoticeKind]
    quiet = wishes.quiet
    told = "none" if quiet is None else f"{quiet.start:%H:%M}-{quiet.end:%H:%M} ({quiet.timezone})"
    muted = [f"{channel.value} is off altogether" for channel in sorted(wishes.muted)]
    return [*table(rows), f"Quiet hours: {told}", *muted]


def _ways(wishes: NoticeWishes, kind: NoticeKind) -> list[str]:
    return [channel.value for channel in Channel if kind in wishes.by(channel)]


def _kind(text: str) -> tuple[NoticeKind, frozenset[Channel]]:
    name, _, ways = text.partition("=")
    words = [] if ways == "none" else ways.split(",")
    try:
        return NoticeKind(name), frozenset(Channel(word) for word in words)
    except ValueError:
        raise ArgumentTypeError(f"'{text}' is not KIND=WAYS, as in failed=desktop,mail") from None


def _hours(text: str) -> tuple[time, time]:
    start, _, end = text.partition("-")
    try:
        if len(start) != 5 or len(end) != 5:
            raise ValueError
        return time.fromisoformat(start), time.fromisoformat(end)
    except ValueError:
        raise ArgumentTypeError(f"'{text}' is not HH:MM-HH:MM, as in 22:00-08:00") from None
