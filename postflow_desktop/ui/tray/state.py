"""What the tray says, worked out from how each workspace stands. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum

from postflow_desktop.domain.errors import ClusterUnreachable, PostFlowError
from postflow_desktop.domain.text import excerpt
from postflow_desktop.domain.time import zone
from postflow_desktop.services.agenda import SOON, DuePost
from postflow_desktop.ui.backend import Outlook
from postflow_desktop.ui.words import count_of

NEXT = 3
"""Posts in the menu."""
_TITLE = 40
_NO_WORDS = "Post without text"
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_LONG_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    *("Jan", "Feb", "Mar", "Apr", "May", "Jun"),
    *("Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
)


class Mark(Enum):
    """What the icon shows, beside the dot."""

    NORMAL = "normal"
    PAUSED = "paused"
    OFFLINE = "offline"
    ERROR = "error"


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """One workspace, as it was seen last."""

    workspace_id: str
    name: str
    timezone: str
    is_sample: bool = False
    posts: tuple[DuePost, ...] = ()
    attention: int = 0
    accounts: tuple[str, ...] = ()
    """A sentence for each account that needs somebody."""
    pause_reason: str | None = None
    away_since: datetime | None = None
    """Since when its cluster does not answer."""
    problem: str = ""
    """Why it can't be used though it is not away."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NextPost:
    """A post in the menu."""

    workspace_id: str
    post_id: str
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """What closing the window would leave alone."""

    count: int = 0
    """Due within 48 hours."""
    uncovered: int = 0
    """Of these, those that no other computer is expected to publish."""
    until: str = ""
    """The day of the last one, as "Monday"."""
    lines: tuple[str, ...] = ()
    """The first uncovered ones."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrayState:
    """Everything that icon and menu show."""

    mark: Mark = Mark.NORMAL
    status: str = "Nobody is signed in"
    next: tuple[NextPost, ...] = ()
    today: int = 0
    attention: int = 0
    accounts: tuple[str, ...] = ()
    """A sentence for each account that needs somebody."""
    accounts_at: str = ""
    """The workspace of the first of them."""
    paused: bool = False
    """Publishing is paused in all workspaces that are known."""
    is_known: bool = False
    """Somebody is signed in somewhere."""
    due: Due = Due()

    @property
    def has_dot(self) -> bool:
        """Something waits for a person."""
        return self.attention > 0 or bool(self.accounts)

    @property
    def tip(self) -> str:
        """The icon's tool tip."""
        needs = attention_words(self.attention)
        lines = [f"PostFlow: {self.status}"]
        if needs and needs != self.status:
            lines.append(needs)
        if len(self.accounts) == 1:
            lines.append(self.accounts[0])
        elif self.accounts:
            lines.append(accounts_words(len(self.accounts)))
        return "\n".join(lines)


def standing_of(outlook: Outlook, before: Standing | None, now: datetime) -> Standing:
    """A workspace by what its cluster said; where it said nothing, what was known before stays."""
    agenda = outlook.agenda
    known = Standing(
        workspace_id=outlook.workspace_id,
        name=outlook.name,
        timezone=outlook.timezone,
        is_sample=outlook.is_sample,
    )
    if agenda is not None:
        return replace(
            known,
            posts=agenda.posts,
            attention=agenda.attention,
            accounts=agenda.accounts,
            pause_reason=agenda.pause_reason,
        )
    known = before or known
    if outlook.problem is None or is_away(outlook.problem):
        return replace(known, away_since=known.away_since or now, problem="")
    return replace(known, away_since=None, problem=outlook.problem.message)


def is_away(problem: PostFlowError) -> bool:
    """The cluster does not answer; anything else is an error that somebody has to look at."""
    return isinstance(problem, ClusterUnreachable)


def tray_state(standings: Sequence[Standing], here: str, now: datetime) -> TrayState:
    """All workspaces together; `here` is the one that the window shows."""
    if not standings:
        return TrayState()
    coming = _in_order(standings)
    today = sum(_is_today(post.at, of.timezone, now) for of, post in coming)
    attention = sum(one.attention for one in standings)
    mark, status = _status(standings, here, now, coming, today, attention)
    following = [(of, post) for of, post in coming if post.at >= now]
    return TrayState(
        mark=mark,
        status=status,
        next=tuple(
            NextPost(
                workspace_id=of.workspace_id,
                post_id=post.post_id,
                label=_label(of, post, now, named=len(standings) > 1),
            )
            for of, post in following[:NEXT]
        ),
        today=today,
        attention=attention,
        accounts=tuple(words for one in standings for words in one.accounts),
        accounts_at=next((one.workspace_id for one in standings if one.accounts), ""),
        paused=all(one.pause_reason is not None for one in standings),
        is_known=True,
        due=_due(coming, now, named=len(standings) > 1),
    )


def attention_words(count: int) -> str:
    """`2 posts need attention`; empty for none."""
    if not count:
        return ""
    return f"{count_of(count, 'post needs', 'posts need')} attention"


def accounts_words(count: int) -> str:
    """`1 account needs attention`; empty for none."""
    if not count:
        return ""
    return f"{count_of(count, 'account needs', 'accounts need')} attention"


def moment_words(at: datetime, zone_name: str, now: datetime) -> str:
    """`14:30` for today, `Tomorrow 09:00`, `Mon 09:00` within six days, else `26 Nov 09:00`."""
    shown = at.astimezone(zone(zone_name))
    days = (shown.date() - now.astimezone(shown.tzinfo).date()).days
    if days == 0:
        return f"{shown:%H:%M}"
    if days == 1:
        return f"Tomorrow {shown:%H:%M}"
    day = f"{shown.day} {_MONTHS[shown.month - 1]}" if not 1 < days < 7 else _DAYS[shown.weekday()]
    return f"{day} {shown:%H:%M}"


def _status(
    standings: Sequence[Standing],
    here: str,
    now: datetime,
    coming: Sequence[tuple[Standing, DuePost]],
    today: int,
    attention: int,
) -> tuple[Mark, str]:
    many = len(standings) > 1
    if broken := next((one for one in standings if one.problem), None):
        return Mark.ERROR, f"{broken.name}: {broken.problem}" if many else broken.problem
    away = [one for one in standings if one.away_since is not None]
    if away and (len(away) == len(standings) or here in {one.workspace_id for one in away}):
        first = min(one.away_since for one in away if one.away_since is not None)
        return Mark.OFFLINE, f"Offline since {moment_words(first, _zone(standings, here), now)}"
    if paused := [one for one in standings if one.pause_reason is not None]:
        reason = f"{paused[0].pause_reason}"
        if len(paused) < len(standings):
            return Mark.PAUSED, f"{paused[0].name} is paused: {reason}"
        return Mark.PAUSED, f"Paused: {reason}"
    return Mark.NORMAL, attention_words(attention) or _publishing_words(coming, today, now)


def _publishing_words(coming: Sequence[tuple[Standing, DuePost]], today: int, now: datetime) -> str:
    following = [(of, post) for of, post in coming if post.at >= now]
    if not following:
        return "Publishing · nothing planned"
    of, post = following[0]
    words = f"Publishing · next {moment_words(post.at, of.timezone, now)}"
    return f"{words} · {today} today" if today else words


def _zone(standings: Sequence[Standing], here: str) -> str:
    chosen = next((one for one in standings if one.workspace_id == here), standings[0])
    return chosen.timezone


def _in_order(standings: Sequence[Standing]) -> list[tuple[Standing, DuePost]]:
    found = [(one, post) for one in standings for post in one.posts]
    return sorted(found, key=lambda pair: (pair[1].at, pair[1].post_id))


def _is_today(at: datetime, zone_name: str, now: datetime) -> bool:
    tz = zone(zone_name)
    return at >= now and at.astimezone(tz).date() == now.astimezone(tz).date()


def _label(of: Standing, post: DuePost, now: datetime, *, named: bool) -> str:
    title = excerpt(post.title, _TITLE) or _NO_WORDS
    words = f"{moment_words(post.at, of.timezone, now)}  {title}"
    return f"{words} · {of.name}" if named else words


def _due(coming: Sequence[tuple[Standing, DuePost]], now: datetime, *, named: bool) -> Due:
    """What is held back goes out nowhere, and a sample is nobody's; neither counts."""
    counts = [(of, p) for of, p in coming if of.pause_reason is None and not of.is_sample]
    soon = [(of, post) for of, post in counts if post.at <= now + SOON]
    if not soon:
        return Due()
    alone = [(of, post) for of, post in soon if not post.covered]
    of, last = soon[-1]
    return Due(
        count=len(soon),
        uncovered=len(alone),
        until=_day(last.at, of.timezone, now),
        lines=tuple(_label(of, post, now, named=named) for of, post in alone[:NEXT]),
    )


def _day(at: datetime, zone_name: str, now: datetime) -> str:
    shown = at.astimezone(zone(zone_name))
    days = (shown.date() - now.astimezone(shown.tzinfo).date()).days
    near = {0: "today", 1: "tomorrow"}
    return near.get(days, _LONG_DAYS[shown.weekday()])
