"""Notices as one member sees them, and how that member wants to be told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from postflow_desktop.domain.errors import NotFound
from postflow_desktop.domain.notice import Notice, NoticeKind
from postflow_desktop.domain.telling import (
    DEFAULT_CHANNELS,
    Channel,
    NoticeWishes,
    QuietHours,
    is_loud,
)
from postflow_desktop.services.permissions import Action, require
from postflow_desktop.services.ports.notices import NoticeStore
from postflow_desktop.services.ports.organizations import Membership
from postflow_desktop.services.ports.wishes import WishStore

SHOWN = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class WishChange:
    """What to change of a member's wishes; None leaves it."""

    channels: dict[NoticeKind, frozenset[Channel]] | None = None
    """These kinds go these ways from now on; the others as before."""
    on: frozenset[Channel] = frozenset()
    off: frozenset[Channel] = frozenset()
    quiet: QuietHours | None = None
    no_quiet: bool = False
    reset: bool = False
    """Begin with the defaults."""


class MemberNotices:
    """The notices of one organization for one member; asks the cluster."""

    def __init__(self, actor: Membership, notices: NoticeStore, wishes: WishStore) -> None:
        self._actor = actor
        self._notices = notices
        self._wishes = wishes

    def list(self, *, unread: bool = False, limit: int = SHOWN) -> Sequence[Notice]:
        """Newest first; `unread` leaves out what was seen, is settled, or is only for the list."""
        require(self._actor, Action.READ)
        found = self._notices.recent(self._actor.organization_id, limit=limit)
        return [n for n in found if not unread or self.is_unread(n)]

    def is_unread(self, notice: Notice) -> bool:
        """Whether this member should still see it."""
        return is_loud(notice) and self._actor.user_id not in notice.read_by

    def read(self, keys: Sequence[str] | None) -> int:
        """Seen; all where None. How many were unread. NotFound (`unknown_notice`)."""
        require(self._actor, Action.READ)
        organization_id = self._actor.organization_id
        if keys is not None:
            known = {n.key for n in self._notices.of_keys(organization_id, keys)}
            gone = [key for key in keys if key not in known]
            if gone:
                raise NotFound(
                    f"There is no notice '{gone[0][:80]}' in this organization.",
                    code="unknown_notice",
                    fix="See the notices: postflow notice list",
                )
        return self._notices.mark_read(organization_id, self._actor.user_id, keys)

    def wishes(self) -> NoticeWishes:
        """How this member wants to be told."""
        return self._wishes.get(self._actor.user_id)

    def change_wishes(self, change: WishChange) -> NoticeWishes:
        """Change them; what they are now."""
        before = NoticeWishes() if change.reset else self.wishes()
        chosen = {**before.channels, **(change.channels or {})}
        quiet = None if change.no_quiet else change.quiet or before.quiet
        after = replace(
            before,
            channels={k: ways for k, ways in chosen.items() if ways != DEFAULT_CHANNELS[k]},
            quiet=quiet,
            muted=(before.muted | change.off) - change.on,
        )
        self._wishes.set(self._actor.user_id, after)
        return after
