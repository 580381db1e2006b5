"""Bringing media to LinkedIn: addresses to put the bytes to, then a wait until it is ready.

Images, Videos and Documents API (learn.microsoft.com, LinkedIn Marketing, 202609).
"""

from __future__ import annotations

from postflow_desktop.domain.account import Session
from postflow_desktop.domain.post import Media
from postflow_desktop.platforms.linkedin.api import Api, Json, Reply, encoded, part_of, text_of
from postflow_desktop.platforms.linkedin.parts import Part, upload_parts
from postflow_desktop.services.ports.media import PIECE_BYTES, MediaStream, pieces
from postflow_desktop.services.ports.publisher import MediaSource
from postflow_desktop.transport import addresses
from postflow_desktop.transport.values import BodyStream

LONGEST_WAIT = 900.0
"""Seconds in which LinkedIn makes nearly every video ready."""
_PICTURE_WAIT = 10.0
_FIRST_PAUSE, _LONGEST_PAUSE = 1.0, 20.0
_UNSEEN_WAIT = {"images": 1.0, "videos": 30.0, "documents": 10.0}
"""For who may not ask (members with a plain sign-in)."""
_READY = "AVAILABLE"
_FAILED = "PROCESSING_FAILED"


class UploadRefused(Exception):
    """LinkedIn did not take something; the reply says why."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(f"status {reply.status}")
        self.reply = reply


class ProcessingFailed(Exception):
    """LinkedIn took a video or document and could not use it."""

    def __init__(self, words: str) -> None:
        super().__init__(words)
        self.words = words
        """LinkedIn's own."""


class StillProcessing(Exception):
    """LinkedIn has not finished with a video or document yet."""


class Uploader:
    """Uploads for one author at a time; every call may raise NetworkUnreachable.

    Each returns the URN under which a post of this author may carry it. UploadRefused,
    ProcessingFailed, StillProcessing; NotFound where the bytes are gone.
    """

    def __init__(self, api: Api) -> None:
        self._api = api

    def picture(self, session: Session, item: Media, media: MediaSource) -> str:
        """A picture, in one piece."""
        reply, value = self._begin(session, "images", {})
        urn, address = text_of(value, "image"), text_of(value, "uploadUrl")
        data = media.read(item.sha256)
        self._check_place(session, reply, urn, "image", address)
        self._check(self._api.put(address, data, session.access_token))
        self._wait(session, "images", urn, media)
        return urn

    def document(self, session: Session, item: Media, media: MediaSource) -> str:
        """A document, in one piece that is never whole in memory."""
        with media.open(item.sha256) as stream:
            reply, value = self._begin(session, "documents", {})
            urn, address = text_of(value, "document"), text_of(value, "uploadUrl")
            self._check_place(session, reply, urn, "document", address)
            body = BodyStream(size=stream.size, pieces=lambda: pieces(stream, PIECE_BYTES))
            self._check(self._api.put_stream(address, body, session.access_token))
        self._wait(session, "documents", urn, media)
        return urn

    def video(self, session: Session, item: Media, media: MediaSource) -> str:
        """A video, in the parts that LinkedIn asks for."""
        with media.open(item.sha256) as stream:
            urn = self._video(session, stream, media)
        self._wait(session, "videos", urn, media)
        return urn

    def _video(self, session: Session, stream: MediaStream, media: MediaSource) -> str:
        asked = {"fileSizeBytes": stream.size, "uploadCaptions": False, "uploadThumbnail": False}
        reply, value = self._begin(session, "videos", asked)
        urn, found = text_of(value, "video"), upload_parts(value, stream.size)
        if found is None:
            raise UploadRefused(reply)
        for part in found:
            self._check_place(session, reply, urn, "video", part.address)
        marks = [self._put_part(part, stream, media) for part in found]
        final = {
            "video": urn,
            "uploadToken": text_of(value, "uploadToken"),
            "uploadedPartIds": marks,
        }
        url = f"{session.service}/rest/videos?action=finalizeUpload"
        token = session.access_token
        self._check(self._api.post(url, {"finalizeUploadRequest": final}, token))
        return urn

    def _put_part(self, part: Part, stream: MediaStream, media: MediaSource) -> str:
        """The part's mark; a broken line is tried again, since a part replaces itself."""
        reply = self._api.put_part(part.address, stream.read(part.size), media.wait)
        mark = reply.headers.get("etag", "").strip().removeprefix("W/").strip('"')
        if not reply.ok or not mark:
            raise UploadRefused(reply)
        return mark

    def _begin(self, session: Session, kind: str, more: Json) -> tuple[Reply, Json]:
        asked = {"initializeUploadRequest": {"owner": session.user_id, **more}}
        url = f"{session.service}/rest/{kind}?action=initializeUpload"
        reply = self._check(self._api.post(url, asked, session.access_token))
        return reply, part_of(reply.body, "value")

    def _wait(self, session: Session, kind: str, urn: str, media: MediaSource) -> None:
        """Until it is ready; who may not ask waits a moment."""
        url = f"{session.service}/rest/{kind}/{encoded(urn)}"
        longest = _PICTURE_WAIT if kind == "images" else LONGEST_WAIT
        waited, pause = 0.0, _FIRST_PAUSE
        while True:
            reply = self._api.get(url, session.access_token)
            state = text_of(reply.body, "status")
            if reply.ok and state == _FAILED:
                raise ProcessingFailed(text_of(reply.body, "processingFailureReason"))
            if reply.ok and state == _READY:
                return
            if reply.status == 403:
                media.wait(_UNSEEN_WAIT[kind])
                return
            if kind != "images" and 400 <= reply.status < 500:
                raise UploadRefused(reply)
            if waited + pause > longest:
                break
            media.wait(pause)
            waited += pause
            pause = pause if kind == "images" else min(pause * 1.5, _LONGEST_PAUSE)
        if kind != "images":
            raise StillProcessing

    def _check_place(
        self, session: Session, reply: Reply, urn: str, kind: str, address: str
    ) -> None:
        if not (urn.startswith(f"urn:li:{kind}:") and _may_upload(session.service, address)):
            raise UploadRefused(reply)

    def _check(self, reply: Reply) -> Reply:
        if not reply.ok:
            raise UploadRefused(reply)
        return reply


def _may_upload(base: str, address: str) -> bool:
    """Only LinkedIn itself gets bytes and token, or the server that stands for it."""
    try:
        parts, own = addresses.split(address), addresses.split(base)
    except ValueError:
        return False
    host = parts.hostname or ""
    if parts.netloc == own.netloc and parts.scheme == own.scheme:
        return True
    return parts.scheme == "https" and (host == "linkedin.com" or host.endswith(".linkedin.com"))
