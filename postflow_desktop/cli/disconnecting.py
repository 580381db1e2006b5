"""`postflow account disconnect`: says what it concerns before it does it."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from postflow_desktop.cli.context import Context
from postflow_desktop.cli.output import Result
from postflow_desktop.domain.errors import Conflict
from postflow_desktop.domain.time import utc_text
from postflow_desktop.services.disconnecting import (
    Disconnected,
    DisconnectPlan,
    PostsThen,
    Revoked,
)


def add(parser: ArgumentParser) -> None:
    """The grammar."""
    parser.add_argument("account")
    parser.add_argument(
        "--posts",
        choices=[then.value for then in PostsThen],
        help="what becomes of posts that are planned: cancel takes them out of the plan, keep "
        "lets them wait until the account is connected again",
    )
    parser.add_argument("--yes", action="store_true", help="do it, though posts are planned")
    parser.set_defaults(run=_disconnect)


def _disconnect(context: Context, options: Namespace) -> Result:
    from postflow_desktop.bootstrap.accounts import disconnect_service

    context.reach_sandbox()
    service = disconnect_service(context.seat)
    then = None if options.posts is None else PostsThen(options.posts)
    plan = service.plan(options.account)
    if plan.waiting and not (then and options.yes):
        raise _not_agreed(plan, then)
    gone = service.disconnect(options.account, then)
    document = {
        "account": {"id": gone.account.id},
        "revoked": gone.revoked,
        "signIn": gone.sign_in.value,
        "canceled": gone.canceled,
        "kept": gone.kept,
    }
    return Result(document, _lines(gone), warnings=[gone.note] if gone.note else [])


def _not_agreed(plan: DisconnectPlan, then: PostsThen | None) -> Conflict:
    """What would happen, and how to say that it may."""
    first, last = (f"{utc_text(at) or ''}"[:16] for at in (plan.first_at, plan.last_at))
    span = f"planned for {first} UTC" if plan.waiting == 1 else f"from {first} to {last} UTC"
    posts = "1 scheduled post" if plan.waiting == 1 else f"{plan.waiting} scheduled posts"
    whats = {
        PostsThen.CANCEL: "would be taken out of the plan; what goes nowhere else is a draft again",
        PostsThen.KEEP: "would stay planned, paused, until the account is connected again",
    }
    becomes = f" They {whats[then]}." if then else ""
    choice = (
        f"--posts {then.value} --yes" if then else "--posts cancel --yes, or --posts keep --yes"
    )
    return Conflict(
        f"{posts} for @{plan.account.username} would be concerned, {span}.{becomes} Nothing was "
        "changed.",
        code="account_in_use",
        fix=f"Say so: {choice}",
    )


def _lines(gone: Disconnected) -> list[str]:
    name = f"@{gone.account.username}"
    revoked = {
        Revoked.REVOKED: "its sign-in was revoked at the network",
        Revoked.SHARED: "its sign-in at the network stays for the others",
        Revoked.NOT_REVOKED: "its tokens are removed here",
        Revoked.NONE_LEFT: "its sign-in had gone before",
    }[gone.sign_in]
    lines = [f"{name} is disconnected; {revoked}."]
    if gone.canceled:
        lines.append(f"Taken out of the plan: {gone.canceled}.")
    if gone.kept:
        lines.append(
            f"Kept until it is connected again: {gone.kept}. "
            f"postflow account connect {gone.account.network.value}"
        )
    return lines
