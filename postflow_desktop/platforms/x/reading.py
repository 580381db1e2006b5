"""Reading posts back: whether one is out, one by its id, and the list of own posts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from postflow_desktop.domain.account import Session
from postflow_desktop.domain.errors import InvalidInput, NetworkUnreachable, PostFlowError
from postflow_desktop.platforms.x import errors
from postflow_desktop.platforms.x.api import Api, Json, Reply, text_of
from postflow_desktop.platforms.x.fingerprint import SeenPost, read_post, same_words
from postflow_desktop.platforms.x.wire import Wire, is_id, read_wire, result_of
from postflow_desktop.services.ports.publisher import Finding, Page, Presence, PublishedPost

# The names of prose documentation and of the field of use; the OpenAPI document has `post.fields`.
_FIELDS = {"tweet.fields": "created_at,entities,attachments,referenced_tweets,text"}
_SMALLEST_PAGE, _LARGEST_PAGE = 5, 100
_PAGES = 8
"""How many pages are looked through for one post."""

CLOCK_SLACK = timedelta(seconds=60)
"""How far X's clock may be behind the cluster's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Listing:
    """A page as it came."""

    posts: tuple[SeenPost, ...]
    cursor: str | None


class Reader:
    """Reads with the account's own token; every call costs the developer app a little."""

    def __init__(self, api: Api) -> None:
        self._api = api

    def find(self, session: Session, wire: str) -> Finding:
        """Look through the account's posts since the attempt for one like it.

        A single match is the post. None at all is no proof that it is not coming.
        """
        sent = read_wire(wire)
        try:
            matches = [post for post in self._since(session, sent.at) if is_it(sent, post)]
        except PostFlowError as error:
            return Finding(presence=Presence.UNKNOWN, message=error.message)
        if not matches:
            return Finding(presence=Presence.ABSENT, message="X does not show the post.")
        result = result_of(matches[0].id)
        if len(matches) > 1:
            return Finding(
                presence=Presence.OTHER,
                result=result,
                message=f"{len(matches)} posts on X look like this one.",
            )
        return Finding(presence=Presence.PRESENT, result=result)

    def fetch(self, session: Session, external_id: str) -> PublishedPost | None:
        """One post, or None; InvalidInput (`bad_external_id`), NetworkUnreachable, Refused."""
        url = f"{session.service}/2/tweets/{checked_id(external_id)}"
        reply = self._api.get(url, _FIELDS, session.access_token)
        if is_gone(reply):
            return None
        post = read_post(reply.data) if reply.ok else None
        if post is None:
            raise errors.as_error(reply)
        return _published(post)

    def list_own(self, session: Session, *, cursor: str | None, limit: int) -> Page:
        """A page of own posts, newest first; X gives five at least and a hundred at most."""
        query = {"max_results": str(max(_SMALLEST_PAGE, min(limit, _LARGEST_PAGE)))}
        if cursor:
            query["pagination_token"] = cursor
        listing = self._list(session, query)
        return Page(posts=tuple(map(_published, listing.posts)), cursor=listing.cursor)

    def _since(self, session: Session, at: datetime) -> Iterator[SeenPost]:
        start = (at - CLOCK_SLACK).replace(microsecond=0)
        query = {"max_results": str(_LARGEST_PAGE), "start_time": f"{start:%Y-%m-%dT%H:%M:%SZ}"}
        for _ in range(_PAGES):
            listing = self._list(session, query)
            yield from listing.posts
            if listing.cursor is None:
                return
            query["pagination_token"] = listing.cursor
        raise NetworkUnreachable("There are too many newer posts on X to look through.")

    def _list(self, session: Session, query: dict[str, str]) -> _Listing:
        url = f"{session.service}/2/users/{session.user_id}/tweets"
        reply = self._api.get(url, query | _FIELDS | {"exclude": "retweets"}, session.access_token)
        meta = reply.body.get("meta") if reply.ok and reply.body else None
        if reply.body is None or not isinstance(meta, dict):
            raise errors.as_error(reply)
        posts = tuple(post for post in map(read_post, _items(reply.body)) if post is not None)
        if not posts and meta.get("result_count") != 0:
            raise errors.as_error(reply)
        return _Listing(posts=posts, cursor=text_of(meta, "next_token") or None)


def checked_id(external_id: str) -> str:
    """The id of a post; InvalidInput (`bad_external_id`)."""
    if not is_id(external_id):
        raise InvalidInput(
            f"'{external_id[:100]}' is not the id of a post on X.", code="bad_external_id"
        )
    return external_id


def is_gone(reply: Reply) -> bool:
    """Whether X says that there is no such post: 404, or 200 with that problem alone."""
    missing = reply.problem == "resource-not-found" and not reply.data
    return reply.status == 404 or (reply.status == 200 and missing)


def is_it(sent: Wire, post: SeenPost) -> bool:
    """Whether this is the post that was sent; in doubt it is not, and a person looks."""
    return (
        post.created_at is not None
        and post.created_at >= sent.at - CLOCK_SLACK
        and post.media_count == sent.media_count
        and post.reply_to == sent.reply_to
        and same_words(sent.text, post.text)
    )


def _published(post: SeenPost) -> PublishedPost:
    return PublishedPost(
        external_id=post.id,
        url=result_of(post.id).url,
        text=post.text,
        created_at=post.created_at,
    )


def _items(body: Json) -> list[object]:
    items = body.get("data")
    return items if isinstance(items, list) else []
