"""Posts of the sandbox's X: made once per text, listed newest first, deleted."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from unicodedata import normalize

from postflow_desktop.sandbox.exchange import Json, ShownPost
from postflow_desktop.sandbox.state import State
from postflow_desktop.sandbox.x_errors import invalid, missing_post, problem, too_long
from postflow_desktop.sandbox.x_media import XMedia, is_film, media_key
from postflow_desktop.sandbox.x_metrics import (
    OWNERS_FIELDS,
    field_refused,
    owners_metrics,
    public_metrics,
)
from postflow_desktop.sandbox.x_options import chosen_of, notes_of
from postflow_desktop.sandbox.x_text import is_too_long, shown

DUPLICATE_WINDOW = timedelta(hours=24)
"""Not documented by X; long enough that a resend is always refused."""
_KNOWN = frozenset(
    {
        "text",
        "media",
        "reply",
        "reply_settings",
        "quote_tweet_id",
        "poll",
        "made_with_ai",
        "paid_partnership",
    }
)


class XPosts:
    """Posts by account and id; every accepted write goes into the log."""

    def __init__(
        self,
        state: State,
        now: Callable[[], datetime],
        *,
        media: XMedia,
        new_id: Callable[[], str],
    ) -> None:
        self._state = state
        self._now = now
        self._media = media
        self._new_id = new_id

    def create(self, user: Json, body: Json) -> Json:
        """`POST /2/tweets`."""
        unknown = sorted(set(body) - _KNOWN)
        if unknown:
            raise invalid(unknown[0], "", f"[{unknown[0]}] is not defined in the schema.")
        text = body.get("text", "")
        if not isinstance(text, str):
            raise invalid("text", str(text)[:50], "The text is invalid.")
        chosen = chosen_of(body)
        with self._state.lock:
            media = self._attached(user, body)
            words, reply_to = text.strip(), self._answered(body)
            self._check(user, words, media)
            return self._store(user, words, media, reply_to, chosen)

    def read(self, post_id: str, fields: set[str]) -> Json:
        """`GET /2/tweets/{id}`; a post that is not there is an error with status 200."""
        found = self._find(post_id)
        if found is None:
            return missing_post(post_id)
        return {"data": self._shown(found, fields)}

    def lookup(self, user: Json, query: dict[str, str], fields: set[str]) -> Json:
        """`GET /2/tweets`: what is there, and an error for each that is not."""
        ids = query.get("ids", "").split(",")
        if len(ids) > 100 or not all(one.isdecimal() for one in ids):
            raise invalid("ids", query.get("ids", "")[:50], "The `ids` are invalid.")
        now = self._now()
        data, errors = list[Json](), list[Json]()
        for one in ids:
            found = self._find(one)
            if found is None:
                errors += missing_post(one)["errors"]
                continue
            view, owners = self._shown(found, fields), owners_metrics(self._state, found, user, now)
            for field in (name for name in OWNERS_FIELDS if name in fields):
                if owners is None:
                    errors.append(field_refused(one, field))
                else:
                    view[field] = owners
            data.append(view)
        return {**({"data": data} if data else {}), **({"errors": errors} if errors else {})}

    def delete(self, user: Json, post_id: str) -> Json:
        """`DELETE /2/tweets/{id}`; one that is gone counts as deleted."""
        with self._state.lock:
            found = self._find(post_id)
            if found is not None and found["user"] != user["id"]:
                raise problem(403, "You are not authorized to delete this Tweet.")
            if found is not None:
                self._state.delete("x-posts", _key(found))
                self._log("delete", found)
        return {"data": {"deleted": True}}

    def listing(self, user_id: str, query: dict[str, str], fields: set[str]) -> Json:
        """`GET /2/users/{id}/tweets`: newest first."""
        limit = _limit(query.get("max_results", "10"))
        start = _moment(query.get("start_time"))
        older_than = query.get("pagination_token", "")
        if older_than and not older_than.isdecimal():
            raise invalid("pagination_token", older_than[:50], "The token is invalid.")
        posts = [
            post
            for _, post in reversed(self._state.items("x-posts", f"{user_id}/"))
            if (not older_than or int(post["id"]) < int(older_than))
            and (start is None or datetime.fromisoformat(post["created_at"]) >= start)
        ]
        page = posts[:limit]
        meta: Json = {"result_count": len(page)}
        if page:
            meta |= {"newest_id": page[0]["id"], "oldest_id": page[-1]["id"]}
        if len(posts) > limit:
            meta["next_token"] = page[-1]["id"]
        answer: Json = {"data": [self._shown(post, fields) for post in page]} if page else {}
        return {**answer, "meta": meta}

    def shown(self) -> list[ShownPost]:
        """All posts, newest first."""
        posts = [post for _, post in self._state.items("x-posts")]
        posts.sort(key=lambda post: int(post["id"]), reverse=True)
        return [
            ShownPost(
                network="X",
                author=f"@{post['username']}",
                text=post["words"],
                created_at=post["created_at"],
                external_id=post["id"],
                pictures=tuple(
                    (f"/x/media/{key}", alt) for key, alt in post["media"] if not is_film(key)
                ),
                films=tuple(f"/x/media/{key}" for key, _ in post["media"] if is_film(key)),
                reply_to=post.get("reply_to", ""),
                notes=notes_of(post),
            )
            for post in posts
        ]

    def _attached(self, user: Json, body: Json) -> list[Json]:
        media = body.get("media")
        if media is None:
            return []
        ids = media.get("media_ids") if isinstance(media, dict) else None
        return self._media.attached(user, ids)

    def _answered(self, body: Json) -> str:
        """The post that is answered, or nothing."""
        reply = body.get("reply")
        if reply is None:
            return ""
        wanted = reply.get("in_reply_to_tweet_id") if isinstance(reply, dict) else None
        if not isinstance(wanted, str) or not wanted.isdecimal():
            raise invalid("reply.in_reply_to_tweet_id", str(wanted)[:50], "The id is invalid.")
        if self._find(wanted) is None:
            detail = "You attempted to reply to a Tweet that is deleted or not visible to you."
            raise problem(403, detail)
        return wanted

    def _check(self, user: Json, words: str, media: list[Json]) -> None:
        if not words and not media:
            raise invalid("text", "", "One of text or media has to be there.")
        if is_too_long(words):
            raise too_long()
        since = self._now() - DUPLICATE_WINDOW
        for _, post in self._state.items("x-posts", f"{user['id']}/"):
            recent = datetime.fromisoformat(post["created_at"]) > since
            if words and recent and _same(post["words"], words):
                detail = "You are not allowed to create a Tweet with duplicate content."
                raise problem(403, detail)

    def _store(
        self, user: Json, words: str, media: list[Json], reply_to: str, chosen: Json
    ) -> Json:
        post_id = self._new_id()
        keys = [media_key(item["id"], item.get("category", "tweet_image")) for item in media]
        text, entities = shown(post_id, words, keys, user["username"])
        post = {
            "id": post_id,
            "user": user["id"],
            "username": user["username"],
            "words": words,
            "reply_to": reply_to,
            "chosen": chosen,
            "text": text,
            "entities": entities,
            "media": [[key, item["alt"]] for key, item in zip(keys, media, strict=True)],
            "created_at": f"{self._now().astimezone(UTC):%Y-%m-%dT%H:%M:%S}.000Z",
        }
        self._state.put("x-posts", _key(post), post)
        self._log("create", post)
        return {"data": {"id": post_id, "text": text, "edit_history_tweet_ids": [post_id]}}

    def _shown(self, post: Json, fields: set[str]) -> Json:
        view = _view(post, fields)
        if "public_metrics" in fields:
            view["public_metrics"] = public_metrics(self._state, post, self._now())
        return view

    def _find(self, post_id: str) -> Json | None:
        posts = (post for _, post in self._state.items("x-posts"))
        return next((post for post in posts if post["id"] == post_id), None)

    def _log(self, action: str, post: Json) -> None:
        self._state.record(
            {
                "network": "x",
                "action": action,
                "account": post["user"],
                "external_id": post["id"],
                "text": post["words"],
            }
        )


def _view(post: Json, fields: set[str]) -> Json:
    view = {"id": post["id"], "text": post["text"], "edit_history_tweet_ids": [post["id"]]}
    if "created_at" in fields:
        view["created_at"] = post["created_at"]
    if "entities" in fields and post["entities"]:
        view["entities"] = post["entities"]
    if "attachments" in fields and post["media"]:
        view["attachments"] = {"media_keys": [key for key, _ in post["media"]]}
    if "reply_settings" in fields:
        view["reply_settings"] = post.get("chosen", {}).get("reply_settings", "everyone")
    if "referenced_tweets" in fields and post.get("reply_to"):
        view["referenced_tweets"] = [{"type": "replied_to", "id": post["reply_to"]}]
    return view


def _key(post: Json) -> str:
    return f"{post['user']}/{int(post['id']):020d}"


def _same(one: str, other: str) -> bool:
    return " ".join(normalize("NFC", one).split()) == " ".join(normalize("NFC", other).split())


def _limit(text: str) -> int:
    if not text.isdecimal() or not 5 <= int(text) <= 100:
        raise invalid(
            "max_results",
            text[:20],
            f"The `max_results` query parameter value [{text[:20]}] is not between 5 and 100",
        )
    return int(text)


def _moment(text: str | None) -> datetime | None:
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise invalid("start_time", text[:50], "The time is not in the form of RFC 3339.")
    return moment
