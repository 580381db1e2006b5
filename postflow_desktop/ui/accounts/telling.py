"""What there is to say about an account, in the window's words. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from postflow_desktop.domain.account import AccountStatus
from postflow_desktop.domain.account_use import AccountUse
from postflow_desktop.domain.account_words import limit_lines
from postflow_desktop.services.disconnecting import Disconnected, Revoked
from postflow_desktop.services.ports.replica import AccountRow
from postflow_desktop.ui.words import count_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """A line: what it is about, and what there is to say."""

    label: str
    text: str
    is_bad: bool = False


def facts_of(
    row: AccountRow,
    use: AccountUse | None,
    now: datetime,
    *,
    clock: Callable[[datetime], str],
    until: Callable[[datetime], str],
) -> Sequence[Fact]:
    """The lines of an account; `clock` writes a moment, `until` in short. Pure."""
    facts = [
        Fact(label="Sign-in", text=_sign_in(row, now, clock)),
        Fact(label="Last success", text=_success(row, use, clock)),
    ]
    if use is not None:
        limits = "\n".join(f"{line}." for line in limit_lines(use, until))
        if limits:
            facts.append(Fact(label="Quota", text=limits))
        if use.trouble is not None:
            said = f"{clock(use.trouble.at)}: {use.trouble.error.message}"
            facts.append(
                Fact(
                    label="Last error",
                    text=" ".join(filter(None, (said, use.trouble.error.fix))),
                    is_bad=True,
                )
            )
    return facts


def _sign_in(row: AccountRow, now: datetime, clock: Callable[[datetime], str]) -> str:
    if row.status is AccountStatus.REVOKED:
        return "None; its tokens are removed."
    if row.renews:
        until = row.token_expires_at
        ends = f" At the latest {clock(row.renewable_until)}." if row.renewable_until else ""
        if until is None or row.status is not AccountStatus.ACTIVE:
            return f"Renewed by itself.{ends}"
        if until <= now:
            return f"Signed in; renewed by itself at the next use.{ends}"
        return f"Signed in until {clock(until)}; renewed by itself.{ends}"
    ends_at = row.ends_at
    if ends_at is None:
        return "It has no end that is known."
    word = "Ended" if ends_at <= now else "Until"
    return f"{word} {clock(ends_at)}; the network does not renew it by itself."


def _success(row: AccountRow, use: AccountUse | None, clock: Callable[[datetime], str]) -> str:
    parts = []
    if use is not None:
        at = use.last_published_at
        parts.append("No post yet" if at is None else f"Post {clock(at)}")
    checked = max(filter(None, (row.last_checked_at, row.last_refreshed_at)), default=None)
    if checked is not None:
        parts.append(f"{'sign-in' if parts else 'Sign-in'} {clock(checked)}")
    return "; ".join(parts) + "." if parts else "None is known."


def told(gone: Disconnected) -> str:
    """What became of it, for a person at the window."""
    name = f"@{gone.account.username}"
    parts = [f"{name} is disconnected."]
    if gone.sign_in is Revoked.REVOKED:
        parts = [f"{name} is disconnected, and its sign-in revoked."]
    if gone.canceled:
        parts.append(f"{count_of(gone.canceled, 'post', 'posts')} taken out of the plan.")
    if gone.kept:
        parts.append(f"{count_of(gone.kept, 'post waits', 'posts wait')} until it is reconnected.")
    return " ".join([*parts, gone.note]).strip()
