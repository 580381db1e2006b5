"""What is read where no workspace is open: nothing. Screens may ask at any moment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from postflow_desktop.domain.notice import Notice
from postflow_desktop.domain.pause import Pause
from postflow_desktop.domain.post import Media
from postflow_desktop.domain.telling import NoticeWishes
from postflow_desktop.services.ports.drafts import LocalDraft
from postflow_desktop.services.ports.media import MediaContent, Progress
from postflow_desktop.services.ports.replica import (
    AccountRow,
    AttentionRow,
    CalendarRow,
    Counts,
    OrganizationRow,
    PostDetail,
    PostHit,
)


class NoReplica:
    """Replica port that holds nothing."""

    def calendar(
        self,
        organization_id: str,  # noqa: ARG002 - the port's signature
        start: datetime,  # noqa: ARG002
        end: datetime,  # noqa: ARG002
        *,
        account_ids: frozenset[str] | None = None,  # noqa: ARG002
    ) -> Sequence[CalendarRow]:
        """No rows."""
        return ()

    def post(self, organization_id: str, post_id: str) -> PostDetail | None:  # noqa: ARG002
        """No post."""
        return None

    def accounts(self, organization_id: str) -> Sequence[AccountRow]:  # noqa: ARG002
        """No accounts."""
        return ()

    def pause(self, organization_id: str) -> Pause | None:  # noqa: ARG002
        """Nothing is paused."""
        return None

    def organization(self, organization_id: str) -> OrganizationRow | None:  # noqa: ARG002
        """No organization."""
        return None

    def attention(self, organization_id: str) -> Sequence[AttentionRow]:  # noqa: ARG002
        """Nothing to look at."""
        return ()

    def drafts(self, organization_id: str) -> Sequence[PostHit]:  # noqa: ARG002
        """No drafts."""
        return ()

    def search(
        self,
        organization_id: str,  # noqa: ARG002
        words: str,  # noqa: ARG002
        *,
        limit: int = 20,  # noqa: ARG002
    ) -> Sequence[PostHit]:
        """No hits."""
        return ()

    def posts_of(
        self,
        organization_id: str,  # noqa: ARG002
        target_ids: Sequence[str],  # noqa: ARG002
    ) -> Mapping[str, PostHit]:
        """No posts."""
        return {}

    def notices(self, organization_id: str, *, limit: int = 100) -> Sequence[Notice]:  # noqa: ARG002
        """No notices."""
        return ()

    def unread_notices(self, organization_id: str, user_id: str) -> int:  # noqa: ARG002
        """Nothing waits."""
        return 0

    def notice_wishes(self, user_id: str) -> NoticeWishes:  # noqa: ARG002
        """The defaults."""
        return NoticeWishes()

    def counts(self, organization_id: str) -> Counts:  # noqa: ARG002
        """Zeros."""
        return Counts(drafts=0, planned=0, attention=0)


class NoDrafts:
    """DraftStore port of a workspace that was removed: what is put there goes with it."""

    def put(self, draft: LocalDraft) -> None:
        """Nothing is kept."""

    def get(self, draft_id: str) -> LocalDraft | None:  # noqa: ARG002 - the port's signature
        """No draft."""
        return None

    def list(self, organization_id: str) -> Sequence[LocalDraft]:  # noqa: ARG002
        """No drafts."""
        return ()

    def delete(self, draft_id: str) -> None:
        """There is nothing to delete."""

    def put_media(self, media: Media, data: bytes) -> None:
        """Nothing is kept."""

    def media(self, sha256: str) -> bytes | None:  # noqa: ARG002
        """No picture."""
        return None

    def put_file(
        self, media: Media, content: MediaContent, progress: Progress | None = None
    ) -> None:
        """Nothing is kept."""

    def content(self, sha256: str) -> MediaContent | None:  # noqa: ARG002
        """No file."""
        return None
