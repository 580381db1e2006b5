"""Reading posts back: whether one is out, one by its id, and the list of a Page's own posts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from postflow_desktop.domain.account import Session
from postflow_desktop.domain.errors import InvalidInput, NetworkUnreachable, PostFlowError
from postflow_desktop.platforms.facebook import errors
from postflow_desktop.platforms.facebook.api import Api
from postflow_desktop.platforms.facebook.comments import own_comments
from postflow_desktop.platforms.facebook.fingerprint import (
    CLOCK_SLACK,
    FIELDS,
    SeenPost,
    is_it,
    read_post,
)
from postflow_desktop.platforms.facebook.wire import (
    Wire,
    comment_result,
    is_post_id,
    read_wire,
    result_of,
)
from postflow_desktop.services.ports.publisher import Finding, Page, Presence, PublishedPost

_LARGEST_PAGE = 100
_PAGES = 8
"""How many pages are looked through for one post."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Listing:
    """A page of the list as it came."""

    posts: tuple[SeenPost, ...]
    cursor: str


class Reader:
    """Reads with the Page's own token."""

    def __init__(self, api: Api) -> None:
        self._api = api

    def find(self, session: Session, wire: str) -> Finding:
        """Look through the Page's posts since the attempt for one like it.

        A single match is the post. None at all is no proof that it is not coming.
        """
        sent = read_wire(wire)
        try:
            found = dict.fromkeys(self._matches(session, sent))
        except PostFlowError as error:
            return Finding(presence=Presence.UNKNOWN, message=error.message)
        if not found:
            return Finding(presence=Presence.ABSENT, message="Facebook does not show the post.")
        first = next(iter(found))
        result = comment_result(sent.post_id, first) if sent.post_id else result_of(first)
        if len(found) > 1:
            return Finding(
                presence=Presence.OTHER,
                result=result,
                message=f"{len(found)} posts on Facebook look like this one.",
            )
        return Finding(presence=Presence.PRESENT, result=result)

    def _matches(self, session: Session, sent: Wire) -> list[str]:
        """The ids of what looks like the post, or comment, that was sent."""
        if sent.post_id:
            return own_comments(self._api, session, sent)
        return [post.id for post in self._since(session, sent.at) if is_it(sent, post)]

    def fetch(self, session: Session, external_id: str) -> PublishedPost | None:
        """One post, or None; InvalidInput (`bad_external_id`), NetworkUnreachable, Refused."""
        query = {"fields": FIELDS}
        reply = self._api.get(session.service, checked_id(external_id), query, session.access_token)
        if errors.is_gone(reply):
            return None
        post = read_post(reply.body) if reply.ok else None
        if post is None:
            raise errors.as_error(reply)
        return _published(post)

    def list_own(self, session: Session, *, cursor: str | None, limit: int) -> Page:
        """A page of own posts, newest first; Facebook gives a hundred at most."""
        query = {"limit": str(max(1, min(limit, _LARGEST_PAGE)))}
        if cursor:
            query["after"] = cursor
        listing = self._list(session, query)
        return Page(posts=tuple(map(_published, listing.posts)), cursor=listing.cursor or None)

    def _since(self, session: Session, at: datetime) -> Iterator[SeenPost]:
        query = {
            "limit": str(_LARGEST_PAGE),
            "since": str(int((at - CLOCK_SLACK).timestamp())),
        }
        for _ in range(_PAGES):
            listing = self._list(session, query)
            yield from listing.posts
            if not listing.cursor:
                return
            query["after"] = listing.cursor
        raise NetworkUnreachable("There are too many newer posts on Facebook to look through.")

    def _list(self, session: Session, query: dict[str, str]) -> _Listing:
        path = f"{session.user_id}/published_posts"
        reply = self._api.get(
            session.service, path, query | {"fields": FIELDS}, session.access_token
        )
        if not reply.ok or reply.body is None or not isinstance(reply.body.get("data"), list):
            raise errors.as_error(reply)
        posts = [read_post(item) for item in reply.data]
        return _Listing(
            posts=tuple(post for post in posts if post is not None), cursor=reply.next_page
        )


def checked_id(external_id: str) -> str:
    """The id of a post; InvalidInput (`bad_external_id`)."""
    if not is_post_id(external_id):
        raise InvalidInput(
            f"'{external_id[:100]}' is not the id of a post on Facebook.", code="bad_external_id"
        )
    return external_id


def _published(post: SeenPost) -> PublishedPost:
    return PublishedPost(
        external_id=post.id, url=post.url, text=post.text, created_at=post.created_at
    )
