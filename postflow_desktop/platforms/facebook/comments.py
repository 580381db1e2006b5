"""Finding a Page's own comment under its post: comments have no key either."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from postflow_desktop.domain.account import Session
from postflow_desktop.domain.errors import NetworkUnreachable
from postflow_desktop.platforms.facebook import errors
from postflow_desktop.platforms.facebook.api import Api, Json, part_of, text_of
from postflow_desktop.platforms.facebook.fingerprint import CLOCK_SLACK, moment_of, same_words
from postflow_desktop.platforms.facebook.wire import Wire, is_post_id

_QUERY = {
    "fields": "id,message,created_time,from",
    "filter": "stream",
    "order": "reverse_chronological",
    "limit": "100",
}
_PAGES = 8
"""How many pages are looked through for one comment."""


def own_comments(api: Api, session: Session, sent: Wire) -> list[str]:
    """The ids of the Page's comments with these words since the attempt, newest first.

    NotAllowed, Refused, NetworkUnreachable.
    """
    since = sent.at - CLOCK_SLACK
    return [text_of(one, "id") for one in _since(api, session, sent, since) if _is_it(sent, one)]


def _since(api: Api, session: Session, sent: Wire, moment: datetime) -> Iterator[Json]:
    query = dict(_QUERY)
    for _ in range(_PAGES):
        reply = api.get(session.service, sent.edge, query, session.access_token)
        if not reply.ok or reply.body is None or not isinstance(reply.body.get("data"), list):
            raise errors.as_error(reply)
        made = [(one, moment_of(text_of(one, "created_time"))) for one in reply.data]
        yield from (one for one, at in made if at is not None and at >= moment)
        if not reply.next_page or any(at is not None and at < moment for _, at in made):
            return
        query["after"] = reply.next_page
    raise NetworkUnreachable("There are too many newer comments on Facebook to look through.")


def _is_it(sent: Wire, comment: Json) -> bool:
    return (
        is_post_id(text_of(comment, "id"))
        and text_of(part_of(comment, "from"), "id") == sent.page_id
        and same_words(sent.text, text_of(comment, "message"))
    )
