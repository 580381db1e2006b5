"""Reading posts back: whether one is out, one by its URN, and the list of an organization's posts.

Members' posts can be neither listed nor read by new apps (`r_member_social` is closed).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from unicodedata import normalize

from postflow_desktop.domain.account import Session
from postflow_desktop.domain.errors import InvalidInput, PostFlowError
from postflow_desktop.platforms.linkedin import errors
from postflow_desktop.platforms.linkedin.api import Api, Json, Reply, encoded, part_of, text_of
from postflow_desktop.platforms.linkedin.little import plain
from postflow_desktop.platforms.linkedin.wire import (
    Wire,
    comment_parts,
    comment_urn,
    is_post,
    own_urn,
    read_wire,
    result_of,
)
from postflow_desktop.services.ports.publisher import Finding, Page, Presence, PublishedPost

CLOCK_SLACK = timedelta(seconds=60)
"""How far LinkedIn's clock may be behind the cluster's."""
_LARGEST_PAGE = 100
_PAGES = 5
_CLOSED = "LinkedIn lets no app list the posts of a person, so PostFlow can't look for it."


class Reader:
    """Reads with the account's own token."""

    def __init__(self, api: Api) -> None:
        self._api = api

    def find(self, session: Session, wire: str) -> Finding:
        """Look for the one post, or comment, with these words since the attempt.

        A single match is it. None at all is no proof that it is not coming.
        """
        sent = read_wire(wire)
        try:
            if sent.parent:
                matches = self._own_comments(session, sent)
            elif not _is_organization(session):
                return Finding(presence=Presence.ABSENT, message=_CLOSED)
            else:
                matches = [text_of(p, "id") for p in self._since(session, sent) if _is_it(sent, p)]
        except PostFlowError as error:
            return Finding(presence=Presence.UNKNOWN, message=error.message)
        if not matches:
            return Finding(presence=Presence.ABSENT, message="LinkedIn does not show the post.")
        result = result_of(matches[0])
        if len(matches) > 1:
            return Finding(
                presence=Presence.OTHER,
                result=result,
                message=f"{len(matches)} posts on LinkedIn look like this one.",
            )
        return Finding(presence=Presence.PRESENT, result=result)

    def fetch(self, session: Session, external_id: str) -> PublishedPost | None:
        """One post, or None; InvalidInput (`bad_external_id`), NetworkUnreachable, Refused."""
        urn = checked_urn(external_id)
        reply = self._api.get(f"{session.service}/rest/posts/{encoded(urn)}", session.access_token)
        if reply.status == 404:
            return None
        if not reply.ok or reply.body is None:
            raise errors.as_error(reply)
        return _published({**reply.body, "id": urn})

    def list_own(self, session: Session, *, cursor: str | None, limit: int) -> Page:
        """A page of an organization's posts, newest first; Refused for a person."""
        if not _is_organization(session):
            raise InvalidInput(_CLOSED, code="listing_closed")
        start = int(cursor) if cursor and cursor.isdecimal() else 0
        count = max(1, min(limit, _LARGEST_PAGE))
        items = self._page(session, start, count)
        following = str(start + len(items)) if len(items) == count else None
        posts = tuple(_published(one) for one in items if is_post(text_of(one, "id")))
        return Page(posts=posts, cursor=following)

    def _since(self, session: Session, sent: Wire) -> Iterator[Json]:
        since = sent.at - CLOCK_SLACK
        for number in range(_PAGES):
            items = self._page(session, number * _LARGEST_PAGE, _LARGEST_PAGE)
            made = [(one, _made_at(one)) for one in items]
            yield from (one for one, at in made if at is not None and at >= since)
            # By the last change: where all of a page are older, so is what follows.
            if len(items) < _LARGEST_PAGE or all(at is None or at < since for _, at in made):
                return

    def _page(self, session: Session, start: int, count: int) -> list[Json]:
        query = f"q=author&author={encoded(session.user_id)}&count={count}&start={start}"
        url = f"{session.service}/rest/posts?{query}&sortBy=LAST_MODIFIED"
        reply = self._api.get(url, session.access_token, finder=True)
        return _elements(reply)

    def _own_comments(self, session: Session, sent: Wire) -> list[str]:
        url = f"{session.service}/rest/socialActions/{encoded(sent.parent)}/comments?count=100"
        items = _elements(self._api.get(url, session.access_token))
        return [
            urn
            for one in items
            if comment_parts(urn := comment_urn(sent.parent, text_of(one, "id"))) is not None
            and text_of(one, "actor") == sent.author
            and _same(text_of(part_of(one, "message"), "text"), sent.text)
            and (at := _moment(part_of(one, "created").get("time"))) is not None
            and at >= sent.at - CLOCK_SLACK
        ]


def checked_urn(external_id: str) -> str:
    """The URN of a post; InvalidInput (`bad_external_id`)."""
    urn = own_urn(external_id)
    if urn is None:
        raise InvalidInput(
            f"'{external_id[:100]}' is not the name of a post on LinkedIn.", code="bad_external_id"
        )
    return urn


def _is_organization(session: Session) -> bool:
    return session.user_id.startswith("urn:li:organization:")


def _elements(reply: Reply) -> list[Json]:
    items = reply.body.get("elements") if reply.ok and reply.body else None
    if not isinstance(items, list):
        raise errors.as_error(reply)
    return [one for one in items if isinstance(one, dict)]


def _is_it(sent: Wire, post: Json) -> bool:
    return (
        is_post(text_of(post, "id"))
        and text_of(post, "author") == sent.author
        and _images(post) == sent.images
        and _same(plain(text_of(post, "commentary")), sent.text)
    )


def _images(post: Json) -> int:
    content = part_of(post, "content")
    images = part_of(content, "multiImage").get("images")
    if isinstance(images, list):
        return len(images)
    return 1 if text_of(part_of(content, "media"), "id").startswith("urn:li:") else 0


def _same(one: str, other: str) -> bool:
    return " ".join(normalize("NFC", one).split()) == " ".join(normalize("NFC", other).split())


def _published(post: Json) -> PublishedPost:
    urn = text_of(post, "id")
    return PublishedPost(
        external_id=urn,
        url=result_of(urn).url,
        text=plain(text_of(post, "commentary")),
        created_at=_made_at(post),
    )


def _made_at(post: Json) -> datetime | None:
    return _moment(post.get("publishedAt")) or _moment(post.get("createdAt"))


def _moment(value: object) -> datetime | None:
    """Milliseconds since 1970."""
    if isinstance(value, bool) or not isinstance(value, int):
        return None
    try:
        return datetime.fromtimestamp(value / 1000, UTC)
    except (ValueError, OverflowError, OSError):
        return None
