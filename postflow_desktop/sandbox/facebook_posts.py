"""Posts of the sandbox's Pages: not the same words twice in a row, listed newest first."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from urllib.parse import urlsplit

from postflow_desktop.sandbox.exchange import Json, ShownPost
from postflow_desktop.sandbox.facebook_errors import GraphError, duplicate, gone, invalid
from postflow_desktop.sandbox.facebook_form import objects_of
from postflow_desktop.sandbox.facebook_photos import FacebookPhotos
from postflow_desktop.sandbox.forms import Form
from postflow_desktop.sandbox.state import State

MAX_TEXT = 63_206
_POSTS = "facebook-posts"
_NESTED = re.compile(r"\{[^{}]*\}")
_DEFAULT_FIELDS = "id,message,created_time"


class FacebookPosts:
    """Posts by Page and number; every accepted write goes into the log."""

    def __init__(
        self,
        state: State,
        now: Callable[[], datetime],
        *,
        photos: FacebookPhotos,
        new_id: Callable[[], str],
    ) -> None:
        self._state = state
        self._now = now
        self._photos = photos
        self._new_id = new_id

    def create(self, page: Json, form: Form) -> Json:
        """`POST /{page}/feed`."""
        text, link = form.text("message").strip(), form.text("link")
        photo_ids = [str(one.get("media_fbid")) for one in objects_of(form, "attached_media")]
        if not (text or link or photo_ids):
            raise invalid("The post is empty. Please enter a message to share.")
        if len(text) > MAX_TEXT or (link and photo_ids):
            raise invalid("Invalid parameter")
        if link and not urlsplit(link).hostname:
            raise invalid("Invalid parameter", 1609005)
        with self._state.lock:
            if not photo_ids and self._is_repeated(page, text, link):
                raise duplicate()
            photos = self._photos.use(page, photo_ids)
            return {"id": self._store(page, text, link=link, photos=photos)}

    def read(self, page: Json, post_id: str, fields: str) -> Json:
        """`GET /{post}`."""
        return _view(self._own(page, post_id, "get"), fields)

    def delete(self, page: Json, post_id: str) -> Json:
        """`DELETE /{post}`."""
        with self._state.lock:
            found = self._own(page, post_id, "delete")
            self._state.delete(_POSTS, _key(found))
            self._log("delete", found)
        return {"success": True}

    def listing(self, page: Json, form: Form) -> Json:
        """`GET /{page}/published_posts`: newest first."""
        limit, since = _number(form, "limit", 25), _number(form, "since", 0)
        before = _number(form, "after", 10**30)
        if not 1 <= limit <= 100:
            raise invalid("Param limit must be between 1 and 100")
        posts = [
            post
            for _, post in reversed(self._state.items(_POSTS, f"{page['id']}/"))
            if int(post["number"]) < before and _seconds(post) >= since
        ]
        shown = posts[:limit]
        if not shown:
            return {"data": []}
        cursors = {"before": shown[0]["number"], "after": shown[-1]["number"]}
        paging: Json = {"cursors": cursors}
        if len(posts) > limit:
            paging["next"] = f"https://graph.facebook.com/posts?after={cursors['after']}"
        return {"data": [_view(post, form.text("fields")) for post in shown], "paging": paging}

    def shown(self) -> list[ShownPost]:
        """All posts, newest first."""
        posts = [post for _, post in self._state.items(_POSTS)]
        posts.sort(key=lambda post: int(post["number"]), reverse=True)
        return [
            ShownPost(
                network="Facebook",
                author=post["author"],
                text="\n\n".join(dict.fromkeys(filter(None, (post["text"], post["link"])))),
                created_at=post["created_at"],
                external_id=post["id"],
                pictures=tuple((f"/facebook/media/{one}", alt) for one, alt in post["photos"]),
            )
            for post in posts
        ]

    def _is_repeated(self, page: Json, text: str, link: str) -> bool:
        """Whether the newest post has the same words and link, and no photos."""
        newest = self._state.items(_POSTS, f"{page['id']}/")[-1:]
        return any(
            (post["text"], post["link"], post["photos"]) == (text, link, []) for _, post in newest
        )

    def _store(self, page: Json, text: str, *, link: str, photos: list[Json]) -> str:
        number = self._new_id()
        post = {
            "id": f"{page['id']}_{number}",
            "number": number,
            "page": page["id"],
            "author": page["name"],
            "text": text,
            "link": link,
            "photos": [[photo["id"], photo["alt"]] for photo in photos],
            "created_at": f"{self._now().astimezone(UTC):%Y-%m-%dT%H:%M:%S}+0000",
        }
        self._state.put(_POSTS, _key(post), post)
        self._log("create", post)
        return str(post["id"])

    def _own(self, page: Json, post_id: str, method: str) -> Json:
        page_id, _, number = post_id.partition("_")
        found = self._state.get(_POSTS, f"{page_id}/{int(number):030d}")
        if found is None:
            raise gone(post_id, method)
        if page_id != page["id"]:
            raise GraphError(200, "(#200) Permissions error", status=403)
        return found

    def _log(self, action: str, post: Json) -> None:
        self._state.record(
            {
                "network": "facebook",
                "action": action,
                "account": post["page"],
                "external_id": post["id"],
                "text": post["text"],
            }
        )


def _view(post: Json, fields: str) -> Json:
    """The fields that were asked for; what is inside attachments comes whole."""
    view: Json = {
        "id": post["id"],
        "created_time": post["created_at"],
        "permalink_url": f"https://www.facebook.com/{post['page']}/posts/{post['number']}",
        "is_published": True,
    }
    if post["text"]:
        view["message"] = post["text"]
    attachments = _attachments(post)
    if attachments:
        view["attachments"] = {"data": attachments}
    wanted = fields or _DEFAULT_FIELDS
    while _NESTED.search(wanted):
        wanted = _NESTED.sub("", wanted)
    return {name: view[name] for name in ("id", *wanted.split(",")) if name in view}


def _attachments(post: Json) -> list[Json]:
    photos = [{"media_type": "photo", "target": {"id": one}} for one, _ in post["photos"]]
    if len(photos) > 1:
        return [{"media_type": "album", "subattachments": {"data": photos}}]
    card = {"media_type": "link", "unshimmed_url": post["link"]}
    return photos or ([card] if post["link"] else [])


def _key(post: Json) -> str:
    return f"{post['page']}/{int(post['number']):030d}"


def _seconds(post: Json) -> float:
    return datetime.fromisoformat(post["created_at"]).timestamp()


def _number(form: Form, name: str, default: int) -> int:
    text = form.text(name) or str(default)
    if not text.isdecimal():
        raise invalid(f"Param {name} must be an integer")
    return int(text)
