"""The words of notices: what happened, what is kept, what to do. Pure.

The same thing reads the same on every machine (no locale, no clock), for a notice is raised anew
only where its words differ.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from postflow_desktop.domain.account import SocialAccount
from postflow_desktop.domain.coverage import Coverage
from postflow_desktop.domain.network import Network
from postflow_desktop.domain.notice import Notice, NoticeKind
from postflow_desktop.domain.target import Target, TargetStatus
from postflow_desktop.domain.text import excerpt
from postflow_desktop.domain.time import PlannedTime, plan_instant

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_NAMES = {
    Network.LINKEDIN: "LinkedIn",
    Network.TIKTOK: "TikTok",
    Network.YOUTUBE: "YouTube",
    Network.GOOGLE_BUSINESS: "Google Business",
}
_KEPT = "The post is kept."
_ASK = "Look at the account there, then say in PostFlow whether the post is out."


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """A target with what a person knows it by."""

    target: Target
    username: str
    """Empty where the account was disconnected."""
    text: str
    """What goes to this account."""
    timezone: str
    """The organization's, where the target has none of its own."""

    @property
    def planned(self) -> PlannedTime:
        """When it is or was planned, as its own clock has it."""
        target = self.target
        return plan_instant(target.scheduled_at, target.timezone or self.timezone)


def target_key(target_id: str) -> str:
    """The key of what became of a target."""
    return f"target:{target_id}"


def account_key(account_id: str) -> str:
    """The key of an account's state."""
    return f"account:{account_id}"


def coverage_key(target_id: str) -> str:
    """The key of nobody being awake for a target."""
    return f"coverage:{target_id}"


def preflight_key(target_id: str) -> str:
    """The key of a target that goes out shortly."""
    return f"preflight:{target_id}"


_ENDS = {
    TargetStatus.FAILED: NoticeKind.FAILED,
    TargetStatus.NEEDS_ATTENTION: NoticeKind.NEEDS_ATTENTION,
    TargetStatus.MISSED: NoticeKind.MISSED,
    TargetStatus.PUBLISHED: NoticeKind.PUBLISHED,
}
_SKIPPED = "skipped"
"""The code of what is late and, by the rule, left without asking."""
END_KINDS = frozenset({*_ENDS.values(), NoticeKind.SKIPPED})
"""What a settled target is told as."""


def kind_of_end(target: Target) -> NoticeKind | None:
    """What this target is told as; None where it did not end, or a person ended it."""
    error = target.last_error
    if target.status is TargetStatus.MISSED and error is not None and error.code == _SKIPPED:
        return NoticeKind.SKIPPED
    return _ENDS.get(target.status)


def end_notice(subject: Subject) -> Notice:
    """How a target ended; ValueError where it did not end."""
    target = subject.target
    kind = kind_of_end(target)
    if kind is None:
        raise ValueError(f"a target that is {target.status.value} did not end")
    error = target.last_error
    said = error.message if error is not None else ""
    advice = error.fix if error is not None else ""
    where = _where(subject)
    parts: tuple[str, ...]
    planned = f"It was planned for {wall_time(subject.planned)}."
    match kind:
        case NoticeKind.PUBLISHED:
            title, parts, advice = f"Published: {where}", (_quoted(subject.text), planned), ""
        case NoticeKind.NEEDS_ATTENTION:
            title = f"Is it out? {where}"
            kept = "It is kept, and not sent again unless you say so."
            parts, advice = (_quoted(subject.text), planned, said, kept), advice or _ASK
        case NoticeKind.MISSED | NoticeKind.SKIPPED:
            title = f"{'Missed' if kind is NoticeKind.MISSED else 'Skipped'}: {where}"
            parts = (_quoted(subject.text), planned, said, _KEPT)
            advice = advice or "Publish it now or give it a new time."
        case _:
            title = f"Not published: {where}"
            parts = (_quoted(subject.text), planned, said, _KEPT)
            advice = advice or "Open it, see to what is said here and try again."
    return Notice(
        key=target_key(target.id),
        organization_id=target.organization_id,
        kind=kind,
        title=title,
        text=" ".join(part for part in parts if part),
        fix=advice,
        at=target.updated_at,
        post_id=target.post_id,
        target_id=target.id,
        account_id=target.account_id,
        url=None if target.result is None else target.result.url or None,
    )


def expired_notice(account: SocialAccount, at: datetime) -> Notice:
    """An account that needs a new sign-in."""
    said = account.last_error_message or "Its permission to post has ended."
    return _account_notice(
        account,
        NoticeKind.ACCOUNT_EXPIRED,
        f"Connect {_account(account)} again",
        f"{said} Its planned posts are kept; they can't go out until then.",
        at,
    )


def expiring_notice(account: SocialAccount, days: int, timezone: str, at: datetime) -> Notice:
    """An account whose permission ends within 7 days or 1; ValueError without an end."""
    if account.ends_at is None:
        raise ValueError("this account's permission does not end")
    ends = wall_time(plan_instant(account.ends_at, timezone))
    soon = "a day" if days == 1 else f"{days} days"
    return _account_notice(
        account,
        NoticeKind.ACCOUNT_EXPIRING,
        f"{_account(account)} stops within {soon}",
        f"Its permission to post ends on {ends}. Planned posts are kept, and wait from then on.",
        at,
    )


def coverage_notice(subject: Subject, found: Coverage) -> Notice:
    """A post that is due when nobody is expected to be awake."""
    planned = wall_time(subject.planned)
    return _ahead(
        subject,
        NoticeKind.COVERAGE,
        coverage_key(subject.target.id),
        f"No computer may be on: {_where(subject)}",
        f"{_quoted(subject.text)} It is due on {planned}. {found.sentence} The post is kept: "
        "the next computer that is on deals with it.",
        found.fix,
    )


def preflight_notice(subject: Subject) -> Notice:
    """A post that goes out in some minutes."""
    planned = subject.planned
    return _ahead(
        subject,
        NoticeKind.PREFLIGHT,
        preflight_key(subject.target.id),
        f"Goes out at {planned.local[11:16]}: {_where(subject)}",
        f"{_quoted(subject.text)} It goes out on {wall_time(planned)}.",
        "Hold it, edit it or put it off by an hour; otherwise nothing is to do.",
    )


def wall_time(planned: PlannedTime) -> str:
    """`Sat 21 Nov, 09:00 (Europe/Berlin)`."""
    wall = datetime.fromisoformat(planned.local)
    day = f"{_DAYS[wall.weekday()]} {wall.day} {_MONTHS[wall.month - 1]}"
    return f"{day}, {wall:%H:%M} ({planned.timezone})"


def network_name(network: Network) -> str:
    """The network as it writes itself."""
    return _NAMES.get(network, network.value.title())


def _account_notice(
    account: SocialAccount, kind: NoticeKind, title: str, text: str, at: datetime
) -> Notice:
    return Notice(
        key=account_key(account.id),
        organization_id=account.organization_id,
        kind=kind,
        title=title,
        text=text,
        fix=_again(account.network),
        at=at,
        account_id=account.id,
    )


def _again(network: Network) -> str:
    if network is Network.LINKEDIN:
        return "Reconnect it under Accounts: one click, while you are signed in at LinkedIn."
    return "Reconnect it under Accounts."


def _ahead(subject: Subject, kind: NoticeKind, key: str, title: str, text: str, fix: str) -> Notice:
    target = subject.target
    return Notice(
        key=key,
        organization_id=target.organization_id,
        kind=kind,
        title=title,
        text=text,
        fix=fix,
        at=target.updated_at,
        post_id=target.post_id,
        target_id=target.id,
        account_id=target.account_id,
        due_at=target.scheduled_at,
    )


def _where(subject: Subject) -> str:
    network = network_name(subject.target.network)
    return f"@{subject.username} on {network}" if subject.username else network


def _account(account: SocialAccount) -> str:
    return f"@{account.username} on {network_name(account.network)}"


def _quoted(text: str) -> str:
    return f"“{excerpt(text)}”" if text.strip() else "A post without words."
