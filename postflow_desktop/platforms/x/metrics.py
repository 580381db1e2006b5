"""How posts and an account are doing on X (port: `Metrics`).

docs.x.com, metrics, 2026-11-21: public counts are told for as long as a post is there; what only
its owner sees (clicks, engagements) for 30 days. X is about to rename `retweet_count` and
`tweet_count` to `repost_count` and `post_count` (OpenAPI 2.167); both are read. Every post that is
read is billed to the developer app.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from postflow_desktop.domain.account import Session
from postflow_desktop.domain.errors import NetworkUnreachable, PostFlowError
from postflow_desktop.domain.metrics import (
    GONE,
    SPARING,
    AccountMetrics,
    Gone,
    Pace,
    PostMetrics,
    Untold,
    count,
    total,
)
from postflow_desktop.domain.network import Network
from postflow_desktop.platforms.x import errors
from postflow_desktop.platforms.x.api import Api, Json, Reply, text_of
from postflow_desktop.platforms.x.waits import retry_time
from postflow_desktop.platforms.x.wire import own_id
from postflow_desktop.services.ports.clock import Clock
from postflow_desktop.services.ports.metrics import TooManyRequests
from postflow_desktop.transport.client import HttpClient

_EPOCH_MILLISECONDS = 1288834974657
"""Where X's ids begin to count; they hold the time of the post (docs.x.com, X IDs)."""
OWNERS_DAYS = timedelta(days=30)
"""So long X tells what only the owner of a post sees."""
_MARGIN = timedelta(hours=1)
_PUBLIC = "public_metrics,attachments"
_ALL = f"{_PUBLIC},non_public_metrics"
_VIDEO = {"expansions": "attachments.media_keys", "media.fields": "public_metrics"}
_FIELD_PROBLEMS = frozenset({"not-authorized-for-field", "field-unauthorized"})


class XMetrics:
    """Reads with the account's own token."""

    network: Network = Network.X
    pace: Pace = SPARING
    most: int = 100
    daily_requests: int | None = None

    def __init__(self, http: HttpClient, clock: Clock) -> None:
        self._api = Api(http)
        self._clock = clock

    def price(self, session: Session, posts: int) -> int:  # noqa: ARG002 - the port's signature
        """A request, and one more for posts that are past their 30 days."""
        return 2 if posts else 0

    def of_posts(
        self, session: Session, external_ids: Sequence[str]
    ) -> Mapping[str, PostMetrics | Gone]:
        """All numbers of younger posts, the public ones of older posts."""
        own = {one: post_id for one in external_ids if (post_id := own_id(one)) is not None}
        found = self._of_ids(session, list(dict.fromkeys(own.values())))
        return {one: found[post_id] for one, post_id in own.items() if post_id in found}

    def of_account(self, session: Session) -> AccountMetrics:
        """Followers, followed, posts."""
        url = f"{session.service}/2/users/me"
        reply = self._api.get(url, {"user.fields": "public_metrics"}, session.access_token)
        found = reply.data.get("public_metrics") if reply.ok else None
        numbers = found if isinstance(found, dict) else {}
        made = AccountMetrics(
            followers=count(numbers.get("followers_count")),
            following=count(numbers.get("following_count")),
            posts=_either(numbers, "tweet_count", "post_count"),
        )
        if made == AccountMetrics():
            raise self._error(reply)
        return made

    def _of_ids(self, session: Session, ids: Sequence[str]) -> Mapping[str, PostMetrics | Gone]:
        since = self._clock.now() - OWNERS_DAYS + _MARGIN
        young = [one for one in ids if posted_at(one) > since]
        found = self._ask(session, young, _ALL) if young else {}
        # Left out with all fields may mean that X gives the public ones alone.
        rest = [one for one in ids if one not in found]
        if rest:
            found |= self._ask(session, rest, _PUBLIC)
        if ids and not found:
            raise _unusable()
        return {
            one: _aged(numbers, young=one in young) if isinstance(numbers, PostMetrics) else numbers
            for one, numbers in found.items()
        }

    def _ask(
        self, session: Session, ids: Sequence[str], fields: str
    ) -> dict[str, PostMetrics | Gone]:
        query = {"ids": ",".join(ids), "tweet.fields": fields, **_VIDEO}
        reply = self._api.get(f"{session.service}/2/tweets", query, session.access_token)
        if fields != _PUBLIC and _refuses_fields(reply):
            return {}
        items = reply.body.get("data", []) if reply.ok and reply.body else None
        if not isinstance(items, list):
            raise self._error(reply)
        views = _views_of_media(reply.body or {})
        found: dict[str, PostMetrics | Gone] = {}
        for item in items:
            made = _metrics(item, views)
            if made is not None and item.get("id") in ids:
                found[item["id"]] = made
        for one in _missing(reply, ids):
            found.setdefault(one, GONE)
        return found

    def _error(self, reply: Reply) -> PostFlowError:
        error = errors.as_error(reply)
        if reply.status != 429 or error.code != "rate_limited":
            return error
        at = retry_time(reply.headers, self._clock.now())
        return TooManyRequests(error.message, retry_at=at, fix=error.fix)


def posted_at(post_id: str) -> datetime:
    """When a post was made, by its id; the beginning of X's time where that can't be."""
    try:
        milliseconds = (int(post_id) >> 22) + _EPOCH_MILLISECONDS
        return datetime.fromtimestamp(milliseconds / 1000, UTC)
    except (ValueError, OverflowError, OSError):
        return datetime.fromtimestamp(0, UTC)


def _aged(numbers: PostMetrics, *, young: bool) -> PostMetrics:
    """Why clicks are missing, where they are."""
    if numbers.clicks is not None:
        return numbers
    reason = Untold.OWNER_ONLY if young else Untold.AGED
    return replace(numbers, reason=reason)


def _unusable() -> NetworkUnreachable:
    return NetworkUnreachable(
        "X gave no usable answer about the numbers of these posts.",
        code="server_error",
        fix="Try again later.",
    )


def _metrics(item: object, views: Mapping[str, int]) -> PostMetrics | None:
    """The numbers of a post; None where it has none that can be read."""
    public = item.get("public_metrics") if isinstance(item, dict) else None
    if not isinstance(item, dict) or not isinstance(public, dict):
        return None
    owned = item.get("non_public_metrics")
    owners: Json = owned if isinstance(owned, dict) else {}
    made = PostMetrics(
        impressions=count(public.get("impression_count")),
        likes=count(public.get("like_count")),
        comments=count(public.get("reply_count")),
        shares=total(
            _either(public, "retweet_count", "repost_count"), count(public.get("quote_count"))
        ),
        saves=count(public.get("bookmark_count")),
        clicks=count(owners.get("url_link_clicks")),
        views=total(*(views.get(key) for key in _media_keys(item))),
        engagement=count(owners.get("engagements")),
    )
    return None if made == PostMetrics() else made.with_engagement()


def _either(numbers: Json, old: str, new: str) -> int | None:
    """A count that X knows by two names."""
    known = count(numbers.get(old))
    return count(numbers.get(new)) if known is None else known


def _views_of_media(body: Json) -> dict[str, int]:
    """How often each video was watched, by the key of the medium; pictures have no such count."""
    includes = body.get("includes")
    media = includes.get("media") if isinstance(includes, dict) else None
    found: dict[str, int] = {}
    for item in media if isinstance(media, list) else []:
        public = item.get("public_metrics") if isinstance(item, dict) else None
        watched = count(public.get("view_count")) if isinstance(public, dict) else None
        if watched is not None:
            found[text_of(item, "media_key")] = watched
    return found


def _media_keys(item: Json) -> list[str]:
    attachments = item.get("attachments")
    keys = attachments.get("media_keys") if isinstance(attachments, dict) else None
    return [key for key in keys if isinstance(key, str)] if isinstance(keys, list) else []


def _missing(reply: Reply, ids: Iterable[str]) -> list[str]:
    """The ids that X says it has no post of, and says nothing else about."""
    said: dict[str, set[str]] = {}
    for error in reply.errors:
        one = text_of(error, "resource_id") or text_of(error, "value")
        said.setdefault(one, set()).add(text_of(error, "type").rpartition("/problems/")[2])
    return [one for one in ids if said.get(one) == {"resource-not-found"}]


def _refuses_fields(reply: Reply) -> bool:
    """Whether the whole question is refused for fields that only owners of posts may ask for."""
    return reply.status in {400, 403} and reply.problem in _FIELD_PROBLEMS
