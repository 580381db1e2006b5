"""`postflow account connect|list|check|refresh|disconnect`."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from postflow_desktop.cli.arguments import WrongUsage
from postflow_desktop.cli.context import Context
from postflow_desktop.cli.output import Result, table
from postflow_desktop.domain.account import SocialAccount
from postflow_desktop.domain.errors import InvalidInput
from postflow_desktop.domain.network import Network
from postflow_desktop.domain.time import utc_text
from postflow_desktop.services.accounts import ConnectRequest

NETWORKS = (Network.BLUESKY,)
SANDBOXED = (
    Network.BLUESKY,
    Network.FACEBOOK,
    Network.TELEGRAM,
    Network.THREADS,
    Network.X,
)


def add(parser: ArgumentParser) -> None:
    """The grammar."""
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    connect = verbs.add_parser("connect", help="connect an account, or connect it again")
    connect.add_argument("network", choices=[network.value for network in SANDBOXED])
    connect.add_argument("--handle", help="for example you.bsky.social")
    connect.add_argument(
        "--sandbox",
        action="store_true",
        help="an account that only this computer has, to try everything without the network",
    )
    connect.add_argument("--service", help="address of the server (default: https://bsky.social)")
    connect.set_defaults(run=_connect)
    verbs.add_parser("list", help="the accounts of the organization").set_defaults(run=_list)
    check = verbs.add_parser("check", help="ask the network whether the account works")
    check.add_argument("account")
    check.set_defaults(run=_check)
    refresh = verbs.add_parser("refresh", help="get fresh tokens")
    refresh.add_argument("account")
    refresh.set_defaults(run=_refresh)
    disconnect = verbs.add_parser("disconnect", help="forget the account and its tokens")
    disconnect.add_argument("account")
    disconnect.add_argument("--force", action="store_true", help="even with posts planned")
    disconnect.set_defaults(run=_disconnect)


def _connect(context: Context, options: Namespace) -> Result:
    seat = context.seat
    network = Network(options.network)
    if options.sandbox:
        return _connect_sandbox(context, network, options.handle or "bakery")
    handle = _checked_handle(network, options.handle)
    secret = context.account_secret(f"App password of {handle}: ")
    request = ConnectRequest(
        network=network,
        service=options.service or context.machine.endpoints[network]["service"],
        username=handle,
        secret=secret,
    )
    made = seat.accounts.connect(seat.member, request)
    again = " again" if made.reconnected else ""
    lines = [f"Connected @{made.account.username}{again} ({made.account.id})."]
    return Result({"account": _document(made.account)}, lines, warnings=made.warnings)


def _connect_sandbox(context: Context, network: Network, handle: str) -> Result:
    from postflow_desktop.bootstrap.sandbox import connect_sandbox_account

    name = handle
    if network is Network.BLUESKY and "." not in handle:
        name = f"{handle}.test"
    url = context.workspace.sandbox().url
    account = connect_sandbox_account(context.seat, url, network, name)
    lines = [f"Connected @{account.username} on the sandbox ({account.id}). Look at it: {url}"]
    return Result({"account": _document(account)}, lines)


def _checked_handle(network: Network, handle: str | None) -> str:
    if network not in NETWORKS:
        raise InvalidInput(
            f"{network.value} can't be connected from the command line yet.",
            code="sign_in_missing",
            fix=f"Try it on the sandbox: postflow account connect {network.value} --sandbox",
        )
    if handle is None:
        raise WrongUsage(
            "Whose account it is was not said.", fix="Name it: --handle you.bsky.social"
        )
    return handle


def _list(context: Context, options: Namespace) -> Result:
    del options
    accounts = context.seat.accounts.list(context.seat.member)
    rows = [[a.id, a.network.value, f"@{a.username}", a.status.value] for a in accounts]
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
    }
