"""What is being typed, on this machine's disk before it is anywhere else (`outbox.db`)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from postflow_desktop.domain.post import LinkCard, Media
from postflow_desktop.services.ports.media import MediaContent, Progress


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalDraft:
    """A composer's content. It leaves this store only when the cluster has it, or by discarding."""

    id: str
    organization_id: str
    post_id: str | None
    """The post it edits, or None for a new one."""
    text: str
    account_ids: tuple[str, ...] = ()
    variants: dict[str, str] = field(default_factory=dict)
    """Own text per account."""
    options: dict[str, dict[str, str]] = field(default_factory=dict)
    """What was chosen beside the content, per account: value by key, nothing that is as usual."""
    parts: tuple[str, ...] = ()
    """Further parts of a thread."""
    first_comment: str | None = None
    media: tuple[Media, ...] = ()
    """The bytes lie in this store too, by sha256."""
    link_url: str | None = None
    card: LinkCard | None = None
    """Of its link; its picture's bytes lie in this store too."""
    at_local: str | None = None
    """Chosen wall time, ISO without offset."""
    timezone: str | None = None
    changed_at: datetime | None = None


class DraftStore(Protocol):
    """SQLite with full sync; a call returns when the disk has it."""

    def put(self, draft: LocalDraft) -> None:
        """Keep the draft; replaces. MachineProblem if the disk can't take it."""
        ...

    def get(self, draft_id: str) -> LocalDraft | None:
        """One draft, or None."""
        ...

    def list(self, organization_id: str) -> Sequence[LocalDraft]:
        """All drafts of an organization, last changed first."""
        ...

    def delete(self, draft_id: str) -> None:
        """Forget a draft and media that no other draft has."""
        ...

    def put_media(self, media: Media, data: bytes) -> None:
        """Keep a picture's bytes."""
        ...

    def media(self, sha256: str) -> bytes | None:
        """A picture's bytes, or None."""
        ...

    def put_file(
        self, media: Media, content: MediaContent, progress: Progress | None = None
    ) -> None:
        """Keep a copy of a video or document, so that the original may go.

        MachineProblem (`disk_full`, `media_unwritable`), Refused (`stopped`): nothing of it stays.
        """
        ...

    def content(self, sha256: str) -> MediaContent | None:
        """The bytes of a picture, video or document in pieces, or None."""
        ...
