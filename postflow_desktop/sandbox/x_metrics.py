"""Numbers of the sandbox's X: of posts for everybody and for their owners, and of accounts.

docs.x.com, metrics: what only the owner sees is told for 30 days; who asks for it later, or asks
for another one's post, gets the rest with an error beside it.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from postflow_desktop.sandbox.ages import seems_posted
from postflow_desktop.sandbox.exchange import Json
from postflow_desktop.sandbox.reactions import Reactions, followers, following, reactions
from postflow_desktop.sandbox.state import State

_PROBLEMS = "https://api.x.com/2/problems/"
_OWNERS_TIME = timedelta(days=30)
_OPENED = datetime.fromisoformat("2026-01-01T00:00:00+00:00")
"""When people began to follow the accounts of the sandbox."""
OWNERS_FIELDS = ("non_public_metrics", "organic_metrics")


def public_metrics(state: State, post: Json, now: datetime) -> Json:
    """What everybody sees of a post."""
    seen = _seen(state, post, now)
    return {
        "retweet_count": seen.reposts,
        "reply_count": seen.replies,
        "like_count": seen.likes,
        "quote_count": seen.quotes,
        "bookmark_count": seen.saves,
        "impression_count": seen.impressions,
    }


def owners_metrics(state: State, post: Json, user: Json, now: datetime) -> Json | None:
    """What the owner sees besides; None where it is not told (any more)."""
    if post["user"] != user["id"] or now - _posted(post) > _OWNERS_TIME:
        return None
    seen = _seen(state, post, now)
    touched = seen.likes + seen.replies + seen.reposts + seen.quotes + seen.saves
    return {
        "impression_count": seen.impressions,
        "url_link_clicks": seen.clicks,
        "user_profile_clicks": seen.profile_visits,
        "engagements": touched + seen.clicks + seen.profile_visits,
    }


def field_refused(post_id: str, field: str) -> Json:
    """The error beside a post whose owner's numbers are not told."""
    return {
        "resource_id": post_id,
        "parameter": "tweet.fields",
        "resource_type": "tweet",
        "section": "data",
        "title": "Field Authorization Error",
        "value": post_id,
        "field": field,
        "detail": f"Sorry, you are not authorized to access '{field}' on the Tweet.",
        "type": f"{_PROBLEMS}not-authorized-for-field",
    }


def user_metrics(state: State, user: Json, now: datetime) -> Json:
    """The numbers of an account."""
    posts = state.items("x-posts", f"{user['id']}/")
    return {
        "followers_count": followers(user["id"], _OPENED, now),
        "following_count": following(user["id"]),
        "tweet_count": len(posts),
        "listed_count": 0,
        "like_count": 0,
        "media_count": sum(len(post["media"]) for _, post in posts),
    }


def _seen(state: State, post: Json, now: datetime) -> Reactions:
    return reactions(post["id"], seems_posted(state, post["id"], _posted(post)), now)


def _posted(post: Json) -> datetime:
    return datetime.fromisoformat(post["created_at"])
