"""What the window calls things: statuses, outcomes, networks, times, and fixes that fit a window.

Pure functions. Fixes of the lower layers sometimes name a command; people at a window get the
same advice in the window's terms, by the error's stable code.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from postflow_desktop.domain.account import AccountStatus
from postflow_desktop.domain.account_health import AccountHealth, HealthLevel
from postflow_desktop.domain.errors import PostFlowError
from postflow_desktop.domain.network import Network
from postflow_desktop.domain.outcome import OutcomeKind
from postflow_desktop.domain.pause import Pause
from postflow_desktop.domain.post import Post, PostStatus
from postflow_desktop.domain.target import TargetStatus
from postflow_desktop.domain.time import zone

Tone = Literal["text2", "accent", "success", "warning", "danger", "info"]
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = (
    *("Jan", "Feb", "Mar", "Apr", "May", "Jun"),
    *("Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
)


@dataclass(frozen=True, slots=True)
class StatusLook:
    """How a status is shown: never by colour alone."""

    word: str
    tone: Tone
    """A tone of the kit's pills and texts."""
    icon: str


_POST = {
    PostStatus.DRAFT: StatusLook("Draft", "text2", "pencil-simple"),
    PostStatus.SCHEDULED: StatusLook("Scheduled", "accent", "clock"),
    PostStatus.QUEUED: StatusLook("Queued", "accent", "list-bullets"),
    PostStatus.PUBLISHING: StatusLook("Publishing", "info", "spinner-gap"),
    PostStatus.PUBLISHED: StatusLook("Published", "success", "check-circle"),
    PostStatus.FAILED: StatusLook("Failed", "danger", "warning"),
}
_FAILURES = {
    "partial": StatusLook("Partly out", "danger", "warning"),
    "missed": StatusLook("Missed", "warning", "pause"),
    "needs_attention": StatusLook("Needs you", "warning", "warning-circle"),
}
_TARGET = {
    TargetStatus.PENDING: StatusLook("Scheduled", "accent", "clock"),
    TargetStatus.CLAIMED: StatusLook("Publishing", "info", "spinner-gap"),
    TargetStatus.SENDING: StatusLook("Publishing", "info", "spinner-gap"),
    TargetStatus.PROCESSING: StatusLook("Processing", "info", "spinner-gap"),
    TargetStatus.RECONCILING: StatusLook("Checking", "info", "magnifying-glass"),
    TargetStatus.PUBLISHED: StatusLook("Published", "success", "check-circle"),
    TargetStatus.FAILED: StatusLook("Failed", "danger", "warning"),
    TargetStatus.MISSED: StatusLook("Missed", "warning", "pause"),
    TargetStatus.NEEDS_ATTENTION: StatusLook("Needs you", "warning", "warning-circle"),
    TargetStatus.CANCELED: StatusLook("Canceled", "text2", "x-circle"),
}
_ACCOUNT = {
    AccountStatus.ACTIVE: StatusLook("Connected", "success", "check-circle"),
    AccountStatus.EXPIRED: StatusLook("Sign-in expired", "danger", "plugs"),
    AccountStatus.REVOKED: StatusLook("Disconnected", "danger", "plugs"),
    AccountStatus.ERROR: StatusLook("Has a problem", "warning", "warning-circle"),
}
_CANT_POST = StatusLook("Can't post", "danger", "plugs")
_HAD_A_PROBLEM = StatusLook("Had a problem", "warning", "warning-circle")
_ATTENTION = {
    "expiring": StatusLook("Ends soon", "warning", "clock"),
    "rate_limited": StatusLook("At its limit", "warning", "clock"),
    "scope_missing": StatusLook("Not all allowed", "warning", "warning-circle"),
}
_OUTCOMES = {
    OutcomeKind.PUBLISHED: StatusLook("Published", "success", "check-circle"),
    OutcomeKind.NOT_SENT: StatusLook("Nothing was sent", "text2", "minus-circle"),
    OutcomeKind.REJECTED_FOR_NOW: StatusLook("The network asked to wait", "warning", "clock"),
    OutcomeKind.REJECTED: StatusLook("The network refused it", "danger", "x-circle"),
    OutcomeKind.UNAUTHORIZED: StatusLook("The sign-in was not accepted", "danger", "plugs"),
    OutcomeKind.AMBIGUOUS: StatusLook("No clear answer: it may be out", "warning", "question"),
    OutcomeKind.PROCESSING: StatusLook("Accepted, not out yet", "info", "spinner-gap"),
    OutcomeKind.DUPLICATE: StatusLook("Refused as a duplicate", "warning", "copy"),
}
_UNKNOWN_OUTCOME = StatusLook("Started; its end is not known yet", "info", "spinner-gap")
_NETWORKS = {
    Network.X: "X",
    Network.LINKEDIN: "LinkedIn",
    Network.TIKTOK: "TikTok",
    Network.YOUTUBE: "YouTube",
    Network.GOOGLE_BUSINESS: "Google Business",
}
_MISSING = "It may have been deleted on another machine."
_FIXES = {
    "account_in_use": "Say what becomes of these posts, then disconnect.",
    "account_not_connected": "Connect the account again under Accounts.",
    "changed_meanwhile": "Look at the post as it is now, then try again.",
    "locked": "Sign in again with your password.",
    "not_signed_in": "Sign in with your e-mail, password and recovery code.",
    "nothing_to_cancel": "Nothing of it is planned any more.",
    "nothing_to_plan": "Look at the post: nothing of it can be planned as it stands.",
    "published": "Choose Delete everywhere to remove it on the networks too.",
    "recovery_needed": "Check the e-mail, and type the recovery code you were shown when you "
    "made your account.",
    "time_in_past": "Choose a later time, or publish it now.",
    "too_late": "Look at the post as it is now.",
    "too_soon": "Choose a later time, or publish it now.",
    "under_way": "Wait a moment; what comes of it will be shown here.",
    "unknown_account": _MISSING,
    "unknown_post": _MISSING,
}


def post_look(post: Post) -> StatusLook:
    """How a post's status is shown; failures by what kind they are."""
    if post.status is PostStatus.FAILED:
        return _FAILURES.get(post.failure_code or "", _POST[PostStatus.FAILED])
    return _POST[post.status]


def target_look(status: TargetStatus) -> StatusLook:
    """How a target's status is shown."""
    return _TARGET[status]


def account_look(status: AccountStatus) -> StatusLook:
    """How an account's status is shown."""
    return _ACCOUNT[status]


def health_look(status: AccountStatus, health: AccountHealth) -> StatusLook:
    """How an account's health is shown, by what counts most."""
    first = health.first
    if first is None:
        return _ACCOUNT[AccountStatus.ACTIVE]
    if health.level is HealthLevel.BROKEN:
        known = _ACCOUNT[status]
        return known if known.tone == "danger" else _CANT_POST
    return _ATTENTION.get(first.code, _HAD_A_PROBLEM)


def outcome_look(outcome: str | None) -> StatusLook:
    """What an attempt led to, in plain words; None and unknown words: not known."""
    try:
        return _OUTCOMES[OutcomeKind(outcome or "")]
    except ValueError:
        return _UNKNOWN_OUTCOME


def network_title(network: Network) -> str:
    """The network's name as it writes itself."""
    return _NETWORKS.get(network, network.value.title())


def fix_for(code: str, fix: str) -> str:
    """The advice for somebody at a window; without one of our own, as it came."""
    return _FIXES.get(code, fix)


def explain(error: PostFlowError) -> str:
    """What happened and what to do, as one text."""
    return f"{error.message} {fix_for(error.code, error.fix)}".strip()


def when(moment: datetime, zone_name: str, now: datetime) -> str:
    """`Thu 26 Nov, 09:30 CET`; with the year where it is not this one."""
    shown = moment.astimezone(zone(zone_name))
    year = "" if shown.year == now.astimezone(shown.tzinfo).year else f" {shown.year}"
    day = f"{_DAYS[shown.weekday()]} {shown.day} {_MONTHS[shown.month - 1]}{year}"
    return f"{day}, {shown:%H:%M} {shown.tzname() or zone_name}"


def until_when(moment: datetime, zone_name: str, now: datetime) -> str:
    """`14:30` for today, else as `when`."""
    shown = moment.astimezone(zone(zone_name))
    if shown.date() == now.astimezone(shown.tzinfo).date():
        return f"{shown:%H:%M}"
    return when(moment, zone_name, now)


def pause_words(pause: Pause, who: str, zone_name: str, now: datetime) -> str:
    """Why, who and since when: `“Storm warning” · Ana, since 09:30`."""
    shown, today = pause.at.astimezone(zone(zone_name)), now.astimezone(zone(zone_name))
    same_day = shown.date() == today.date()
    since = f"since {shown:%H:%M}" if same_day else f"since {when(pause.at, zone_name, now)}"
    said = f"{who}, {since}" if who else since[:1].upper() + since[1:]
    return f"“{pause.reason}” · {said}" if pause.reason else said


def moment_of_day(moment: datetime, zone_name: str, now: datetime) -> str:
    """`09:30:12` for today, else `26 Nov, 09:30:12`, for lists of events."""
    shown = moment.astimezone(zone(zone_name))
    if shown.date() == now.astimezone(shown.tzinfo).date():
        return f"{shown:%H:%M:%S}"
    return f"{shown.day} {_MONTHS[shown.month - 1]}, {shown:%H:%M:%S}"


def count_of(number: int, one: str, many: str) -> str:
    """`1 post`, `3 posts`."""
    return f"{number} {one if number == 1 else many}"
