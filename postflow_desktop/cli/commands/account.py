"""`postflow account connect|list|check|refresh|set|pause|resume|metrics|disconnect`."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Sequence

from postflow_desktop.cli import disconnecting, measuring
from postflow_desktop.cli.account_documents import account_document, account_lines, state_word
from postflow_desktop.cli.arguments import WrongUsage
from postflow_desktop.cli.connecting import NETWORKS, connect
from postflow_desktop.cli.context import Context
from postflow_desktop.cli.output import Result, error_document, table
from postflow_desktop.domain.account import SocialAccount
from postflow_desktop.domain.account_health import health_of
from postflow_desktop.domain.errors import PostFlowError, Refused
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
    adding.add_argument(
        "--browser",
        action="store_true",
        help="on the network's own page, where a secret would do too (bluesky)",
    )
    adding.add_argument(
        "--again", metavar="ID", help="the account to connect again; nobody else is taken"
    )
    adding.add_argument("--service", help="address of the server (default: https://bsky.social)")
    adding.set_defaults(run=_connect)
    verbs.add_parser("list", help="the accounts of the organization").set_defaults(run=_list)
    check = verbs.add_parser("check", help="ask the network whether the account works")
    check.add_argument("account", nargs="?")
    check.add_argument("--all", action="store_true", help="every account of the organization")
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
    measuring.add_account(verbs.add_parser("metrics", help="followers and posts, day by day"))
    leaving = verbs.add_parser("disconnect", help="forget the account and its tokens")
    disconnecting.add(leaving)


def _connect(context: Context, options: Namespace) -> Result:
    made = connect(context, options)
    lines = [_told(one) for one in made]
    now = context.workspace.cluster.targets.now()
    documents = [account_document(one.account, now) for one in made]
    warnings = [warning for one in made for warning in one.warnings]
    return Result({"account": documents[0], "accounts": documents}, lines, warnings=warnings)


def _told(one: Connected) -> str:
    again = " again" if one.reconnected else ""
    return f"Connected @{one.account.username}{again} ({one.account.id})."


def _list(context: Context, options: Namespace) -> Result:
    del options
    accounts = context.seat.accounts.list(context.seat.member)
    known = _Known(context)
    lines: list[str] = []
    for account, head in zip(accounts, known.heads(accounts), strict=True):
        lines += [head, *(f"    {line}" for line in known.lines(account))]
    documents = [known.document(account) for account in accounts]
    return Result({"accounts": documents}, lines or ["No account is connected yet."])


def _check(context: Context, options: Namespace) -> Result:
    if options.all == (options.account is not None):
        raise WrongUsage(
            "Which account is to be checked was not said.", fix="Name one, or say --all."
        )
    context.reach_sandbox()
    if options.all:
        return _check_all(context)
    checked = context.seat.accounts.check(context.seat.member, options.account)
    if checked.problem is not None:
        raise checked.problem
    known = _Known(context)
    lines = [f"@{checked.account.username} works.", *known.lines(checked.account)]
    return Result({"account": known.document(checked.account)}, lines)


def _check_all(context: Context) -> Result:
    """Every account, whatever becomes of the others; what can't be asked is left as it is."""
    service, member = context.seat.accounts, context.seat.member
    said: dict[str, PostFlowError | None] = {}
    for account in service.list(member):
        try:
            said[account.id] = service.check(member, account.id).problem
        except PostFlowError as refused:
            said[account.id] = refused
    known, documents, lines = _Known(context), [], []
    for account in service.list(member):
        error = said.get(account.id)
        documents.append(
            {
                **known.document(account),
                "check": None if error is None else error_document(error)["error"],
            }
        )
        name = f"@{account.username} ({account.network.value})"
        lines.append(f"{name} works." if error is None else f"{name}: {error.message}")
        if error is not None and error.fix:
            lines.append(f"    → {error.fix}")
    problems = [problem for problem in said.values() if problem is not None]
    is_refused = any(isinstance(problem, Refused) for problem in problems)
    exit_code = 3 if is_refused else 4 if problems else 0
    return Result({"accounts": documents, "problems": len(problems)}, lines, exit_code=exit_code)


def _refresh(context: Context, options: Namespace) -> Result:
    context.reach_sandbox()
    account = context.seat.accounts.refresh(context.seat.member, options.account)
    known = _Known(context)
    lines = [f"@{account.username} has fresh tokens.", *known.lines(account)]
    return Result({"account": known.document(account)}, lines)


class _Known:
    """The accounts with what the cluster knows of their use, read once."""

    def __init__(self, context: Context) -> None:
        cluster, organization = context.workspace.cluster, context.seat.organization
        self._uses = cluster.account_uses.of(organization.id)
        self._now = cluster.targets.now()

    def heads(self, accounts: Sequence[SocialAccount]) -> list[str]:
        """A line for each of them, in columns."""
        return table(
            [
                [
                    a.id,
                    a.network.value,
                    f"@{a.username}",
                    state_word(a, health_of(a, self._now, self._uses.get(a.id))),
                ]
                for a in accounts
            ]
        )

    def lines(self, account: SocialAccount) -> list[str]:
        """What there is to say below its name."""
        return account_lines(account, self._now, self._uses.get(account.id))

    def document(self, account: SocialAccount) -> dict[str, object]:
        """The same for scripts."""
        return account_document(account, self._now, self._uses.get(account.id))


def _set(context: Context, options: Namespace) -> Result:
    seat = context.seat
    account = seat.accounts.set_preflight(seat.member, options.account, options.preflight)
    minutes = account.preflight_minutes
    said = f"announced {minutes} minutes before they go out" if minutes else "not announced"
    return Result(
        {"account": _plain(context, account)}, [f"Posts of @{account.username} are {said}."]
    )


def _pause(context: Context, options: Namespace) -> Result:
    context.seat.pausing.pause_account(options.account, options.reason)
    account = _account(context, options.account)
    lines = [
        f"Nothing of @{account.username} goes out any more; what was being sent is finished.",
        f"Resume with: postflow account resume {account.id}",
    ]
    return Result({"account": _plain(context, account)}, lines)


def _resume(context: Context, options: Namespace) -> Result:
    seat = context.seat
    was_paused = seat.pausing.resume_account(options.account)
    account = _account(context, options.account)
    lines = [f"@{account.username} {'goes on' if was_paused else 'was not paused'}."]
    if seat.organization.id in seat.pausing.standing().organizations:
        lines.append("Publishing as a whole is still paused: postflow publishing status")
    return Result({"account": _plain(context, account)}, lines)


def _account(context: Context, account_id: str) -> SocialAccount:
    seat = context.seat
    return next(a for a in seat.accounts.list(seat.member) if a.id == account_id)


def _plain(context: Context, account: SocialAccount) -> dict[str, object]:
    return account_document(account, context.workspace.cluster.targets.now())
