"""What the inspector knows about a post, worked out from its detail; pure functions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from operator import attrgetter
from urllib.parse import quote

from postflow_desktop.domain.network import Network
from postflow_desktop.domain.options import Options
from postflow_desktop.domain.pause import Hold, HoldLevel, Pause, Pauses
from postflow_desktop.domain.post import Media, MediaKind, PostStatus
from postflow_desktop.domain.target import Target, TargetError, TargetStatus
from postflow_desktop.domain.text import excerpt
from postflow_desktop.domain.time import PlannedTime, plan_instant
from postflow_desktop.services.ports.attempts import AttemptHistory
from postflow_desktop.services.ports.replica import AccountRow, PostDetail
from postflow_desktop.ui.media_words import counted
from postflow_desktop.ui.words import StatusLook, network_title, post_look, target_look

_AGAIN = frozenset({TargetStatus.FAILED, TargetStatus.MISSED})
_OPEN = frozenset({TargetStatus.PENDING, TargetStatus.CANCELED}) | _AGAIN
_TITLE_WIDTH = 48
_HOLDS = {
    HoldLevel.ORGANIZATION: StatusLook("Paused", "warning", "pause-circle"),
    HoldLevel.ACCOUNT: StatusLook("Paused", "warning", "pause-circle"),
    HoldLevel.TARGET: StatusLook("On hold", "warning", "hand"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetRow:
    """One account of the post and how it went there."""

    key: str
    """The target's id, or the account's where nothing is planned yet."""
    target_id: str | None
    account_id: str
    network: Network
    name: str
    look: StatusLook | None
    """None for a draft: nothing is planned."""
    url: str
    error: TargetError | None
    asks: bool
    """A person has to say whether it is out."""
    text: str
    """The account's own words, where they differ from the post's."""
    waits: bool = False
    """It is planned, and nobody has taken it up."""
    hold: Hold | None = None
    """Why it does not go out though it is planned."""
    held: bool = False
    """It is held by itself, whatever else is paused."""
    chosen: str = ""
    """What was chosen for it beside the content, in words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Can:
    """What can be done with the post now."""

    edit: bool = False
    move: bool = False
    publish: bool = False
    retry: bool = False
    cancel: bool = False
    delete: bool = False


def title_of(detail: PostDetail) -> str:
    """The first words, or what stands in for them."""
    text = _whole_words(excerpt(detail.post.text, _TITLE_WIDTH))
    return text or _without_text(detail.post.media)


def _without_text(media: Sequence[Media]) -> str:
    if not media:
        return "Empty post"
    if all(item.kind is MediaKind.IMAGE for item in media):
        return "Picture without text"
    return f"{counted(media)} without text"


def _whole_words(text: str) -> str:
    """A cut text without the piece of a word at its end, if it is more than that word."""
    head, space, _ = text.rpartition(" ")
    if not text.endswith("…") or not space:
        return text
    return f"{head.rstrip(' .,;:–-')}…"


def target_rows(
    detail: PostDetail,
    accounts: Mapping[str, AccountRow],
    *,
    pause: Pause | None = None,
    held: Callable[[Target], Pause | None] = attrgetter("hold"),
    chosen: Callable[[Network, Options], str] = lambda *_: "",
) -> tuple[TargetRow, ...]:
    """A row per account: those of the targets, then those the post goes to without one.

    `pause` is that of the organization; `held` gives the hold of a target by itself; `chosen` puts
    options into words.
    """
    planned = {target.account_id for target in detail.targets}
    pauses = Pauses(
        organizations={detail.post.organization_id: pause} if pause else {},
        accounts={row.id: row.pause for row in accounts.values() if row.pause},
    )
    rows = [
        _row_of_target(detail, target, accounts, pauses, held(target)) for target in detail.targets
    ]
    rows += [
        _row_of_account(detail, accounts[account_id])
        for account_id in detail.post.account_ids
        if account_id not in planned and account_id in accounts
    ]
    options = detail.post.options_for
    return tuple(replace(row, chosen=chosen(row.network, options(row.account_id))) for row in rows)


def head_look(detail: PostDetail, rows: Iterable[TargetRow]) -> StatusLook:
    """How the post's status is shown: where all that waits is held, as that."""
    waiting = [row.look for row in rows if row.waits]
    held = [row.look for row in rows if row.hold is not None]
    if held and len(held) == len(waiting) and held[0] is not None:
        return held[0]
    return post_look(detail.post)


def can(detail: PostDetail, *, online: bool) -> Can:
    """By the targets' states; the cluster has the last word. Offline, only editing is left."""
    states = {target.status for target in detail.targets}
    open_only = states <= _OPEN
    retry = bool(states & _AGAIN)
    pending = TargetStatus.PENDING in states
    draft = not states - {TargetStatus.CANCELED}
    return Can(
        edit=open_only,
        move=online and open_only and bool(detail.post.account_ids),
        publish=online and (pending or (draft and bool(detail.post.account_ids))) and open_only,
        retry=online and retry and not pending,
        cancel=online and pending,
        delete=online and detail.post.status is not PostStatus.PUBLISHING,
    )


def planned_time(detail: PostDetail) -> tuple[datetime, str] | None:
    """When it is planned or went out, with its zone; None for a draft without a time."""
    post = detail.post
    moment = post.published_at or post.scheduled_at
    if moment is None:
        return None
    zones = [target.timezone for target in detail.targets if target.timezone]
    return moment, post.timezone or next(iter(zones), "UTC")


def undo_of_cancel(detail: PostDetail) -> PlannedTime | None:
    """The plan that brings a canceled post back; None where that would plan more than before."""
    pending = [target for target in detail.targets if target.status is TargetStatus.PENDING]
    times = {target.scheduled_at for target in pending}
    if len(times) != 1 or any(t.status in _OPEN and t not in pending for t in detail.targets):
        return None
    zone_name = pending[0].timezone or detail.post.timezone or "UTC"
    return plan_instant(times.pop(), zone_name)


def out_count(targets: Iterable[Target]) -> int:
    """On how many accounts it is out."""
    return sum(target.status is TargetStatus.PUBLISHED for target in targets)


def newest_first(attempts: Iterable[AttemptHistory]) -> tuple[AttemptHistory, ...]:
    """Attempts, the last one on top."""
    return tuple(sorted(attempts, key=lambda attempt: (attempt.at, attempt.fence), reverse=True))


def _row_of_target(
    detail: PostDetail,
    target: Target,
    accounts: Mapping[str, AccountRow],
    pauses: Pauses,
    own: Pause | None,
) -> TargetRow:
    account = accounts.get(target.account_id)
    waits = target.status is TargetStatus.PENDING
    hold = pauses.on(target.organization_id, target.account_id, own) if waits else None
    settled = target.status in {TargetStatus.PUBLISHED, TargetStatus.CANCELED}
    return TargetRow(
        key=target.id,
        target_id=target.id,
        account_id=target.account_id,
        network=target.network,
        name=f"@{account.username}" if account else network_title(target.network),
        look=_HOLDS[hold.level] if hold else target_look(target.status),
        url=_address(target, account),
        error=None if settled else target.last_error,
        asks=target.status is TargetStatus.NEEDS_ATTENTION,
        text=_own_text(detail, target.account_id),
        waits=waits,
        hold=hold,
        held=waits and own is not None,
    )


def _address(target: Target, account: AccountRow | None) -> str:
    """Where the post can be seen; a sandbox shows it on its own page, not on the network."""
    if target.result is None:
        return ""
    if target.sandbox_machine is not None and account is not None:
        return f"{account.service}/#{quote(target.result.external_id, safe='')}"
    return target.result.url


def _row_of_account(detail: PostDetail, account: AccountRow) -> TargetRow:
    return TargetRow(
        key=account.id,
        target_id=None,
        account_id=account.id,
        network=account.network,
        name=f"@{account.username}",
        look=None,
        url="",
        error=None,
        asks=False,
        text=_own_text(detail, account.id),
    )


def _own_text(detail: PostDetail, account_id: str) -> str:
    text = detail.post.text_for(account_id)
    return "" if text == detail.post.text else text
