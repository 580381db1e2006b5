"""Bringing pictures to X: small ones in one call, larger ones in pieces (media upload v2).

An uploaded picture is X's for 24 hours; its alternative text is set before the post is made.
"""

from __future__ import annotations

from postflow_desktop.domain.account import Session
from postflow_desktop.domain.post import Media
from postflow_desktop.platforms.x.api import Api, Reply, text_of
from postflow_desktop.platforms.x.wire import is_id

PIECE_BYTES = 1024 * 1024
"""A piece has its own time-out, so that slow lines get through; X takes up to 5 MB."""
_CATEGORY = "tweet_image"


class UploadRefused(Exception):
    """X did not take a picture; the reply says why."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(f"status {reply.status}")
        self.reply = reply


class Uploader:
    """Uploads for one account at a time; every call may raise NetworkUnreachable."""

    def __init__(self, api: Api) -> None:
        self._api = api

    def upload(self, session: Session, item: Media, data: bytes) -> str:
        """The id under which a post may carry this picture; UploadRefused."""
        if len(data) <= PIECE_BYTES:
            media_id = self._at_once(session, data)
        else:
            media_id = self._in_pieces(session, item.mime, data)
        if item.alt:
            self._describe(session, media_id, item.alt)
        return media_id

    def _at_once(self, session: Session, data: bytes) -> str:
        reply = self._api.upload(
            f"{session.service}/2/media/upload",
            {"media_category": _CATEGORY},
            data,
            token=session.access_token,
        )
        return _media_id(reply)

    def _in_pieces(self, session: Session, mime: str, data: bytes) -> str:
        base = f"{session.service}/2/media/upload"
        whole = {"media_type": mime, "total_bytes": len(data), "media_category": _CATEGORY}
        token = session.access_token
        media_id = _media_id(self._api.post(f"{base}/initialize", whole, token))
        for number, start in enumerate(range(0, len(data), PIECE_BYTES)):
            piece = data[start : start + PIECE_BYTES]
            fields = {"segment_index": str(number)}
            _checked(self._api.upload(f"{base}/{media_id}/append", fields, piece, token=token))
        return _media_id(self._api.post(f"{base}/{media_id}/finalize", None, token))

    def _describe(self, session: Session, media_id: str, alt: str) -> None:
        body = {"id": media_id, "metadata": {"alt_text": {"text": alt}}}
        _checked(self._api.post(f"{session.service}/2/media/metadata", body, session.access_token))


def _media_id(reply: Reply) -> str:
    media_id = text_of(_checked(reply).data, "id")
    if not is_id(media_id):
        raise UploadRefused(reply)
    return media_id


def _checked(reply: Reply) -> Reply:
    if not reply.ok:
        raise UploadRefused(reply)
    return reply
