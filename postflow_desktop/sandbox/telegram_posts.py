"""Posts in the channels of the sandbox's Telegram: texts, photos and albums, and their deletion."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from postflow_desktop.sandbox.exchange import Answer, Json, ShownPost
from postflow_desktop.sandbox.forms import Form
from postflow_desktop.sandbox.state import State
from postflow_desktop.sandbox.telegram_chats import TelegramChats, shown_chat
from postflow_desktop.sandbox.telegram_errors import TelegramError, bad_request

MAX_TEXT, MAX_CAPTION = 4096, 1024
MAX_PHOTO_BYTES = 10 * 1024 * 1024
_POSTS, _PHOTOS = "telegram-posts", "telegram-photos"
_MAGIC = ((b"\x89PNG\r\n\x1a\n", "image/png"), (b"\xff\xd8\xff", "image/jpeg"))


class TelegramPosts:
    """Posts by channel and first message; every accepted write goes into the log."""

    def __init__(self, state: State, now: Callable[[], datetime], chats: TelegramChats) -> None:
        self._state = state
        self._now = now
        self._chats = chats

    def send_message(self, form: Form) -> Json:
        """`sendMessage`."""
        chat = self._chats.writable(form.fields.get("chat_id"))
        text = form.text("text").strip()
        if not text:
            raise bad_request("message text is empty")
        if _units(text) > MAX_TEXT:
            raise bad_request("message is too long")
        return self._store(chat, text, [], self._answered(chat, form))[0]

    def send_photo(self, form: Form) -> Json:
        """`sendPhoto`."""
        chat = self._chats.writable(form.fields.get("chat_id"))
        data = form.files.get("photo")
        if data is None:
            raise bad_request("there is no photo in the request")
        caption = _caption(form.text("caption"))
        return self._store(chat, caption, [data], self._answered(chat, form))[0]

    def send_media_group(self, form: Form) -> list[Json]:
        """`sendMediaGroup` with photos; the caption of the first is the album's."""
        chat = self._chats.writable(form.fields.get("chat_id"))
        items = form.value("media")
        if not isinstance(items, list) or not 2 <= len(items) <= 10:
            raise bad_request("media must include 2-10 items")
        photos: list[bytes] = []
        for item in items:
            place = str(item.get("media", "")) if isinstance(item, dict) else ""
            data = form.files.get(place.removeprefix("attach://"))
            if data is None or item.get("type") != "photo":
                raise bad_request("Can't use the media of the specified type in the album")
            photos.append(data)
        caption = _caption(str(items[0].get("caption", "")))
        return self._store(chat, caption, photos, self._answered(chat, form))

    def delete(self, wanted: object, ids: Sequence[object], *, strict: bool) -> bool:
        """`deleteMessage`, `deleteMessages`; only the first minds messages that are gone."""
        chat = self._chats.reachable(wanted)
        with self._state.lock:
            found = [
                (key, post)
                for key, post in self._state.items(_POSTS, f"{chat['id']}/")
                if set(post["ids"]) & set(ids)
            ]
            if strict and not found:
                raise bad_request("message to delete not found")
            for key, post in found:
                self._remove(key, post, ids)
        return True

    def shown(self) -> list[ShownPost]:
        """All posts, newest first."""
        posts = [post for _, post in self._state.items(_POSTS)]
        posts.sort(key=lambda post: str(post["created_at"]), reverse=True)
        return [
            ShownPost(
                network="Telegram",
                author=post["author"],
                text=post["text"],
                created_at=post["created_at"],
                external_id=_external_id(post),
                pictures=tuple((f"/telegram/media/{name}", "") for name in post["photos"]),
                reply_to=str(post.get("reply_to") or ""),
            )
            for post in posts
        ]

    def bytes_of(self, name: str) -> Answer:
        """A photo for the sandbox's page."""
        found, data = self._state.get(_PHOTOS, name), self._state.blob(name)
        if found is None or data is None:
            raise TelegramError(404, "Not Found")
        safe = {
            "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": "default-src 'none'; sandbox",
        }
        return Answer(body=data, content_type=str(found["mime"]), headers=safe)

    def _answered(self, chat: Json, form: Form) -> int:
        """The message that is answered (`reply_parameters`), or 0."""
        wanted = form.value("reply_parameters")
        if wanted is None:
            return 0
        number = wanted.get("message_id") if isinstance(wanted, dict) else None
        posts = self._state.items(_POSTS, f"{chat['id']}/")
        if isinstance(number, int) and any(number in post["ids"] for _, post in posts):
            return number
        if isinstance(wanted, dict) and wanted.get("allow_sending_without_reply") is True:
            return 0
        raise bad_request("message to be replied not found")

    def _store(self, chat: Json, text: str, photos: list[bytes], reply_to: int) -> list[Json]:
        mimes = [_sniffed(photo) for photo in photos]
        names = [hashlib.sha256(photo).hexdigest() for photo in photos]
        with self._state.lock:
            for name, mime, photo in zip(names, mimes, photos, strict=True):
                self._state.put_blob(name, photo)
                self._state.put(_PHOTOS, name, {"mime": mime})
            ids = self._chats.next_ids(chat, max(1, len(photos)))
            moment = self._now().astimezone(UTC)
            post = {
                "chat": chat["id"],
                "author": f"@{chat['username']}" if chat["username"] else chat["title"],
                "ids": ids,
                "text": text,
                "photos": names,
                "created_at": moment.isoformat(),
                "reply_to": reply_to,
            }
            self._state.put(_POSTS, f"{chat['id']}/{ids[0]:012d}", post)
            self._log("create", post)
        return [
            _message(chat, post, number, date=int(moment.timestamp())) for number in range(len(ids))
        ]

    def _remove(self, key: str, post: Json, ids: Sequence[object]) -> None:
        """Take messages out of a post; without any it is gone."""
        left = [number for number in range(len(post["ids"])) if post["ids"][number] not in ids]
        if not left:
            self._state.delete(_POSTS, key)
            self._log("delete", post)
            return
        photos = [post["photos"][number] for number in left]
        kept = {**post, "ids": [post["ids"][number] for number in left], "photos": photos}
        self._state.put(_POSTS, key, kept)

    def _log(self, action: str, post: Json) -> None:
        self._state.record(
            {
                "network": "telegram",
                "action": action,
                "account": str(post["chat"]),
                "external_id": _external_id(post),
                "text": post["text"],
            }
        )


def _message(chat: Json, post: Json, number: int, *, date: int) -> Json:
    """One message of a post (`Message`)."""
    shown = shown_chat(chat)
    message: Json = {"message_id": post["ids"][number], "sender_chat": shown, "chat": shown}
    message["date"] = date
    if post.get("reply_to"):
        message["reply_to_message"] = {"message_id": post["reply_to"], "chat": shown, "date": 0}
    if not post["photos"]:
        return message | {"text": post["text"]}
    if len(post["ids"]) > 1:
        message["media_group_id"] = f"{post['ids'][0]:017d}"
    if number == 0 and post["text"]:
        message["caption"] = post["text"]
    name = post["photos"][number]
    size = {"file_id": name, "file_unique_id": name[:16], "width": 1, "height": 1}
    return message | {"photo": [size]}


def _external_id(post: Json) -> str:
    return ",".join(str(one) for one in post["ids"])


def _caption(text: str) -> str:
    words = text.strip()
    if _units(words) > MAX_CAPTION:
        raise bad_request("message caption is too long")
    return words


def _sniffed(data: bytes) -> str:
    if len(data) > MAX_PHOTO_BYTES:
        raise bad_request("file is too big")
    found = next((mime for magic, mime in _MAGIC if data.startswith(magic)), None)
    if found is None:
        raise bad_request("IMAGE_PROCESS_FAILED")
    return found


def _units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
