"""Bringing photos to Facebook, unpublished; a post takes them by id within a day."""

from __future__ import annotations

from postflow_desktop.domain.account import Session
from postflow_desktop.domain.post import Media
from postflow_desktop.platforms.facebook.api import Api, Reply, text_of
from postflow_desktop.platforms.facebook.wire import is_id


class UploadRefused(Exception):
    """Facebook did not take a photo; the reply says why."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(f"status {reply.status}")
        self.reply = reply


class Uploader:
    """Uploads for one Page at a time; every call may raise NetworkUnreachable."""

    def __init__(self, api: Api) -> None:
        self._api = api

    def upload(self, session: Session, item: Media, data: bytes) -> str:
        """The id under which a post may carry this photo; UploadRefused."""
        fields = {"published": "false"}
        if item.alt:
            fields["alt_text_custom"] = item.alt
        reply = self._api.upload(
            session.service,
            f"{session.user_id}/photos",
            fields,
            data,
            token=session.access_token,
        )
        photo_id = text_of(reply.body, "id")
        if not (reply.ok and is_id(photo_id)):
            raise UploadRefused(reply)
        return photo_id
