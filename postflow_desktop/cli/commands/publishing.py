"""`postflow publishing pause|resume|status`."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from typing import Any

from postflow_desktop.bootstrap import Seat
from postflow_desktop.cli.context import Context
from postflow_desktop.cli.output import Result
from postflow_desktop.cli.pause_documents import pause_document, pause_line
from postflow_desktop.domain.pause import Pauses

RESUME = "Resume with: postflow publishing resume"


def add(parser: ArgumentParser) -> None:
    """The grammar."""
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    pause = verbs.add_parser("pause", help="send nothing of the organization, on no machine")
    pause.add_argument("--reason", required=True, help="why, for the others to read")
    pause.set_defaults(run=_pause)
    resume = verbs.add_parser("resume", help="go on; accounts that are paused stay so")
    resume.set_defaults(run=_resume)
    verbs.add_parser("status", help="what is paused, why and since when").set_defaults(run=_status)


def _pause(context: Context, options: Namespace) -> Result:
    seat = context.seat
    seat.pausing.pause_all(options.reason)
    document = _document(seat, seat.pausing.standing())
    lines = ["Nothing goes out any more, on no machine; what was being sent is finished.", RESUME]
    return Result({"publishing": document}, lines)


def _resume(context: Context, options: Namespace) -> Result:
    del options
    seat = context.seat
    was_paused = seat.pausing.resume_all()
    standing = seat.pausing.standing()
    lines = ["Publishing goes on." if was_paused else "Publishing was not paused."]
    if standing.accounts:
        lines.append(f"Accounts that are still paused: {len(standing.accounts)}.")
    return Result({"publishing": _document(seat, standing)}, lines)


def _status(context: Context, options: Namespace) -> Result:
    del options
    seat = context.seat
    standing = seat.pausing.standing()
    document = _document(seat, standing)
    own = standing.organizations.get(seat.organization.id)
    lines = ["Publishing goes on." if own is None else f"Publishing is {pause_line(own)}"]
    lines += [
        f"  @{account['username']} ({account['network']}) is "
        f"{pause_line(standing.accounts[account['id']])}"
        for account in document["accounts"]
    ]
    return Result({"publishing": document}, lines)


def _document(seat: Seat, standing: Pauses) -> dict[str, Any]:
    own = standing.organizations.get(seat.organization.id)
    accounts = seat.accounts.list(seat.member) if standing.accounts else ()
    return {
        "paused": own is not None,
        "pause": pause_document(own),
        "accounts": [
            {
                "id": account.id,
                "network": account.network.value,
                "username": account.username,
                "pause": pause_document(standing.accounts[account.id]),
            }
            for account in accounts
            if account.id in standing.accounts
        ],
    }
