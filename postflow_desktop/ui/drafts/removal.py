"""Deleting a draft so that it can be taken back.

What lies on this computer goes at once and is held until the notice is gone. What others see waits
for the time of the notice and goes then: the workspace has no way back for a deleted post.
"""

from __future__ import annotations

from dataclasses import dataclass

from postflow_desktop.domain.post import Media
from postflow_desktop.domain.text import excerpt
from postflow_desktop.services.ports.drafts import DraftStore, LocalDraft
from postflow_desktop.ui.composer.moments import Alarm
from postflow_desktop.ui.drafts.listing import DraftRow

WAIT_MS = 10_000
"""Longer than the notice stands, so that nobody who still sees "Undo" is too late."""
_WORDS = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A local draft that was taken out, with its pictures, and where it came from."""

    store: DraftStore
    draft: LocalDraft
    pictures: tuple[tuple[Media, bytes], ...]


@dataclass(frozen=True, slots=True)
class TakeOut:
    """Takes a local draft out of the store, on the replica's thread."""

    store: DraftStore
    draft_id: str

    def __call__(self) -> Kept | None:
        """What was taken out; None if it was gone already."""
        draft = self.store.get(self.draft_id)
        if draft is None:
            return None
        # The store forgets pictures with the last draft that has them.
        read = [(item, self.store.media(item.sha256)) for item in draft.media]
        pictures = tuple((item, data) for item, data in read if data is not None)
        self.store.delete(self.draft_id)
        return Kept(store=self.store, draft=draft, pictures=pictures)


@dataclass(frozen=True, slots=True)
class PutBack:
    """Puts it back as it was, on the replica's thread."""

    kept: Kept

    def __call__(self) -> str:
        """The draft's id."""
        for item, data in self.kept.pictures:
            self.kept.store.put_media(item, data)
        self.kept.store.put(self.kept.draft)
        return self.kept.draft.id


@dataclass(slots=True, kw_only=True, eq=False)
class Removal:
    """One deletion and how far it is."""

    row: DraftRow
    organization_id: str
    kept: Kept | None = None
    """The local draft, as long as it can be put back."""
    alarm: Alarm | None = None
    """Rings when the post is deleted; None before, and when it is too late."""

    @property
    def words(self) -> str:
        """What the notice says; different for different drafts, or one would replace another."""
        if not self.row.in_workspace and self.row.note:
            return f"Discarded your changes to {self._named}"
        return f"Deleted {self._named}"

    @property
    def _named(self) -> str:
        title = excerpt(self.row.title, _WORDS)
        return f"“{title}”" if title else "a draft without text"
