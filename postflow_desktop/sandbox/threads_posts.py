"""Posts of the sandbox's Threads: listed newest first, read, deleted, counted."""

from __future__ import annotations

import base64
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from postflow_desktop.sandbox.exchange import Json, ShownPost
from postflow_desktop.sandbox.state import State
from postflow_desktop.sandbox.threads_errors import bad_parameter, no_permission, not_found
from postflow_desktop.sandbox.threads_text import shown

_KIND = "threads-posts"
_OWNERS = "threads-owners"
_USAGE = "threads-usage"
_DAY = timedelta(hours=24)
_USUAL_PAGE, _LARGEST_PAGE = 25, 100
_KNOWN = frozenset(
    {
        "id",
        "media_product_type",
        "media_type",
        "permalink",
        "username",
        "text",
        "timestamp",
        "shortcode",
        "is_quote_post",
        "has_replies",
        "link_attachment_url",
        "is_reply",
        "replied_to",
    }
)


class ThreadsPosts:
    """Posts by account and id; every accepted write goes into the log."""

    def __init__(
        self, state: State, now: Callable[[], datetime], *, new_id: Callable[[], str]
    ) -> None:
        self._state = state
        self._now = now
        self._new_id = new_id
        self.daily_posts = 250
        """Posts of an account in moving 24 hours; a deleted post counts."""
        self.listing_lag_seconds = 0.0
        """How long after its publishing a post is neither listed nor read."""

    def add(self, user: Json, text: str, card: str, reply_to: str = "") -> str:
        """A new post, or a reply to one; its id."""
        post_id = self._new_id()
        code = base64.urlsafe_b64encode(int(post_id).to_bytes(8)).decode().rstrip("=")
        post = {
            "id": post_id,
            "user": user["id"],
            "username": user["username"],
            "text": shown(text),
            "card": card,
            "shortcode": code,
            "reply_to": reply_to,
            "at": self._now().timestamp(),
            "deleted": False,
        }
        with self._state.lock:
            self._put(post)
            self._state.put(_OWNERS, post_id, {"user": user["id"]})
            if not reply_to:
                times = [*self._used(user), post["at"]]
                self._state.put(_USAGE, user["id"], {"times": times})
            self._log("create", post)
        return post_id

    def is_used_up(self, user: Json) -> bool:
        """Whether the account may not post any more for now."""
        return len(self._used(user)) >= self.daily_posts

    def find(self, post_id: str) -> Json | None:
        """A post that is out, or None."""
        owner = self._state.get(_OWNERS, post_id)
        post = self._state.get(_KIND, _key(owner["user"], post_id)) if owner else None
        return None if post is None or post["deleted"] else post

    def read(self, post: Json, fields: set[str]) -> Json:
        """`GET /{post}`."""
        if self._is_hidden(post):
            raise not_found(post["id"])
        return _view(post, fields)

    def delete(self, user: Json, post_id: str) -> Json:
        """`DELETE /{post}`."""
        with self._state.lock:
            post = self.find(post_id)
            if post is None:
                raise not_found(post_id)
            if post["user"] != user["id"]:
                raise no_permission()
            self._put({**post, "deleted": True})
            self._log("delete", post)
        return {"success": True, "deleted_id": post_id}

    def listing(
        self, user: Json, query: dict[str, str], fields: set[str], *, replies: bool = False
    ) -> Json:
        """`GET /me/threads` or, with the answers alone, `GET /me/replies`: newest first."""
        limit = _limit(query.get("limit", str(_USUAL_PAGE)))
        since, until = _moment(query.get("since")), _moment(query.get("until"))
        older_than = _position(query.get("after"))
        posts = [
            post
            for _, post in reversed(self._state.items(_KIND, f"{user['id']}/"))
            if not (post["deleted"] or self._is_hidden(post))
            and bool(post.get("reply_to")) is replies
            and (older_than is None or int(post["id"]) < older_than)
            and (since is None or post["at"] >= since)
            and (until is None or post["at"] <= until)
        ]
        page = posts[:limit]
        answer: Json = {"data": [_view(post, fields) for post in page]}
        if page:
            cursors = {"before": _cursor(page[0]), "after": _cursor(page[-1])}
            answer["paging"] = {"cursors": cursors}
        if len(posts) > limit:
            edge = "replies" if replies else "threads"
            answer["paging"]["next"] = f"/v1.0/me/{edge}?limit={limit}&after={_cursor(page[-1])}"
        return answer

    def quota(self, user: Json, fields: set[str]) -> Json:
        """`GET /me/threads_publishing_limit`."""
        day = {"quota_duration": int(_DAY.total_seconds())}
        numbers: Json = {
            "quota_usage": len(self._used(user)),
            "config": {"quota_total": self.daily_posts, **day},
            "reply_quota_usage": 0,
            "reply_config": {"quota_total": 1000, **day},
            "delete_quota_usage": 0,
            "delete_config": {"quota_total": 100, **day},
        }
        return {"data": [{name: numbers[name] for name in numbers if name in fields}]}

    def shown(self) -> list[ShownPost]:
        """All posts, newest first."""
        posts = [post for _, post in self._state.items(_KIND) if not post["deleted"]]
        posts.sort(key=lambda post: int(post["id"]), reverse=True)
        return [
            ShownPost(
                network="Threads",
                author=f"@{post['username']}",
                text="\n\n".join(part for part in (post["text"], post["card"]) if part),
                created_at=_timestamp(post),
                external_id=post["id"],
                reply_to=post.get("reply_to", ""),
            )
            for post in posts
        ]

    def _used(self, user: Json) -> list[float]:
        """When the account posted in the last 24 hours."""
        since = (self._now() - _DAY).timestamp()
        known = self._state.get(_USAGE, user["id"]) or {"times": []}
        return [moment for moment in known["times"] if moment > since]

    def _is_hidden(self, post: Json) -> bool:
        return self._now().timestamp() - float(post["at"]) < self.listing_lag_seconds

    def _put(self, post: Json) -> None:
        self._state.put(_KIND, _key(post["user"], post["id"]), post)

    def _log(self, action: str, post: Json) -> None:
        self._state.record(
            {
                "network": "threads",
                "action": action,
                "account": post["user"],
                "external_id": post["id"],
                "text": post["text"],
            }
        )


def _view(post: Json, fields: set[str]) -> Json:
    unknown = sorted(fields - _KNOWN)
    if unknown:
        raise bad_parameter(f"Tried accessing nonexisting field ({unknown[0][:50]})")
    everything = {
        "id": post["id"],
        "media_product_type": "THREADS",
        "media_type": "TEXT_POST",
        "permalink": f"https://www.threads.net/@{post['username']}/post/{post['shortcode']}",
        "username": post["username"],
        "text": post["text"],
        "timestamp": _timestamp(post),
        "shortcode": post["shortcode"],
        "is_quote_post": False,
        "has_replies": False,
        "is_reply": bool(post.get("reply_to")),
    }
    if post.get("reply_to"):
        everything["replied_to"] = {"id": post["reply_to"]}
    if post["card"]:
        everything["link_attachment_url"] = post["card"]
    return {name: value for name, value in everything.items() if name in fields | {"id"}}


def _key(user_id: str, post_id: str) -> str:
    return f"{user_id}/{int(post_id):020d}"


def _timestamp(post: Json) -> str:
    return f"{datetime.fromtimestamp(post['at'], UTC):%Y-%m-%dT%H:%M:%S}+0000"


def _cursor(post: Json) -> str:
    return base64.urlsafe_b64encode(str(post["id"]).encode()).decode()


def _position(cursor: str | None) -> int | None:
    if not cursor:
        return None
    try:
        return int(base64.urlsafe_b64decode(cursor))
    except ValueError:
        raise bad_parameter("Invalid cursors values provided") from None


def _limit(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= _LARGEST_PAGE:
        raise bad_parameter("Param limit must be a number from 1 to 100.")
    return int(text)


def _moment(text: str | None) -> float | None:
    """Unix seconds or a time in ISO form."""
    if not text:
        return None
    if text.isdecimal():
        return float(text)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise bad_parameter("Param since must be a valid time.") from None
    return moment.replace(tzinfo=moment.tzinfo or UTC).timestamp()
