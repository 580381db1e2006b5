"""Posts and the payloads frozen from them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from postflow_desktop.domain.payload import Payload
from postflow_desktop.domain.post import Post, PostStatus
from postflow_desktop.domain.target import PostSummary
from postflow_desktop.services.ports.entitlements import Room


@dataclass(frozen=True, slots=True, kw_only=True)
class PostPage:
    """One page of posts, newest first."""

    posts: tuple[Post, ...]
    next: str | None


class PostStore(Protocol):
    """`posts`; every query is scoped by organization."""

    def new_id(self) -> str:
        """An id that nobody has."""
        ...

    def add(self, post: Post, room: Room | None = None) -> Post:
        """Insert; with an idempotency key that is known, the post that already has it.

        NoRoom where the plan has no room for it.
        """
        ...

    def by_key(self, organization_id: str, key: str | None) -> Post | None:
        """The post that was added with that idempotency key; None for None."""
        ...

    def get(self, organization_id: str, post_id: str) -> Post | None:
        """One post, or None."""
        ...

    def page(
        self, organization_id: str, *, status: PostStatus | None, cursor: str | None, limit: int
    ) -> PostPage:
        """Newest first; InvalidInput (`bad_cursor`)."""
        ...

    def save_summary(
        self, organization_id: str, post_id: str, rev: int, summary: PostSummary
    ) -> bool:
        """Store the derived status if the post still has that rev."""
        ...

    def replace_content(self, post: Post) -> Post | None:
        """Store text, link, variants, media and accounts if the post still has that rev."""
        ...

    def overdue(self, organization_id: str, *, limit: int) -> list[str]:
        """Ids of posts whose time has come and that do not look settled, oldest first."""
        ...

    def behind(self, organization_id: str, *, seconds: float, limit: int) -> list[str]:
        """Ids of posts of which a target ended in the last `seconds` and that seem to say something
        else; a post that is in step may be among them.
        """
        ...

    def delete(self, organization_id: str, post_id: str) -> bool:
        """Delete a post; False where it is gone."""
        ...


class PayloadStore(Protocol):
    """`payloads`: insert-only, by content hash."""

    def put(self, payload: Payload) -> str:
        """Keep it; its content hash. Nothing happens where it already is."""
        ...

    def get(self, content_hash: str) -> Payload | None:
        """The payload; checked against its hash."""
        ...
