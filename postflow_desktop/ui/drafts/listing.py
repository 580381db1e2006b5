"""The rows of the list: drafts of this machine and of the workspace, read and put in one order.

Called on the replica's thread. A draft of the workspace that is being changed here is one row.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from postflow_desktop.domain.errors import Unreachable
from postflow_desktop.domain.network import Network
from postflow_desktop.domain.post import Media, Post, PostStatus
from postflow_desktop.domain.text import excerpt
from postflow_desktop.domain.time import zone
from postflow_desktop.services.ports.drafts import DraftStore, LocalDraft
from postflow_desktop.services.ports.replica import PostDetail, PostHit, Replica
from postflow_desktop.ui.words import when

_TITLE_WIDTH = 120
_LONG_AGO = datetime.min.replace(tzinfo=UTC)
_UNREADABLE = "A newer PostFlow wrote it"


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftRow:
    """One draft: a local one, one of the workspace, or both where it is changed here."""

    key: str
    """Stays the same as long as the row is there."""
    title: str
    """The first line; empty without words."""
    networks: tuple[Network, ...]
    media: tuple[Media, ...]
    edited_at: datetime | None
    draft_id: str = ""
    """What lies on this computer only; empty if nothing does."""
    post_id: str = ""
    """The draft post of the workspace; empty if it has none."""
    note: str = ""
    """What should be known beside: it changes a planned post, for one."""

    @property
    def in_workspace(self) -> bool:
        """Others see it; deleting it is an act on the workspace."""
        return bool(self.post_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """The first rows, last edited first, and how many there are in all."""

    organization_id: str
    rows: tuple[DraftRow, ...]
    total: int


def read_listing(replica: Replica, drafts: DraftStore, organization_id: str, limit: int) -> Listing:
    """Read the first `limit` rows."""
    networks = {row.id: row.network for row in replica.accounts(organization_id)}
    local = drafts.list(organization_id)
    changes = {draft.post_id: draft for draft in local if draft.post_id}
    hits = replica.drafts(organization_id)
    stored = {hit.post_id for hit in hits}
    # The newest rows of both kinds together hold at most `limit` of each kind.
    wanted = [hit for place, hit in enumerate(hits) if place < limit or hit.post_id in changes]
    rows = [
        row
        for hit in wanted
        if (row := _stored(replica, organization_id, hit, changes.get(hit.post_id), networks))
    ]
    alone = [draft for draft in local if draft.post_id not in stored]
    rows += [_local(draft, _note(replica, draft), networks) for draft in alone]
    rows.sort(key=lambda row: (row.edited_at or _LONG_AGO, row.key), reverse=True)
    total = len(hits) - len(wanted) + len(rows)
    return Listing(organization_id=organization_id, rows=tuple(rows[:limit]), total=total)


def first_line(texts: Iterable[str]) -> str:
    """The first line with words in it; empty if there is none."""
    lines = (line for text in texts for line in text.splitlines() if line.strip())
    return excerpt(next(lines, ""), _TITLE_WIDTH)


def edited_words(moment: datetime, zone_name: str, now: datetime) -> str:
    """`Edited today, 14:05`, or yesterday, or with the day."""
    shown = moment.astimezone(zone(zone_name))
    today = now.astimezone(shown.tzinfo).date()
    for day, word in ((today, "today"), (today - timedelta(days=1), "yesterday")):
        if shown.date() == day:
            return f"Edited {word}, {shown:%H:%M}"
    return f"Edited {when(moment, zone_name, now)}"


def _stored(
    replica: Replica,
    organization_id: str,
    hit: PostHit,
    changed: LocalDraft | None,
    networks: Mapping[str, Network],
) -> DraftRow | None:
    """None where it went while it was read."""
    key = f"post-{hit.post_id}"
    try:
        detail = replica.post(organization_id, hit.post_id)
    except Unreachable:
        return DraftRow(
            key=key,
            title=hit.title,
            networks=(),
            media=(),
            edited_at=None,
            post_id=hit.post_id,
            note=_UNREADABLE,
        )
    if detail is None:
        return None
    post = detail.post
    shown = changed or post
    moments = [post.updated_at]
    if changed is not None and changed.changed_at is not None:
        moments.append(changed.changed_at)
    return DraftRow(
        key=key,
        title=_title(shown),
        networks=_networks(shown.account_ids, networks),
        media=shown.media,
        edited_at=max(moments),
        draft_id=changed.id if changed else "",
        post_id=post.id,
    )


def _local(draft: LocalDraft, note: str, networks: Mapping[str, Network]) -> DraftRow:
    return DraftRow(
        key=f"local-{draft.id}",
        title=_title(draft),
        networks=_networks(draft.account_ids, networks),
        media=draft.media,
        edited_at=draft.changed_at,
        draft_id=draft.id,
        note=note,
    )


def _note(replica: Replica, draft: LocalDraft) -> str:
    """What a local draft changes that is no draft itself."""
    if draft.post_id is None:
        return ""
    try:
        detail: PostDetail | None = replica.post(draft.organization_id, draft.post_id)
    except Unreachable:
        return _UNREADABLE
    if detail is None:
        return "Its post was deleted"
    planned = detail.post.status in (PostStatus.SCHEDULED, PostStatus.QUEUED)
    return "Changes to a planned post" if planned else "Changes to a post"


def _title(shown: Post | LocalDraft) -> str:
    if isinstance(shown, Post):
        own = [variant.text or "" for variant in shown.variants]
    else:
        own = list(shown.variants.values())
    return first_line((shown.text, *own, shown.link_url or ""))


def _networks(account_ids: Iterable[str], networks: Mapping[str, Network]) -> tuple[Network, ...]:
    """Each once; accounts that are gone are left out."""
    return tuple(dict.fromkeys(networks[key] for key in account_ids if key in networks))
