"""Pictures on their way into posts of the sandbox's X: at once or in pieces, with descriptions."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime, timedelta

from postflow_desktop.sandbox.exchange import Answer, Call, Json, json_answer
from postflow_desktop.sandbox.forms import Form, is_multipart, read_form
from postflow_desktop.sandbox.state import State
from postflow_desktop.sandbox.x_errors import XError, invalid, problem

MEDIA_LIFE = timedelta(hours=24)
MAX_IMAGE_BYTES = 5 * 1024 * 1024
MAX_ALT_CHARACTERS = 1000
_CATEGORIES = frozenset({"tweet_image", "tweet_gif", "tweet_video"})
_TYPES = frozenset({"image/jpeg", "image/png", "image/webp", "image/gif", "video/mp4"})
_MAGIC = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF8", "image/gif"),
)
MAX_PIECES = 1000


class XMedia:
    """Uploads by id; a day after it came, a picture can't be put into a post any more."""

    def __init__(
        self, state: State, now: Callable[[], datetime], new_id: Callable[[], str]
    ) -> None:
        self._state = state
        self._now = now
        self._new_id = new_id

    def at_once(self, user: Json, call: Call) -> Json:
        """`POST /2/media/upload`."""
        form = _form(call)
        _category(form.text("media_category"))
        return self._ready(user, self._new_id(), form.files.get("media", b""))

    def initialize(self, user: Json, body: Json) -> Json:
        """`POST /2/media/upload/initialize`."""
        _category(str(body.get("media_category")))
        size = body.get("total_bytes")
        if body.get("media_type") not in _TYPES:
            raise invalid("media_type", str(body.get("media_type")), "Unsupported media type.")
        if not isinstance(size, int) or not 0 < size <= MAX_IMAGE_BYTES:
            raise invalid("total_bytes", str(size), "File size exceeds 5242880 bytes.")
        media_id = self._new_id()
        self._state.put("x-pieces", media_id, {"user": user["id"], "size": size, "pieces": {}})
        return self._described(media_id)

    def append(self, user: Json, media_id: str, call: Call) -> Json:
        """`POST /2/media/upload/{id}/append`; pieces may come in any order."""
        form = _form(call)
        number = form.text("segment_index")
        piece = form.files.get("media", b"")
        if not number.isdecimal() or int(number) >= MAX_PIECES:
            raise invalid("segment_index", number, "The segment index is invalid.")
        with self._state.lock:
            upload = self._begun(user, media_id)
            name = hashlib.sha256(piece).hexdigest()
            self._state.put_blob(name, piece)
            upload["pieces"][str(int(number))] = name
            self._state.put("x-pieces", media_id, upload)
        return {"expires_at": int((self._now() + MEDIA_LIFE).timestamp())}

    def finalize(self, user: Json, media_id: str) -> Json:
        """`POST /2/media/upload/{id}/finalize`."""
        with self._state.lock:
            upload = self._begun(user, media_id)
            pieces = sorted(upload["pieces"].items(), key=lambda piece: int(piece[0]))
            data = b"".join(self._state.blob(name) or b"" for _, name in pieces)
            if len(data) != upload["size"] or [int(n) for n, _ in pieces] != [*range(len(pieces))]:
                raise invalid("id", media_id, "The upload is incomplete.")
            self._state.delete("x-pieces", media_id)
            return self._ready(user, media_id, data)

    def describe(self, user: Json, body: Json) -> Json:
        """`POST /2/media/metadata`: the alternative text."""
        media_id = str(body.get("id"))
        found = self._own(user, media_id)
        alt = ((body.get("metadata") or {}).get("alt_text") or {}).get("text")
        if found is None:
            raise invalid("id", media_id, "The media id is invalid.")
        if not isinstance(alt, str) or len(alt) > MAX_ALT_CHARACTERS:
            raise invalid("alt_text", str(alt)[:50], "The alt text is too long.")
        self._state.put("x-media", media_id, {**found, "alt": alt})
        return {"id": media_id, "associated_metadata": {"alt_text": {"text": alt}}}

    def attached(self, user: Json, media_ids: object) -> list[Json]:
        """The pictures of a new post; X's refusal where one is gone or not the account's own."""
        if not isinstance(media_ids, list) or not 1 <= len(media_ids) <= 4:
            raise invalid("media.media_ids", str(media_ids)[:100], "Attach 1 to 4 media ids.")
        found = [self._own(user, str(media_id)) for media_id in media_ids]
        ready = [one for one in found if one is not None]
        if len(ready) != len(found):
            raise _bad_ids([str(media_id) for media_id in media_ids])
        return ready

    def bytes_of(self, key: str) -> Answer:
        """A picture for the sandbox's page."""
        found = self._state.get("x-media", key.partition("_")[2])
        data = self._state.blob(str(found["blob"])) if found else None
        if found is None or data is None:
            raise problem(404)
        safe = {
            "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": "default-src 'none'; sandbox",
        }
        return Answer(body=data, content_type=str(found["mime"]), headers=safe)

    def forget(self) -> None:
        """Let all uploads end now."""
        with self._state.lock:
            for media_id, media in self._state.items("x-media"):
                self._state.put("x-media", media_id, {**media, "until": 0.0})

    def _ready(self, user: Json, media_id: str, data: bytes) -> Json:
        mime = _sniffed(data)
        if mime is None or len(data) > MAX_IMAGE_BYTES:
            raise invalid("media", "", "The media type is unrecognized or the file is too big.")
        name = hashlib.sha256(data).hexdigest()
        media = {
            "id": media_id,
            "user": user["id"],
            "blob": name,
            "mime": mime,
            "alt": "",
            "until": (self._now() + MEDIA_LIFE).timestamp(),
        }
        with self._state.lock:
            self._state.put_blob(name, data)
            self._state.put("x-media", media_id, media)
        return {**self._described(media_id), "size": len(data)}

    def _described(self, media_id: str) -> Json:
        seconds = int(MEDIA_LIFE.total_seconds())
        return {"id": media_id, "media_key": media_key(media_id), "expires_after_secs": seconds}

    def _begun(self, user: Json, media_id: str) -> Json:
        upload = self._state.get("x-pieces", media_id)
        if upload is None or upload["user"] != user["id"]:
            raise invalid("id", media_id, "The media id is invalid.")
        return upload

    def _own(self, user: Json, media_id: str) -> Json | None:
        found = self._state.get("x-media", media_id)
        if found is None or found["user"] != user["id"]:
            return None
        return found if float(found["until"]) > self._now().timestamp() else None


def media_key(media_id: str) -> str:
    """The key under which posts name a picture."""
    return f"3_{media_id}"


def answered(data: Json) -> Answer:
    """An answer of the media endpoints."""
    return json_answer({"data": data})


def _category(name: str) -> None:
    if name not in _CATEGORIES:
        raise invalid("media_category", name[:50], "The media category is invalid.")


def _bad_ids(media_ids: list[str]) -> XError:
    return invalid("media.media_ids", ",".join(media_ids)[:100], "Your media IDs are invalid.")


def _sniffed(data: bytes) -> str | None:
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp"
    return next((mime for magic, mime in _MAGIC if data.startswith(magic)), None)


def _form(call: Call) -> Form:
    if not is_multipart(call):
        raise invalid("media", "", "The body has to be multipart/form-data.")
    return read_form(call)
