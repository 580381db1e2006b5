"""Photos on their way into posts of the sandbox's Facebook: uploaded unpublished, used once."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime, timedelta

from postflow_desktop.sandbox.exchange import Answer, Json
from postflow_desktop.sandbox.facebook_errors import gone, invalid
from postflow_desktop.sandbox.facebook_form import is_false
from postflow_desktop.sandbox.forms import Form
from postflow_desktop.sandbox.state import State

PHOTO_LIFE = timedelta(hours=24)
MAX_PHOTO_BYTES = 4 * 1024 * 1024
_PHOTOS = "facebook-photos"
_MAGIC = ((b"\x89PNG\r\n\x1a\n", "image/png"), (b"\xff\xd8\xff", "image/jpeg"))
_BAD_FILE, _POSTED = 1366046, 1366051


class FacebookPhotos:
    """Photos by number; a day after it came, one that is in no post is gone."""

    def __init__(
        self, state: State, now: Callable[[], datetime], new_id: Callable[[], str]
    ) -> None:
        self._state = state
        self._now = now
        self._new_id = new_id

    def upload(self, page: Json, form: Form) -> Json:
        """`POST /{page}/photos` with `published=false`."""
        if not is_false(form, "published"):
            raise invalid("The sandbox takes photos with published=false only")
        data = form.files.get("source", b"")
        mime = next((mime for magic, mime in _MAGIC if data.startswith(magic)), None)
        if mime is None or len(data) > MAX_PHOTO_BYTES:
            raise invalid("Invalid parameter", _BAD_FILE)
        name, photo_id = hashlib.sha256(data).hexdigest(), self._new_id()
        photo = {
            "id": photo_id,
            "page": page["id"],
            "blob": name,
            "mime": mime,
            "alt": form.text("alt_text_custom"),
            "until": (self._now() + PHOTO_LIFE).timestamp(),
            "used": False,
        }
        with self._state.lock:
            self._state.put_blob(name, data)
            self._state.put(_PHOTOS, photo_id, photo)
        return {"id": photo_id}

    def use(self, page: Json, photo_ids: list[str]) -> list[Json]:
        """The photos of a new post, which no other may have any more."""
        photos = [self._own(page, photo_id) for photo_id in photo_ids]
        if len(set(photo_ids)) < len(photo_ids) or any(photo["used"] for photo in photos):
            raise invalid("These photos were already posted.", _POSTED)
        for photo in photos:
            self._state.put(_PHOTOS, photo["id"], {**photo, "used": True})
        return photos

    def bytes_of(self, photo_id: str) -> Answer:
        """A photo for the sandbox's page."""
        found = self._state.get(_PHOTOS, photo_id)
        data = self._state.blob(str(found["blob"])) if found else None
        if found is None or data is None:
            raise gone(photo_id)
        safe = {
            "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": "default-src 'none'; sandbox",
        }
        return Answer(body=data, content_type=str(found["mime"]), headers=safe)

    def forget(self) -> None:
        """Let all photos end that are in no post."""
        with self._state.lock:
            for photo_id, photo in self._state.items(_PHOTOS):
                if not photo["used"]:
                    self._state.put(_PHOTOS, photo_id, {**photo, "until": 0.0})

    def _own(self, page: Json, photo_id: str) -> Json:
        found = self._state.get(_PHOTOS, photo_id)
        ended = found is not None and float(found["until"]) <= self._now().timestamp()
        if found is None or found["page"] != page["id"] or (ended and not found["used"]):
            raise gone(photo_id, "post")
        return found
