"""What the sandbox's X checks, keeps and shows of what was chosen for a post.

Names and words of `CreatePostsRequest` in X's OpenAPI document 2.167 (2026-08-22).
"""

from __future__ import annotations

from postflow_desktop.sandbox.exchange import Json
from postflow_desktop.sandbox.x_errors import invalid

REPLIERS = {
    "following": "Accounts the author follows can reply",
    "mentionedUsers": "Mentioned accounts can reply",
    "subscribers": "Subscribers can reply",
    "verified": "Verified accounts can reply",
}
FLAGS = {"made_with_ai": "Made with AI", "paid_partnership": "Paid partnership"}


def chosen_of(body: Json) -> Json:
    """The checked choices of a request; those that are as usual are left out."""
    chosen: Json = {}
    replies = body.get("reply_settings")
    if replies is not None:
        if replies not in REPLIERS:
            raise invalid(
                "reply_settings",
                str(replies)[:50],
                f"The `reply_settings` field value [{str(replies)[:50]}] is not one of "
                f"[{','.join(REPLIERS)}]",
            )
        chosen["reply_settings"] = replies
    for name in FLAGS:
        flag = body.get(name)
        if flag is not None and not isinstance(flag, bool):
            raise invalid(name, str(flag)[:50], f"[{name}] is not a boolean.")
        if flag:
            chosen[name] = True
    return chosen


def notes_of(post: Json) -> tuple[str, ...]:
    """What the page says of them."""
    chosen = post.get("chosen", {})
    replies = REPLIERS.get(chosen.get("reply_settings", ""))
    marks = tuple(words for name, words in FLAGS.items() if chosen.get(name))
    return (replies, *marks) if replies else marks
