"""How posts and an account are doing on Bluesky (port: `Metrics`).

Lexicons `app.bsky.feed.getPosts` and `app.bsky.actor.getProfile`, 2026-11-21. The account's own
server passes both on to the application view that counts; a server that knows none refuses them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from urllib.parse import urlencode

from postflow_desktop.domain.account import Session
from postflow_desktop.domain.errors import NetworkUnreachable, PostFlowError
from postflow_desktop.domain.metrics import (
    GONE,
    OFTEN,
    AccountMetrics,
    Gone,
    Pace,
    PostMetrics,
    Untold,
    count,
    total,
)
from postflow_desktop.domain.network import Network
from postflow_desktop.platforms.bluesky import errors
from postflow_desktop.platforms.bluesky.wire import Json, own_address
from postflow_desktop.platforms.bluesky.xrpc import Reply, Xrpc, text_of
from postflow_desktop.services.ports.clock import Clock
from postflow_desktop.services.ports.metrics import TooManyRequests
from postflow_desktop.transport.client import HttpClient

_NO_SERVICE = "No service configured for app.bsky."
_NO_VIEW = frozenset({"MethodNotImplemented", "XRPCNotSupported"})


class BlueskyMetrics:
    """Asks the account's own server, with its token."""

    network: Network = Network.BLUESKY
    pace: Pace = OFTEN
    most: int = 25
    daily_requests: int | None = None

    def __init__(self, http: HttpClient, clock: Clock) -> None:
        self._xrpc = Xrpc(http)
        self._clock = clock

    def price(self, session: Session, posts: int) -> int:  # noqa: ARG002 - the port's signature
        """One request."""
        return 1 if posts else 0

    def of_posts(
        self, session: Session, external_ids: Sequence[str]
    ) -> Mapping[str, PostMetrics | Gone]:
        """Likes, replies, reposts, quotes, bookmarks; who is not in the answer is gone."""
        places = {one: own_address(one, session.user_id) for one in external_ids}
        own = {one: place.uri for one, place in places.items() if place is not None}
        found = self._of_uris(session, list(dict.fromkeys(own.values()))) if own else {}
        return {one: found[uri] for one, uri in own.items() if uri in found}

    def of_account(self, session: Session) -> AccountMetrics:
        """Followers, followed, posts."""
        reply = self._query(session, "app.bsky.actor.getProfile", {"actor": session.user_id})
        if _knows_no_view(reply):
            return AccountMetrics(reason=Untold.NO_VIEW)
        body: Json = (reply.body or {}) if reply.ok else {}
        made = AccountMetrics(
            followers=count(body.get("followersCount")),
            following=count(body.get("followsCount")),
            posts=count(body.get("postsCount")),
        )
        if made == AccountMetrics():
            raise self._error(reply)
        return made

    def _of_uris(self, session: Session, uris: Sequence[str]) -> Mapping[str, PostMetrics | Gone]:
        # The name repeats, which a mapping can't hold (atproto.com/specs/xrpc, arrays).
        query = urlencode([("uris", uri) for uri in uris])
        reply = self._query(session, f"app.bsky.feed.getPosts?{query}", {})
        if _knows_no_view(reply):
            return dict.fromkeys(uris, PostMetrics(reason=Untold.NO_VIEW))
        items = reply.body.get("posts") if reply.ok and reply.body else None
        if not isinstance(items, list):
            raise self._error(reply)
        said = {text_of(item, "uri"): item for item in items if isinstance(item, dict)}
        found = _told(said, uris)
        # An item that is none of those asked for may stand for any of them: then none is gone.
        if said.keys() <= set(uris) and len(said) == len(items):
            found |= {uri: GONE for uri in uris if uri not in said}
        return found

    def _query(self, session: Session, method: str, query: Mapping[str, str]) -> Reply:
        return self._xrpc.query(session.service, method, query, token=session.access_token)

    def _error(self, reply: Reply) -> PostFlowError:
        if reply.ok:
            return NetworkUnreachable(
                "Bluesky gave no usable answer about these numbers.",
                code="server_error",
                fix="Try again later.",
            )
        error = errors.as_error(reply)
        if reply.status != 429:
            return error
        at = errors.retry_time(reply, self._clock.now())
        return TooManyRequests(error.message, retry_at=at, fix=error.fix)


def _told(said: Mapping[str, Json], uris: Sequence[str]) -> dict[str, PostMetrics | Gone]:
    made = {uri: _metrics(said[uri]) for uri in uris if uri in said}
    return {uri: numbers for uri, numbers in made.items() if numbers is not None}


def _metrics(item: Json) -> PostMetrics | None:
    """The numbers of a post; None where it has none that can be read."""
    made = PostMetrics(
        likes=count(item.get("likeCount")),
        comments=count(item.get("replyCount")),
        shares=total(count(item.get("repostCount")), count(item.get("quoteCount"))),
        saves=count(item.get("bookmarkCount")),
    )
    return None if made == PostMetrics() else made.with_engagement()


def _knows_no_view(reply: Reply) -> bool:
    """As the reference server says it (PDS 0.4.217), and as XRPC has it for unknown methods."""
    unknown = reply.status == 501 or reply.error in _NO_VIEW
    return unknown or (reply.status == 400 and reply.message.startswith(_NO_SERVICE))
