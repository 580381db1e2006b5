"""`postflow post metrics` and `postflow account metrics`: how posts and accounts are doing."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Mapping, Sequence
from typing import Any

from postflow_desktop.cli.context import Context
from postflow_desktop.cli.output import Result, error_document, table
from postflow_desktop.domain.account import SocialAccount
from postflow_desktop.domain.errors import PostFlowError
from postflow_desktop.domain.metrics import (
    READ_FROM,
    AccountDay,
    MeasuredPost,
    Untold,
    not_told,
    sentence,
)
from postflow_desktop.domain.network import Network
from postflow_desktop.domain.time import utc_text
from postflow_desktop.services.insights import MemberInsights, PostLook

MOST_DAYS = 366


def add_post(parser: ArgumentParser) -> None:
    """The grammar for posts."""
    parser.add_argument("post")
    parser.add_argument("--refresh", action="store_true", help="ask the networks now")
    parser.set_defaults(run=_post)


def add_account(parser: ArgumentParser) -> None:
    """The grammar for accounts."""
    parser.add_argument("account")
    parser.add_argument("--refresh", action="store_true", help="ask the network now")
    parser.add_argument(
        "--days", type=int, default=30, metavar="N", help="the last N days that are known; 30"
    )
    parser.set_defaults(run=_account)


def _post(context: Context, options: Namespace) -> Result:
    if options.refresh:
        context.reach_sandbox()
    looks = _insights(context).post(options.post, refresh=options.refresh)
    document: dict[str, Any] = {
        "postId": options.post,
        "metrics": [_look_document(look) for look in looks],
    }
    lines = [line for look in looks for line in _look_lines(context, look)]
    problem = next((look.problem for look in looks if look.problem is not None), None)
    if problem is not None:
        document |= error_document(problem)
    return Result(
        document,
        lines or ["The post is not out on any account, so there are no numbers."],
        exit_code=0 if problem is None else problem.exit_code,
    )


def _account(context: Context, options: Namespace) -> Result:
    if options.refresh:
        context.reach_sandbox()
    seat, account_id = context.seat, options.account
    limit = max(1, min(options.days, MOST_DAYS))
    days = _insights(context).account(account_id, refresh=options.refresh, days=limit)
    account = context.workspace.cluster.accounts.get(seat.organization.id, account_id)
    document = {
        "accountId": account_id,
        "latest": _day_document(days[0]) if days else None,
        "days": [_day_document(day) for day in days],
    }
    return Result(document, _account_lines(context, account, days))


def _insights(context: Context) -> MemberInsights:
    from postflow_desktop.bootstrap.looking import member_insights

    return member_insights(context.seat)


def _look_document(look: PostLook) -> dict[str, Any]:
    result, measured = look.target.result, look.measured
    problem = look.problem
    return {
        "targetId": look.target.id,
        "accountId": look.target.account_id,
        "network": look.target.network.value,
        "externalId": None if result is None else result.external_id,
        "url": None if result is None else result.url,
        "told": look.is_told,
        "metrics": None if measured is None else measured.metrics.numbers,
        "notTold": [] if measured is None else list(measured.metrics.untold),
        "reason": _reason(None if measured is None else measured.metrics.reason),
        "fetchedAt": None if measured is None else utc_text(measured.fetched_at),
        "goneAt": None if measured is None else utc_text(measured.gone_at),
        "error": None if problem is None else error_document(problem)["error"],
    }


def _day_document(day: AccountDay) -> dict[str, Any]:
    return {
        "day": day.day.isoformat(),
        "metrics": day.metrics.numbers,
        "notTold": list(day.metrics.untold),
        "reason": _reason(day.metrics.reason),
        "fetchedAt": utc_text(day.fetched_at),
    }


def _reason(reason: Untold | None) -> dict[str, str] | None:
    return None if reason is None else {"code": reason.value, "text": sentence(reason)}


def _look_lines(context: Context, look: PostLook) -> list[str]:
    title = _title(context, look.target.network)
    name = title if look.account is None else f"{title}, @{look.account.username}"
    return [
        name,
        *(f"  {line}" for line in _told_lines(look, title)),
        *_problem_lines(look.problem),
    ]


def _told_lines(look: PostLook, title: str) -> list[str]:
    if not look.is_told:
        return [_unread(title)]
    if look.measured is None:
        return ["Not measured yet."]
    return measured_lines(look.measured, title)


def measured_lines(measured: MeasuredPost, title: str) -> list[str]:
    """A measurement for people."""
    metrics = measured.metrics
    lines = [_numbers(metrics.numbers), not_told(metrics.untold, title), sentence(metrics.reason)]
    lines.append(f"Told at {measured.fetched_at:%Y-%m-%d %H:%M} UTC.")
    if measured.gone_at is not None:
        lines.append(f"The post is no longer on {title}; these are the last numbers.")
    return [line for line in lines if line]


def _problem_lines(problem: PostFlowError | None) -> list[str]:
    if problem is None:
        return []
    return [f"  {problem.message}", *([f"  → {problem.fix}"] if problem.fix else [])]


def _account_lines(
    context: Context, account: SocialAccount | None, days: Sequence[AccountDay]
) -> list[str]:
    if account is None:
        return []
    title = _title(context, account.network)
    if not days:
        told = account.network in READ_FROM
        why = "It is not measured yet." if told else _unread(title)
        return [f"{title}, @{account.username}", f"  {why}"]
    last = days[0].metrics
    rows = [[day.day.isoformat(), _numbers(day.metrics.numbers)] for day in days]
    notes = [not_told(last.untold, title), sentence(last.reason)]
    return [
        f"{title}, @{account.username}",
        *(f"  {line}" for line in table(rows)),
        *(f"  {note}" for note in notes if note),
    ]


def _unread(title: str) -> str:
    return f"PostFlow does not read numbers from {title} yet."


def _numbers(numbers: Mapping[str, int | None]) -> str:
    return ", ".join(f"{name} {value:,}" for name, value in numbers.items() if value is not None)


def _title(context: Context, network: Network) -> str:
    publisher = context.machine.publishers.get(network)
    return network.value if publisher is None else publisher.rules.title
