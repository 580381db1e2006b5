"""`postflow account connect|list|check|refresh|set|pause|resume|disconnect`."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from postflow_desktop.cli.connecting import NETWORKS, connect
from postflow_desktop.cli.context import Context
from postflow_desktop.cli.output import Result, table
from postflow_desktop.cli.pause_documents import pause_document
from postflow_desktop.domain.account import SocialAccount
from postflow_desktop.domain.time import utc_text
from postflow_desktop.services.accounts import Connected


def add(parser: ArgumentParser) -> None:
    """The grammar."""
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    adding = verbs.add_parser("connect", help="connect an account, or connect it again")
    adding.add_argument("network", choices=[network.value for network in NETWORKS])
    adding.add_argument("--handle", help="whose account, for example you.bsky.social")
    adding.add_argument(
        "--all", action="store_true", help="every account that the sign-in in the browser brings"
    )
    adding.add_argument(
        "--sandbox",
        action="store_true",
        help="an account that only this computer has, to try everything without the network",
    )
    adding.add_argument("--service", help="address of the server (default: https://bsky.social)")
    adding.set_defaults(run=_connect)
    verbs.add_parser("list", help="the accounts of the organization").set_defaults(run=_list)
    check = verbs.add_parser("check", help="ask the network whether the account works")
    check.add_argument("account")
    check.set_defaults(run=_check)
    refresh = verbs.add_parser("refresh", help="get fresh tokens")
    refresh.add_argument("account")
    refresh.set_defaults(run=_refresh)
    change = verbs.add_parser("set", help="change a setting of the account")
    change.add_argument("account")
    change.add_argument(
        "--preflight",
        type=int,
        required=True,
        metavar="N",
        help="announce each post once more N minutes before it goes out; 0: don't",
    )
    change.set_defaults(run=_set)
    pause = verbs.add_parser("pause", help="send nothing of this account, on no machine")
    pause.add_argument("account")
    pause.add_argument("--reason", required=True, help="why, for the others to read")
    pause.set_defaults(run=_pause)
    resume = verbs.add_parser("resume", help="lift the pause of the account")
    resume.add_argument("account")
    resume.set_defaults(run=_resume)
    disconnect = verbs.add_parser("disconnect", help="forget the account and its tokens")
    disconnect.add_argument("account")
    disconnect.add_argument("--force", action="store_true", help="even with posts planned")
    disconnect.set_defaults(run=_disconnect)


def _connect(context: Context, options: Namespace) -> Result:
    made = connect(context, options)
    lines = [_told(one) for one in made]
    documents = [_document(one.account) for one in made]
    warnings = [warning for one in made for warning in one.warnings]
    return Result({"account": documents[0], "accounts": documents}, lines, warnings=warnings)


def _told(one: Connected) -> str:
    again = " again" if one.reconnected else ""
    return f"Connected @{one.account.username}{again} ({one.account.id})."


def _list(context: Context, options: Namespace) -> Result:
    del options
    accounts = context.seat.accounts.list(context.seat.member)
    rows = [
        [a.id, a.network.value, f"@{a.username}", "paused" if a.pause else a.status.value]
        for a in accounts
    ]
    lines = table(rows) or ["No account is connected yet."]
    return Result({"accounts": [_document(account) for account in accounts]}, lines)


def _check(context: Context, options: Namespace) -> Result:
    context.reach_sandbox()
    checked = context.seat.accounts.check(context.seat.member, options.account)
    document: dict[str, object] = {"account": _document(checked.account)}
    if checked.problem is None:
        return Result(document, [f"@{checked.account.username} works."])
    raise checked.problem


def _refresh(context: Context, options: Namespace) -> Result:
    context.reach_sandbox()
    account = context.seat.accounts.refresh(context.seat.member, options.account)
    return Result({"account": _document(account)}, [f"@{account.username} has fresh tokens."])


def _set(context: Context, options: Namespace) -> Result:
    seat = context.seat
    account = seat.accounts.set_preflight(seat.member, options.account, options.preflight)
    minutes = account.preflight_minutes
    said = f"announced {minutes} minutes before they go out" if minutes else "not announced"
    return Result({"account": _document(account)}, [f"Posts of @{account.username} are {said}."])


def _pause(context: Context, options: Namespace) -> Result:
    context.seat.pausing.pause_account(options.account, options.reason)
    account = _account(context, options.account)
    lines = [
        f"Nothing of @{account.username} goes out any more; what was being sent is finished.",
        f"Resume with: postflow account resume {account.id}",
    ]
    return Result({"account": _document(account)}, lines)


def _resume(context: Context, options: Namespace) -> Result:
    seat = context.seat
    was_paused = seat.pausing.resume_account(options.account)
    account = _account(context, options.account)
    lines = [f"@{account.username} {'goes on' if was_paused else 'was not paused'}."]
    if seat.organization.id in seat.pausing.standing().organizations:
        lines.append("Publishing as a whole is still paused: postflow publishing status")
    return Result({"account": _document(account)}, lines)


def _account(context: Context, account_id: str) -> SocialAccount:
    seat = context.seat
    return next(a for a in seat.accounts.list(seat.member) if a.id == account_id)


def _disconnect(context: Context, options: Namespace) -> Result:
    context.reach_sandbox()
    gone = context.seat.accounts.disconnect(
        context.seat.member, options.account, force=options.force
    )
    document = {"account": {"id": gone.account.id}, "revoked": gone.revoked}
    lines = [f"@{gone.account.username} is disconnected."]
    return Result(document, lines, warnings=[gone.note] if gone.note else [])


def _document(account: SocialAccount) -> dict[str, object]:
    error = None
    if account.last_error_code:
        error = {"code": account.last_error_code, "message": account.last_error_message}
    return {
        "id": account.id,
        "network": account.network.value,
        "username": account.username,
        "status": account.status.value,
        "displayName": account.display_name,
        "userId": account.user_id,
        "service": account.service,
        "tokenExpiresAt": utc_text(account.token_expires_at),
        "error": error,
        "pause": pause_document(account.pause),
        "preflightMinutes": account.preflight_minutes,
    }
