"""Numbers of the sandbox's Bluesky, as the application view shows them."""

from __future__ import annotations

from datetime import datetime

from postflow_desktop.sandbox.ages import seems_posted
from postflow_desktop.sandbox.exchange import Json
from postflow_desktop.sandbox.reactions import followers, following, reactions
from postflow_desktop.sandbox.state import State

_OPENED = datetime.fromisoformat("2026-01-01T00:00:00+00:00")
"""When people began to follow the accounts of the sandbox."""


def post_counts(state: State, uri: str, record: Json, now: datetime) -> Json:
    """The counts of `app.bsky.feed.defs#postView`."""
    seen = reactions(uri, seems_posted(state, uri, _posted(record, now)), now)
    return {
        "likeCount": seen.likes,
        "repostCount": seen.reposts,
        "replyCount": seen.replies,
        "quoteCount": seen.quotes,
        "bookmarkCount": seen.saves,
    }


def profile(state: State, account: Json, now: datetime) -> Json:
    """`app.bsky.actor.defs#profileViewDetailed`."""
    did = account["did"]
    return {
        "did": did,
        "handle": account["handle"],
        "followersCount": followers(did, _OPENED, now),
        "followsCount": following(did),
        "postsCount": len(state.items("records", f"{did}/app.bsky.feed.post/")),
        "indexedAt": now.isoformat(),
    }


def _posted(record: Json, now: datetime) -> datetime:
    """A record may carry any time; one without a zone, or of the future, is as new as can be."""
    try:
        posted = datetime.fromisoformat(str(record.get("createdAt")))
    except ValueError:
        return now
    return posted if posted.tzinfo else now
