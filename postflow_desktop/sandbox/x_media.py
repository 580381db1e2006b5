"""Media on their way into posts of the sandbox's X: at once or in pieces, with descriptions."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from postflow_desktop.sandbox import x_processing as processing
from postflow_desktop.sandbox.exchange import Answer, Call, Json, json_answer
from postflow_desktop.sandbox.forms import Form, is_multipart, read_form
from postflow_desktop.sandbox.state import State
from postflow_desktop.sandbox.x_errors import XError, invalid, problem

MEDIA_LIFE = timedelta(hours=24)
MAX_IMAGE_BYTES = 5 * 1024 * 1024
MAX_PIECE_BYTES = 5 * 1024 * 1024
MAX_ALT_CHARACTERS = 1000
_IMAGE, _GIF, _VIDEO = "tweet_image", "tweet_gif", "tweet_video"
_TYPES = {
    _IMAGE: frozenset({"image/jpeg", "image/png", "image/webp", "image/gif"}),
    _GIF: frozenset({"image/gif"}),
    _VIDEO: frozenset({"video/mp4", "video/quicktime"}),
}
_MOST = {_IMAGE: MAX_IMAGE_BYTES, _GIF: 15_000_000, _VIDEO: 8_000_000_000}
_KEYS = {_IMAGE: "3", _GIF: "16", _VIDEO: "7"}
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
        """`POST /2/media/upload`: pictures only."""
        form = _form(call)
        category = _category(form.text("media_category"))
        if category != _IMAGE:
            raise invalid("media_category", category, "Videos and GIFs come in pieces.")
        data = form.files.get("media", b"")
        name = hashlib.sha256(data).hexdigest()
        self._state.put_blob(name, data)
        return self._ready(user, self._new_id(), _Upload(category, (name,), len(data)))

    def initialize(self, user: Json, body: Json) -> Json:
        """`POST /2/media/upload/initialize`."""
        category = _category(str(body.get("media_category")))
        size, kind = body.get("total_bytes"), body.get("media_type")
        if kind not in _TYPES[category]:
            raise invalid("media_type", str(kind), "Unsupported media type.")
        if not isinstance(size, int) or not 0 < size <= _MOST[category]:
            detail = f"File size exceeds {_MOST[category]} bytes."
            raise invalid("total_bytes", str(size), detail)
        media_id = self._new_id()
        begun = {"user": user["id"], "size": size, "pieces": {}, "category": category}
        self._state.put("x-pieces", media_id, begun)
        return self._described(media_id, category)

    def append(self, user: Json, media_id: str, call: Call) -> Json:
        """`POST /2/media/upload/{id}/append`; pieces may come in any order."""
        form = _form(call)
        number = form.text("segment_index")
        piece = form.files.get("media", b"")
        if not number.isdecimal() or int(number) >= MAX_PIECES:
            raise invalid("segment_index", number, "The segment index is invalid.")
        if not 0 < len(piece) <= MAX_PIECE_BYTES:
            raise invalid("media", "", "The size of the segment is invalid.")
        with self._state.lock:
            upload = self._begun(user, media_id)
            name = hashlib.sha256(piece).hexdigest()
            self._state.put_blob(name, piece)
            upload["pieces"][str(int(number))] = name
            self._state.put("x-pieces", media_id, upload)
        return {"expires_at": int((self._now() + MEDIA_LIFE).timestamp())}

    def finalize(self, user: Json, media_id: str) -> Json:
        """`POST /2/media/upload/{id}/finalize`: every piece has to be there."""
        with self._state.lock:
            begun = self._begun(user, media_id)
            pieces = sorted(begun["pieces"].items(), key=lambda piece: int(piece[0]))
            names = tuple(name for _, name in pieces)
            size = sum(len(self._state.blob(name) or b"") for name in names)
            if size != begun["size"] or [int(n) for n, _ in pieces] != [*range(len(pieces))]:
                raise invalid("id", media_id, "The upload is incomplete.")
            self._state.delete("x-pieces", media_id)
            return self._ready(user, media_id, _Upload(begun["category"], names, size))

    def status(self, user: Json, query: dict[str, str]) -> Json:
        """`GET /2/media/upload?command=STATUS`; every question is a step of the work."""
        media_id = query.get("media_id", "")
        if query.get("command") != "STATUS":
            raise invalid("command", query.get("command", "")[:50], "The command is invalid.")
        with self._state.lock:
            found = self._own(user, media_id)
            if found is None:
                raise invalid("media_id", media_id, "The media id is invalid.")
            answer = self._described(media_id, found.get("category", _IMAGE))
            if found.get("work") is not None:
                found["work"] = processing.asked(found["work"])
                self._state.put("x-media", media_id, found)
                answer["processing_info"] = processing.info_of(found["work"])
            return answer

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
        unready = any(not processing.is_ready(one.get("work")) for one in ready)
        if len(ready) != len(found) or unready:
            raise _bad_ids([str(media_id) for media_id in media_ids])
        if len(ready) > 1 and any(one.get("category", _IMAGE) != _IMAGE for one in ready):
            raise invalid("media.media_ids", "", "Attach 4 photos, or 1 GIF, or 1 video.")
        if any(processing.is_too_long(one.get("work")) for one in ready):
            raise problem(403, "User video duration exceeded")
        return ready

    def bytes_of(self, key: str) -> Answer:
        """A picture or video for the sandbox's page."""
        found = self._state.get("x-media", key.partition("_")[2])
        pieces = [self._state.blob(name) for name in _blobs(found)]
        if found is None or None in pieces:
            raise problem(404)
        data = b"".join(piece for piece in pieces if piece is not None)
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

    def _ready(self, user: Json, media_id: str, upload: _Upload) -> Json:
        first = self._state.blob(upload.names[0]) if upload.names else None
        mime = _sniffed(first or b"")
        if upload.size > _MOST[upload.category] or mime not in _TYPES[upload.category]:
            raise invalid("media", "", "The media type is unrecognized or the file is too big.")
        work = None
        if upload.category != _IMAGE:
            blobs = (self._state.blob(name) or b"" for name in upload.names)
            work = processing.begun(upload.category, blobs)
        media = {
            "id": media_id,
            "user": user["id"],
            "blobs": list(upload.names),
            "category": upload.category,
            "work": work,
            "mime": mime,
            "alt": "",
            "until": (self._now() + MEDIA_LIFE).timestamp(),
        }
        self._state.put("x-media", media_id, media)
        answer = {**self._described(media_id, upload.category), "size": upload.size}
        return answer if work is None else {**answer, "processing_info": processing.info_of(work)}

    def _described(self, media_id: str, category: str) -> Json:
        seconds = int(MEDIA_LIFE.total_seconds())
        key = media_key(media_id, category)
        return {"id": media_id, "media_key": key, "expires_after_secs": seconds}

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


def media_key(media_id: str, category: str) -> str:
    """The key under which posts name a picture, a GIF or a video."""
    return f"{_KEYS[category]}_{media_id}"


def is_film(key: str) -> bool:
    """Whether a key names a video."""
    return key.startswith(f"{_KEYS[_VIDEO]}_")


def answered(data: Json) -> Answer:
    """An answer of the media endpoints."""
    return json_answer({"data": data})


@dataclass(frozen=True, slots=True)
class _Upload:
    category: str
    names: tuple[str, ...]
    """Of its pieces, in order."""
    size: int


def _blobs(media: Json | None) -> list[str]:
    """Names of the pieces; what older versions kept has one."""
    if media is None:
        return []
    return list(media["blobs"]) if "blobs" in media else [str(media["blob"])]


def _category(name: str) -> str:
    if name not in _TYPES:
        raise invalid("media_category", name[:50], "The media category is invalid.")
    return name


def _bad_ids(media_ids: list[str]) -> XError:
    return invalid("media.media_ids", ",".join(media_ids)[:100], "Your media IDs are invalid.")


def _sniffed(data: bytes) -> str | None:
    if data[4:8] == b"ftyp":
        return "video/quicktime" if data[8:12] == b"qt  " else "video/mp4"
    if data[4:8] in {b"moov", b"mdat", b"wide"}:
        return "video/quicktime"
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp"
    return next((mime for magic, mime in _MAGIC if data.startswith(magic)), None)


def _form(call: Call) -> Form:
    if not is_multipart(call):
        raise invalid("media", "", "The body has to be multipart/form-data.")
    return read_form(call)
