"""Reading back: what became of a container, one post by its id, and the list of own posts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from postflow_desktop.domain.account import Session
from postflow_desktop.domain.errors import InvalidInput, NetworkUnreachable, PostFlowError
from postflow_desktop.platforms.threads import errors
from postflow_desktop.platforms.threads.api import Api, Json, Reply, text_of
from postflow_desktop.platforms.threads.containers import Container, Containers, ContainerState
from postflow_desktop.platforms.threads.endpoints import place
from postflow_desktop.platforms.threads.fingerprint import REPOST, SeenPost, is_it, read_post
from postflow_desktop.platforms.threads.wire import is_id, read_wire, result_of
from postflow_desktop.services.ports.publisher import Finding, Page, Presence, PublishedPost

FIELDS = "id,media_type,permalink,username,text,timestamp"
_REPLY_FIELDS = f"{FIELDS},replied_to"
_LARGEST_PAGE = 100
_PAGES = 8
"""How many pages are looked through for one post; an account may have 250 posts in a day."""

CLOCK_SLACK = timedelta(seconds=60)
"""How far Threads' clock may be behind the cluster's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Listing:
    """A page as it came."""

    posts: tuple[SeenPost, ...]
    cursor: str | None


class Reader:
    """Reads with the account's own token."""

    def __init__(self, api: Api, containers: Containers) -> None:
        self._api = api
        self._containers = containers

    def find(self, session: Session, wire: str) -> Finding:
        """Ask the container, then look for its post among the account's posts since the attempt.

        PRESENT: published. ABSENT: ready and unpublished, so publishing the same container can make
        one post at most. OTHER: it ended unpublished and none of our requests can succeed.
        """
        sent = read_wire(wire)
        try:
            container = self._containers.read(session, sent.container)
            since = sent.at - CLOCK_SLACK
            posts = self._since(session, since, replies=bool(sent.reply_to))
            matches = [post for post in posts if is_it(sent, since, post)]
        except PostFlowError as error:
            return Finding(presence=Presence.UNKNOWN, message=error.message)
        if container.state is ContainerState.PUBLISHED:
            return _published_one(matches, sent.username)
        if matches:
            # Rather a question than a second post: the state may lag behind, and that a container
            # can be published only once is nowhere promised.
            return _unknown(
                "Threads says that the post is not published, but shows one with these words."
            )
        return _unpublished(container)

    def fetch(self, session: Session, external_id: str) -> PublishedPost | None:
        """One post, or None; InvalidInput (`bad_external_id`), NetworkUnreachable, Refused."""
        reply = self._get(session, checked_id(external_id), {"fields": FIELDS})
        if errors.is_gone(reply):
            return None
        post = read_post(reply.body) if reply.ok else None
        if post is None:
            raise errors.as_error(reply)
        return _shown(post, session.username)

    def permalink(self, session: Session, external_id: str) -> str:
        """The address of a post; nothing where Threads does not tell it (yet)."""
        try:
            reply = self._get(session, external_id, {"fields": FIELDS})
        except PostFlowError:
            return ""
        post = read_post(reply.body) if reply.ok else None
        return post.permalink if post is not None else ""

    def list_own(self, session: Session, *, cursor: str | None, limit: int) -> Page:
        """A page of own posts without reposts and replies, newest first; at most a hundred."""
        query = {"limit": str(max(1, min(limit, _LARGEST_PAGE)))}
        if cursor:
            query["after"] = cursor
        listing = self._list(session, "me/threads", query | {"fields": FIELDS})
        shown = (_shown(post, session.username) for post in listing.posts if post.kind != REPOST)
        return Page(posts=tuple(shown), cursor=listing.cursor)

    def _since(self, session: Session, moment: datetime, *, replies: bool) -> Iterator[SeenPost]:
        """Own posts, or own replies: those stand in a list of their own."""
        path, fields = ("me/replies", _REPLY_FIELDS) if replies else ("me/threads", FIELDS)
        query = {
            "fields": fields,
            "limit": str(_LARGEST_PAGE),
            "since": str(int(moment.timestamp())),
        }
        for _ in range(_PAGES):
            listing = self._list(session, path, query)
            yield from listing.posts
            if listing.cursor is None:
                return
            query["after"] = listing.cursor
        raise NetworkUnreachable("There are too many newer posts on Threads to look through.")

    def _list(self, session: Session, path: str, query: dict[str, str]) -> _Listing:
        reply = self._get(session, path, query)
        items = reply.body.get("data") if reply.ok and reply.body else None
        if reply.body is None or not isinstance(items, list):
            raise errors.as_error(reply)
        posts = tuple(post for post in map(read_post, items) if post is not None)
        if len(posts) != len(items):
            raise NetworkUnreachable("Threads listed something that is no post.")
        full = len(items) >= int(query["limit"])
        return _Listing(posts=posts, cursor=_next_page(reply.body, full=full))

    def _get(self, session: Session, path: str, query: dict[str, str]) -> Reply:
        return self._api.get(place(session.service, path), query, session.access_token)


def checked_id(external_id: str) -> str:
    """The id of a post; InvalidInput (`bad_external_id`)."""
    if not is_id(external_id):
        raise InvalidInput(
            f"'{external_id[:100]}' is not the id of a post on Threads.", code="bad_external_id"
        )
    return external_id


def _published_one(matches: list[SeenPost], username: str) -> Finding:
    if len(matches) == 1:
        result = result_of(matches[0].id, username, matches[0].permalink)
        return Finding(presence=Presence.PRESENT, result=result)
    if matches:
        return _unknown(
            f"Threads has published the post, but {len(matches)} posts there look like it."
        )
    return _unknown("Threads has published the post, but does not show it yet.")


def _unpublished(container: Container) -> Finding:
    match container.state:
        case ContainerState.FINISHED:
            return Finding(
                presence=Presence.ABSENT, message="Threads has the post ready and unpublished."
            )
        case ContainerState.ERROR | ContainerState.EXPIRED:
            return Finding(
                presence=Presence.OTHER, message="Threads dropped the prepared post unpublished."
            )
        case _:
            return _unknown("Threads is still working on the post.")


def _unknown(message: str) -> Finding:
    return Finding(presence=Presence.UNKNOWN, message=message)


def _shown(post: SeenPost, username: str) -> PublishedPost:
    return PublishedPost(
        external_id=post.id,
        url=result_of(post.id, post.username or username, post.permalink).url,
        text=post.text,
        created_at=post.created_at,
    )


def _next_page(body: Json, *, full: bool) -> str | None:
    """The cursor of the next page: Meta gives cursors with the last page too, but no `next`.

    Its Postman examples show no `next` at all, so a full page counts as one with a next.
    """
    paging = body.get("paging")
    cursors = paging.get("cursors") if isinstance(paging, dict) else None
    if not isinstance(paging, dict) or not isinstance(cursors, dict):
        return None
    return text_of(cursors, "after") or None if full or text_of(paging, "next") else None
