"""Posts, comments and pictures of the sandbox's LinkedIn."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from postflow_desktop.sandbox.exchange import Json, ShownCard, ShownPost
from postflow_desktop.sandbox.linkedin_errors import invalid, refused
from postflow_desktop.sandbox.linkedin_options import chosen_of, notes_of
from postflow_desktop.sandbox.linkedin_uploads import LinkedInUploads
from postflow_desktop.sandbox.state import State

MAX_TEXT, MAX_ALT, MAX_IMAGES = 3000, 4086, 20
MAX_CARD_TITLE, MAX_CARD_DESCRIPTION = 400, 4086
REPEATS_REFUSED = timedelta(minutes=10)
_POSTS, _COMMENTS, _IMAGES = "linkedin-posts", "linkedin-comments", "linkedin-images"
_FIRST_ID = 7_100_000_000_000_000_000
_MARK = re.compile(r"\\[\\|{}@\[\]()<>#*_~]|(?P<bare>[|{}@\[\]()<>#*_~])")
_ESCAPED = re.compile(r"\\([\\|{}@\[\]()<>#*_~])")
_TAG = re.compile(r"\{hashtag\|\\?#\|([^}]*)\}")


class LinkedInPosts:
    """Everything that was put out, by URN."""

    def __init__(self, state: State, now: Callable[[], datetime], uploads: LinkedInUploads) -> None:
        self._state = state
        self._now = now
        self._uploads = uploads

    def create(self, body: Json) -> str:
        """A new post; its URN. The same words of one author are refused for some minutes."""
        text = body.get("commentary")
        if not isinstance(text, str):
            raise invalid("/commentary", "field is required but not found", "MISSING_FIELD")
        if body.get("lifecycleState") != "PUBLISHED":
            raise invalid("/lifecycleState", "is not supported here")
        chosen = chosen_of(body)
        shown = shown_text(text)
        if len(_ESCAPED.sub(r"\1", text)) > MAX_TEXT:
            raise invalid("/commentary", "is too long", "FIELD_LENGTH_TOO_LONG")
        content = body.get("content") or {}
        images = self._images(content, str(body["author"]))
        more = self._more(content, str(body["author"]))
        card = self._article(content.get("article"), str(body["author"]))
        with self._state.lock:
            self._check_repeat(str(body["author"]), shown, content)
            kind = "ugcPost" if more and more["kind"] == "video" else "share"
            urn = f"urn:li:{kind}:{self._new_id()}"
            now = self._milliseconds()
            kept = {
                "id": urn,
                "author": body["author"],
                "commentary": text,
                "content": content,
                "createdAt": now,
                "publishedAt": now,
                "lastModifiedAt": now,
                "lifecycleState": "PUBLISHED",
                **chosen,
            }
            self._state.put(
                _POSTS,
                urn,
                {"post": kept, "shown": shown, "images": images, "card": card, "more": more},
            )
            self._log("create", str(body["author"]), urn, shown)
        return urn

    def read(self, urn: str) -> Json:
        """A post; 404 where it is gone."""
        found = self._state.get(_POSTS, urn)
        if found is None:
            raise refused(404, "NOT_FOUND", f"{urn} not found")
        post: Json = found["post"]
        return post

    def find(self, urn: str) -> Json | None:
        """A post, or None."""
        found = self._state.get(_POSTS, urn)
        return None if found is None else found["post"]

    def of_author(self, author: str, start: int, count: int) -> list[Json]:
        """Newest first."""
        found = [one["post"] for _, one in self._state.items(_POSTS)]
        mine = [post for post in found if post["author"] == author]
        return sorted(mine, key=lambda post: str(post["id"]), reverse=True)[start : start + count]

    def delete(self, urn: str) -> None:
        """Deleting twice is fine."""
        with self._state.lock:
            found = self._state.get(_POSTS, urn)
            if found is not None:
                self._state.delete(_POSTS, urn)
                self._log("delete", found["post"]["author"], urn, found["shown"])

    def comment(self, post: str, body: Json) -> Json:
        """A comment of an actor under a post."""
        self.read(post)
        text = (body.get("message") or {}).get("text")
        if not isinstance(text, str) or not text:
            raise invalid("/message/text", "field is required but not found", "MISSING_FIELD")
        with self._state.lock:
            number = self._new_id()
            kept = {
                "id": number,
                "$URN": f"urn:li:comment:({post},{number})",
                "actor": body["actor"],
                "object": post,
                "message": {"text": text},
                "created": {"actor": body["actor"], "time": self._milliseconds()},
            }
            self._state.put(_COMMENTS, f"{post}/{number}", kept)
            self._log("create", str(body["actor"]), kept["$URN"], text)
        return kept

    def comments(self, post: str) -> list[Json]:
        """Oldest first."""
        self.read(post)
        return [one for _, one in self._state.items(_COMMENTS, f"{post}/")]

    def delete_comment(self, post: str, number: str) -> None:
        """Forget a comment."""
        self._state.delete(_COMMENTS, f"{post}/{number}")

    def reserve(self, owner: str) -> str:
        """The URN of a picture whose bytes are to come."""
        urn = f"urn:li:image:C4E{secrets.token_urlsafe(12)}"
        self._state.put(_IMAGES, urn, {"owner": owner, "status": "WAITING_UPLOAD"})
        return urn

    def upload(self, urn: str, data: bytes) -> bool:
        """Keep the bytes; False where nobody asked for this picture."""
        found = self._state.get(_IMAGES, urn)
        if found is None:
            return False
        blob = f"linkedin-{urn.rpartition(':')[2]}"
        self._state.put_blob(blob, data)
        self._state.put(_IMAGES, urn, {**found, "status": "AVAILABLE", "blob": blob})
        return True

    def image(self, urn: str) -> Json:
        """What is known about a picture."""
        found = self._state.get(_IMAGES, urn)
        if found is None:
            raise refused(404, "NOT_FOUND", f"{urn} not found")
        return {"id": urn, "owner": found["owner"], "status": found["status"]}

    def forget_images(self) -> None:
        """Let all uploads end."""
        for urn, _ in self._state.items(_IMAGES):
            self._state.delete(_IMAGES, urn)

    def shown(self, name_of: Callable[[str], str]) -> list[ShownPost]:
        """Posts and comments for the page."""
        posts = [
            ShownPost(
                network="linkedin",
                author=name_of(one["post"]["author"]),
                text=one["shown"],
                created_at=_moment(one["post"]["publishedAt"]),
                external_id=urn,
                pictures=tuple((f"/linkedin/media/{i['blob']}", i["alt"]) for i in one["images"]),
                card=_shown_card(one.get("card")),
                films=_shown_films(one.get("more")),
                papers=_shown_papers(one.get("more")),
                notes=notes_of(one["post"]),
            )
            for urn, one in self._state.items(_POSTS)
        ]
        comments = [
            ShownPost(
                network="linkedin",
                author=name_of(one["actor"]),
                text=one["message"]["text"],
                created_at=_moment(one["created"]["time"]),
                external_id=one["$URN"],
                reply_to=one["object"],
            )
            for _, one in self._state.items(_COMMENTS)
        ]
        return [*posts, *comments]

    def _images(self, content: Json, author: str) -> list[Json]:
        if "multiImage" in content:
            items = content["multiImage"].get("images", [])
            if not 2 <= len(items) <= MAX_IMAGES:
                raise invalid("/content/multiImage/images", "has 2 to 20 items")
        elif "media" in content and not _is_upload(content["media"]):
            items = [content["media"]]
        else:
            items = []
        return [self._image(item, author) for item in items]

    def _article(self, article: Json | None, author: str) -> Json | None:
        """What people see of a link; the page behind it is read by nobody."""
        if article is None:
            return None
        where = "/content/article"
        source, title = str(article.get("source", "")), str(article.get("title", ""))
        about = str(article.get("description", ""))
        if not source.startswith(("http://", "https://")):
            raise invalid(f"{where}/source", "is not a valid URL")
        if not title:
            raise invalid(f"{where}/title", "field is required but not found", "MISSING_FIELD")
        if len(title) > MAX_CARD_TITLE or len(about) > MAX_CARD_DESCRIPTION:
            raise invalid(where, "is too long", "FIELD_LENGTH_TOO_LONG")
        thumbnail = article.get("thumbnail")
        shown = self._image({"id": thumbnail}, author)["blob"] if thumbnail else ""
        return {"url": source, "title": title, "description": about, "blob": shown}

    def _more(self, content: Json, author: str) -> Json | None:
        """A video or a document."""
        item = content.get("media")
        return self._uploads.attached(item, author) if item and _is_upload(item) else None

    def _image(self, item: Json, author: str) -> Json:
        found = self._state.get(_IMAGES, str(item.get("id")))
        if found is None:
            raise refused(400, "INVALID_IMAGE_ID", "The image does not exist")
        if found["owner"] != author:
            raise refused(400, "INVALID_CONTENT_OWNERSHIP", "The owner is not the author")
        if found["status"] != "AVAILABLE":
            raise refused(400, "MEDIA_ASSET_WAITING_UPLOAD", "The image is not uploaded yet")
        alt = str(item.get("altText", ""))
        if len(alt) > MAX_ALT:
            raise invalid("/content/media/altText", "is too long", "FIELD_LENGTH_TOO_LONG")
        return {"blob": found["blob"], "alt": alt}

    def _check_repeat(self, author: str, shown: str, content: Json) -> None:
        since = self._milliseconds() - round(REPEATS_REFUSED.total_seconds() * 1000)
        for urn, one in self._state.items(_POSTS):
            same = one["shown"] == shown and one["post"]["author"] == author
            has_media = bool(one["images"] or one.get("more"))
            alike = has_media == bool({"media", "multiImage"} & set(content))
            if same and alike and one["post"]["publishedAt"] >= since:
                raise refused(422, "DUPLICATE_POST", f"Content is a duplicate of {urn}")

    def _log(self, action: str, account: str, urn: str, text: str) -> None:
        self._state.record(
            {
                "network": "linkedin",
                "action": action,
                "account": account,
                "external_id": urn,
                "text": text,
            }
        )

    def _new_id(self) -> str:
        last = int((self._state.get("server", "linkedin-ids") or {"last": _FIRST_ID})["last"])
        self._state.put("server", "linkedin-ids", {"last": last + 1})
        return str(last + 1)

    def _milliseconds(self) -> int:
        return round(self._now().timestamp() * 1000)


def shown_text(markup: str) -> str:
    """The words that people see: cut, without a word about it, at the first unescaped mark."""
    whole = _TAG.sub(lambda found: f"\\#{found[1]}", markup)
    bare = (found.start() for found in _MARK.finditer(whole) if found["bare"])
    return _ESCAPED.sub(r"\1", whole[: next(bare, len(whole))]).rstrip()


def _is_upload(item: Json) -> bool:
    return str(item.get("id")).startswith(("urn:li:video:", "urn:li:document:"))


def _shown_films(more: Json | None) -> tuple[str, ...]:
    return (f"/linkedin/media/{more['urn']}",) if more and more["kind"] == "video" else ()


def _shown_papers(more: Json | None) -> tuple[tuple[str, str], ...]:
    if more is None or more["kind"] != "document":
        return ()
    return ((f"/linkedin/media/{more['urn']}", more["title"]),)


def _shown_card(card: Json | None) -> ShownCard | None:
    if card is None:
        return None
    return ShownCard(
        url=card["url"],
        title=card["title"],
        description=card["description"],
        picture=f"/linkedin/media/{card['blob']}" if card["blob"] else "",
    )


def _moment(milliseconds: int) -> str:
    return datetime.fromtimestamp(milliseconds / 1000, UTC).isoformat()
