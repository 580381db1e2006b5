"""Bringing media to X: small pictures in one call, everything else in pieces (media upload v2).

What was uploaded is X's for 24 hours; the description is set before the post is made. A video or
GIF is worked on after it came, and the post has to wait for that (docs.x.com, media upload).
"""

from __future__ import annotations

from collections.abc import Iterable
from math import isfinite

from postflow_desktop.domain.account import Session
from postflow_desktop.domain.errors import NetworkUnreachable
from postflow_desktop.domain.post import Media, MediaKind
from postflow_desktop.platforms.x.api import Api, Reply, text_of
from postflow_desktop.platforms.x.uploads import KnownUploads
from postflow_desktop.platforms.x.wire import is_id
from postflow_desktop.services.ports.clock import Clock
from postflow_desktop.services.ports.media import HeldStream, MediaStream
from postflow_desktop.services.ports.publisher import MediaSource

PIECE_BYTES = 1024 * 1024
"""A picture's piece has its own time-out, so that slow lines get through; X takes up to 5 MB."""
VIDEO_PIECE_BYTES = 4_000_000
"""X numbers the pieces up to 999, so larger ones carry longer videos."""
MAX_PIECES = 1000
LONGEST_WAIT = 900.0
"""Seconds in which X makes nearly every video ready; after it the post is tried again later."""
_SHORTEST_PAUSE, _LONGEST_PAUSE = 1.0, 60.0
_TRIES = 3
"""For a piece whose connection broke."""
_IMAGE, _GIF, _VIDEO = "tweet_image", "tweet_gif", "tweet_video"


class UploadRefused(Exception):
    """X did not take a picture or video; the reply says why."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(f"status {reply.status}")
        self.reply = reply


class ProcessingFailed(Exception):
    """X took a video or GIF and could not use it."""

    def __init__(self, words: str) -> None:
        super().__init__(words)
        self.words = words
        """X's own."""


class StillProcessing(Exception):
    """X has not finished with a video yet; it goes on, and can be asked again."""


class Uploader:
    """Uploads for one account at a time; every call may raise NetworkUnreachable.

    A video that X still works on is remembered, so that another try goes on with it.
    """

    def __init__(self, api: Api, clock: Clock) -> None:
        self._api = api
        self._known = KnownUploads(clock)

    def upload(self, session: Session, item: Media, media: MediaSource) -> str:
        """The id under which a post may carry it; it is ready.

        UploadRefused, ProcessingFailed, StillProcessing; NotFound where the bytes are gone.
        """
        category = category_of(item)
        if category == _IMAGE:
            return self._picture(session, item, media.read(item.sha256))
        known = self._known.get(session, item)
        if known is not None:
            try:
                return self._finished(session, item, known, media)
            except UploadRefused as refusal:
                if refusal.reply.status not in {400, 404}:
                    raise
                # X does not know it any more.
        with _opened(item, media) as stream:
            reply = self._in_pieces(session, item, stream, category, media)
        known = _media_id(reply)
        self._known.keep(session, item, known)
        return self._finished(session, item, known, media)

    def forget(self, media_ids: Iterable[str]) -> None:
        """They are in a post, or X has lost them: they are not used again."""
        for media_id in media_ids:
            self._known.forget(media_id)

    def _finished(self, session: Session, item: Media, media_id: str, media: MediaSource) -> str:
        """The id, as soon as a post may carry it."""
        try:
            self._until_ready(session, media_id, media)
            if item.alt and category_of(item) == _GIF:
                self._describe(session, media_id, item.alt)
        except (UploadRefused, ProcessingFailed):
            self._known.forget(media_id)
            raise
        return media_id

    def _picture(self, session: Session, item: Media, data: bytes) -> str:
        if len(data) <= PIECE_BYTES:
            media_id = self._at_once(session, data)
        else:
            reply = self._in_pieces(session, item, HeldStream(data), _IMAGE, None)
            media_id = _media_id(reply)
        if item.alt:
            self._describe(session, media_id, item.alt)
        return media_id

    def _at_once(self, session: Session, data: bytes) -> str:
        reply = self._api.upload(
            f"{session.service}/2/media/upload",
            {"media_category": _IMAGE},
            data,
            token=session.access_token,
        )
        return _media_id(reply)

    def _in_pieces(
        self,
        session: Session,
        item: Media,
        stream: MediaStream,
        category: str,
        media: MediaSource | None,
    ) -> Reply:
        base, token = f"{session.service}/2/media/upload", session.access_token
        whole = {
            "media_type": item.mime,
            "total_bytes": stream.size,
            "media_category": category,
        }
        media_id = _media_id(self._api.post(f"{base}/initialize", whole, token))
        size = PIECE_BYTES if category == _IMAGE else VIDEO_PIECE_BYTES
        number = 0
        while piece := stream.read(size):
            self._append(session, media_id, number, piece, media)
            number += 1
        return _checked(self._api.post(f"{base}/{media_id}/finalize", None, token))

    def _append(
        self, session: Session, media_id: str, number: int, piece: bytes, media: MediaSource | None
    ) -> None:
        """One piece; it replaces itself when it comes twice, so a broken line is no end."""
        url = f"{session.service}/2/media/upload/{media_id}/append"
        fields = {"segment_index": str(number)}
        for trial in range(1, _TRIES + 1):
            try:
                _checked(self._api.upload(url, fields, piece, token=session.access_token))
            except NetworkUnreachable:
                if media is None or trial == _TRIES:
                    raise
                media.wait(2.0**trial)
            else:
                return

    def _until_ready(self, session: Session, media_id: str, media: MediaSource) -> None:
        """Ask until it can be posted, as often as X wishes."""
        query = {"command": "STATUS", "media_id": media_id}
        waited = 0.0
        while True:
            url = f"{session.service}/2/media/upload"
            reply = self._api.get(url, query, session.access_token)
            pause = _LONGEST_PAUSE if reply.status >= 500 else _pause(_checked(reply))
            if pause is None:
                return
            if waited + pause > LONGEST_WAIT:
                raise StillProcessing
            media.wait(pause)
            waited += pause

    def _describe(self, session: Session, media_id: str, alt: str) -> None:
        body = {"id": media_id, "metadata": {"alt_text": {"text": alt}}}
        _checked(self._api.post(f"{session.service}/2/media/metadata", body, session.access_token))


def category_of(item: Media) -> str:
    """What X handles it as."""
    if item.kind is MediaKind.VIDEO:
        return _VIDEO
    return _GIF if item.is_animation else _IMAGE


def _opened(item: Media, media: MediaSource) -> MediaStream:
    if item.kind is MediaKind.VIDEO:
        return media.open(item.sha256)
    return HeldStream(media.read(item.sha256))


def _pause(reply: Reply) -> float | None:
    """Seconds until X wants to be asked again; None where it is ready."""
    info = reply.data.get("processing_info")
    if not isinstance(info, dict) or info.get("state") == "succeeded":
        return None
    if info.get("state") == "failed":
        error = info.get("error")
        known = error if isinstance(error, dict) else {}
        raise ProcessingFailed(text_of(known, "message") or text_of(known, "name"))
    return _wished(info.get("check_after_secs"))


def _wished(seconds: object) -> float:
    """What X asks for, within limits; it may be no number, or none that ends."""
    if not isinstance(seconds, int | float) or not isfinite(seconds):
        return _SHORTEST_PAUSE
    return float(min(max(seconds, _SHORTEST_PAUSE), _LONGEST_PAUSE))


def _media_id(reply: Reply) -> str:
    media_id = text_of(_checked(reply).data, "id")
    if not is_id(media_id):
        raise UploadRefused(reply)
    return media_id


def _checked(reply: Reply) -> Reply:
    if not reply.ok:
        raise UploadRefused(reply)
    return reply
