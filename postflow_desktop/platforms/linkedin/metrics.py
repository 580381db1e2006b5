"""How posts and accounts are doing on LinkedIn (port: `Metrics`).

learn.microsoft.com, 2026-11-21, version 202609: organization share statistics (`shares` and
`ugcPosts` as Rest.li lists, whose items are percent-encoded and whose commas and brackets are
not), member post statistics (one question for each number), network sizes, member followers.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, time, timedelta

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
    with_numbers,
)
from postflow_desktop.domain.network import Network
from postflow_desktop.platforms.linkedin import errors
from postflow_desktop.platforms.linkedin.api import Api, Json, Reply, encoded, part_of, text_of
from postflow_desktop.platforms.linkedin.endpoints import DEFAULT_VERSION
from postflow_desktop.platforms.linkedin.wire import own_urn
from postflow_desktop.services.ports.clock import Clock
from postflow_desktop.services.ports.metrics import TooManyRequests
from postflow_desktop.transport.client import HttpClient

_ORGANIZATION = "urn:li:organization:"
_LISTS = {"urn:li:share:": "shares", "urn:li:ugcPost:": "ugcPosts"}
_ENTITIES = {"urn:li:share:": "share", "urn:li:ugcPost:": "ugc"}
_OF_MEMBERS = {
    "impressions": "IMPRESSION",
    "reach": "MEMBERS_REACHED",
    "likes": "REACTION",
    "comments": "COMMENT",
    "shares": "RESHARE",
}
_SINCE_202604 = {"saves": "POST_SAVE", "clicks": "LINK_CLICKS"}
_ZEROS = PostMetrics(impressions=0, reach=0, likes=0, comments=0, shares=0, clicks=0, engagement=0)


class LinkedInMetrics:
    """Asks with the account's own token; organizations and people are asked differently."""

    network: Network = Network.LINKEDIN
    pace: Pace = SPARING
    most: int = 20
    daily_requests: int | None = 50
    """Half of what a person may ask in a day by an app in its development tier (100): posting
    needs the other half."""

    def __init__(self, http: HttpClient, clock: Clock, version: str = DEFAULT_VERSION) -> None:
        self._api = Api(http, version)
        self._clock = clock

    def price(self, session: Session, posts: int) -> int:
        """One for a list of an organization's posts, and some of those that nobody saw; a person's
        posts take a request for every number.
        """
        if not posts:
            return 0
        if _is_organization(session):
            return 2
        return posts * (len(_OF_MEMBERS) + len(_SINCE_202604))

    def of_posts(
        self, session: Session, external_ids: Sequence[str]
    ) -> Mapping[str, PostMetrics | Gone]:
        """All numbers of an organization's posts; those of a person where the app may read them."""
        own = {one: urn for one in external_ids if (urn := own_urn(one)) and _kind(urn)}
        urns = list(dict.fromkeys(own.values()))
        if _is_organization(session):
            found: dict[str, PostMetrics | Gone] = {}
            for kind, name in _LISTS.items():
                some = [urn for urn in urns if _kind(urn) == kind]
                found |= self._of_list(session, name, some) if some else {}
        else:
            found = dict(self._of_member(session, urns))
        return {one: found[urn] for one, urn in own.items() if urn in found}

    def of_account(self, session: Session) -> AccountMetrics:
        """Followers; LinkedIn tells nothing else about an account."""
        if _is_organization(session):
            query = "edgeType=COMPANY_FOLLOWED_BY_MEMBER"
            place = f"networkSizes/{encoded(session.user_id)}?{query}"
            reply = self._get(session, place)
            followers = count((reply.body or {}).get("firstDegreeSize")) if reply.ok else None
        else:
            reply = self._get(session, "memberFollowersCount?q=me", finder=True)
            if reply.status == 403:
                return AccountMetrics(reason=Untold.MEMBER_CLOSED)
            items = self._elements(reply)
            followers = count(items[0].get("memberFollowersCount")) if items else None
        if followers is None:
            raise self._error(reply)
        return AccountMetrics(followers=followers)

    def _of_list(
        self, session: Session, name: str, urns: Sequence[str]
    ) -> dict[str, PostMetrics | Gone]:
        """Who is absent had no activity at all, unless the post itself is gone."""
        entity = encoded(session.user_id)
        query = f"q=organizationalEntity&organizationalEntity={entity}"
        listed = ",".join(encoded(urn) for urn in urns)
        place = f"organizationalEntityShareStatistics?{query}&{name}=List({listed})"
        items = self._elements(self._get(session, place, finder=True))
        key = "share" if name == "shares" else "ugcPost"
        said = {text_of(item, key): part_of(item, "totalShareStatistics") for item in items}
        found: dict[str, PostMetrics | Gone] = {}
        for urn in urns:
            made = _of_shares(said[urn]) if urn in said else None
            if made is not None:
                found[urn] = made
        if said.keys() <= set(urns):
            for urn in urns:
                if urn not in said:
                    found |= self._absent(session, urn)
        return found

    def _absent(self, session: Session, urn: str) -> dict[str, PostMetrics | Gone]:
        """Zeros, if the post is there; nothing where that can't be told."""
        reply = self._get(session, f"posts/{encoded(urn)}")
        if reply.status == 404:
            return {urn: GONE}
        return {urn: _ZEROS} if reply.ok and reply.body is not None else {}

    def _of_member(
        self, session: Session, urns: Sequence[str]
    ) -> Iterator[tuple[str, PostMetrics | Gone]]:
        for place, urn in enumerate(urns):
            numbers: dict[str, int | None] = {}
            for name, kind in (_OF_MEMBERS | _SINCE_202604).items():
                reply = self._get(session, _member_place(urn, kind), finder=True)
                if reply.status == 403 and not numbers and not place:
                    closed = PostMetrics(reason=Untold.MEMBER_CLOSED)
                    yield from dict.fromkeys(urns, closed).items()
                    return
                if reply.status == 400 and name in _SINCE_202604:
                    # An older version of the API does not know it.
                    continue
                numbers[name] = _told(self._elements(reply), kind)
            made = with_numbers(numbers)
            if made != PostMetrics():
                yield urn, made.with_engagement()

    def _get(self, session: Session, place: str, *, finder: bool = False) -> Reply:
        url = f"{session.service}/rest/{place}"
        return self._api.get(url, session.access_token, finder=finder)

    def _elements(self, reply: Reply) -> list[Json]:
        items = reply.body.get("elements") if reply.ok and reply.body else None
        if not isinstance(items, list) or not all(isinstance(one, dict) for one in items):
            raise self._error(reply)
        return items

    def _error(self, reply: Reply) -> PostFlowError:
        if reply.ok:
            return NetworkUnreachable(
                "LinkedIn gave no usable answer about these numbers.",
                code="server_error",
                fix="Try again later.",
            )
        error = errors.as_error(reply)
        if reply.status != 429:
            return error
        at = _next_day(self._clock.now())
        return TooManyRequests(error.message, retry_at=at, fix=error.fix)


def _kind(urn: str) -> str:
    return next((kind for kind in _LISTS if urn.startswith(kind)), "")


def _is_organization(session: Session) -> bool:
    return session.user_id.startswith(_ORGANIZATION)


def _member_place(urn: str, kind: str) -> str:
    entity = f"({_ENTITIES[_kind(urn)]}:{encoded(urn)})"
    return f"memberCreatorPostAnalytics?q=entity&entity={entity}&queryType={kind}&aggregation=TOTAL"


def _of_shares(found: Json) -> PostMetrics | None:
    """`engagement` is a rate there, so the sum takes its place; None where nothing can be read."""
    made = PostMetrics(
        impressions=count(found.get("impressionCount")),
        reach=count(found.get("uniqueImpressionsCount")),
        likes=count(found.get("likeCount")),
        comments=count(found.get("commentCount")),
        shares=count(found.get("shareCount")),
        clicks=count(found.get("clickCount")),
    )
    return None if made == PostMetrics() else made.with_engagement()


def _told(items: Sequence[Json], kind: str) -> int | None:
    """The one count of an answer; until 202605 its kind was an object, which says nothing."""
    if len(items) != 1 or (text_of(items[0], "metricType") or kind) != kind:
        return None
    return count(items[0].get("count"))


def _next_day(now: datetime) -> datetime:
    """Allowances are for a day (UTC), and LinkedIn does not say when it answers again."""
    today = now.astimezone(UTC).date()
    return datetime.combine(today + timedelta(days=1), time(), UTC)
