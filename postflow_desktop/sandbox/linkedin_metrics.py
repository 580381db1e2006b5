"""Numbers of the sandbox's LinkedIn: of an organization's posts, of a person's, and followers.

learn.microsoft.com (version 202609): a post without any activity is left out of the statistics.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime

from postflow_desktop.sandbox.ages import seems_posted
from postflow_desktop.sandbox.exchange import Answer, Call, Json, json_answer
from postflow_desktop.sandbox.linkedin_errors import denied, invalid, refused
from postflow_desktop.sandbox.linkedin_oauth import ORGANIZATIONS, LinkedInOAuth
from postflow_desktop.sandbox.linkedin_posts import LinkedInPosts
from postflow_desktop.sandbox.reactions import Reactions, followers, reactions
from postflow_desktop.sandbox.state import State

_OPENED = datetime(2026, 1, 1, tzinfo=UTC)
"""When people began to follow the accounts of the sandbox."""
_LIST = re.compile(r"List\((.*)\)")
_ENTITY = re.compile(r"\((?:share|ugc):(urn:li:[A-Za-z]+:[0-9]+)\)")
_KINDS: dict[str, Callable[[Reactions], int]] = {
    "IMPRESSION": lambda seen: seen.impressions,
    "MEMBERS_REACHED": lambda seen: seen.reach,
    "REACTION": lambda seen: seen.likes,
    "COMMENT": lambda seen: seen.replies,
    "RESHARE": lambda seen: seen.reposts,
    "POST_SAVE": lambda seen: seen.saves,
    "LINK_CLICKS": lambda seen: seen.clicks,
}


class LinkedInNumbers:
    """The statistics endpoints, each with the permission it takes."""

    def __init__(
        self,
        state: State,
        now: Callable[[], datetime],
        *,
        oauth: LinkedInOAuth,
        posts: LinkedInPosts,
    ) -> None:
        self._state = state
        self._now = now
        self._oauth = oauth
        self._posts = posts

    def of_shares(self, call: Call) -> Answer:
        """`organizationalEntityShareStatistics`, for the posts that are named."""
        organization = self._administered(call, call.query.get("organizationalEntity", ""))
        if call.query.get("q") != "organizationalEntity":
            raise invalid("/q", "is not supported here")
        elements: list[Json] = []
        for name, key in (("shares", "share"), ("ugcPosts", "ugcPost")):
            listed = _LIST.fullmatch(call.query.get(name, "List()"))
            if listed is None:
                raise invalid(f"/{name}", "is no list")
            for urn in filter(None, listed[1].split(",")):
                seen = self._seen(urn, organization)
                if seen is not None and seen.impressions:
                    statistics = {"totalShareStatistics": _statistics(seen), key: urn}
                    elements.append({"organizationalEntity": organization, **statistics})
        return json_answer({"elements": elements, "paging": {"start": 0, "count": 10}})

    def size(self, call: Call, urn: str) -> Answer:
        """`networkSizes` of an organization."""
        self._administered(call, urn)
        if call.query.get("edgeType") != "COMPANY_FOLLOWED_BY_MEMBER":
            raise invalid("/edgeType", "is not a known edge")
        return json_answer({"firstDegreeSize": followers(urn, _OPENED, self._now())})

    def of_member(self, call: Call) -> Answer:
        """`memberCreatorPostAnalytics`: one number of one post."""
        person = self._oauth.person(call, "r_member_postAnalytics")
        entity = _ENTITY.fullmatch(call.query.get("entity", ""))
        kind = call.query.get("queryType", "")
        if call.query.get("q") != "entity" or entity is None:
            raise invalid("/entity", "is not supported here")
        if kind not in _KINDS or call.query.get("aggregation") != "TOTAL":
            raise invalid("/queryType", "is not a known metric")
        seen = self._seen(entity[1], f"urn:li:person:{person['sub']}")
        if seen is None:
            raise denied(entity[1])
        return json_answer({"elements": [{"count": _KINDS[kind](seen), "metricType": kind}]})

    def member_followers(self, call: Call) -> Answer:
        """`memberFollowersCount`, of now."""
        person = self._oauth.person(call, "r_member_profileAnalytics")
        if call.query.get("q") != "me":
            raise invalid("/q", "is not supported here")
        found = followers(str(person["sub"]), _OPENED, self._now())
        return json_answer({"elements": [{"memberFollowersCount": found}]})

    def _administered(self, call: Call, urn: str) -> str:
        person = self._oauth.person(call, "rw_organization_admin")
        if self._state.get(ORGANIZATIONS, urn.rpartition(":")[2]) is None:
            raise refused(404, "NOT_FOUND", f"{urn} not found")
        if urn not in person["organizations"]:
            raise denied(f"the organization {urn}")
        return urn

    def _seen(self, urn: str, author: str) -> Reactions | None:
        """What became of a post of that author; None where there is none."""
        found = self._posts.find(urn)
        if found is None or found["author"] != author:
            return None
        posted = datetime.fromtimestamp(found["publishedAt"] / 1000, UTC)
        return reactions(urn, seems_posted(self._state, urn, posted), self._now())


def _statistics(seen: Reactions) -> Json:
    touched = seen.clicks + seen.likes + seen.replies + seen.reposts
    return {
        "impressionCount": seen.impressions,
        "uniqueImpressionsCount": seen.reach,
        "clickCount": seen.clicks,
        "likeCount": seen.likes,
        "commentCount": seen.replies,
        "shareCount": seen.reposts,
        "engagement": touched / seen.impressions,
    }
