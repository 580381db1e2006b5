"""Bringing pictures to LinkedIn: an address to put the bytes to, then a wait until it is ready."""

from __future__ import annotations

import threading
from collections.abc import Callable

from postflow_desktop.domain.account import Session
from postflow_desktop.platforms.linkedin.api import Api, Reply, encoded, part_of, text_of
from postflow_desktop.transport import addresses

_POLLS = 10
_PAUSE_SECONDS = 1.0
_READY = "AVAILABLE"
_FAILED = "PROCESSING_FAILED"


class UploadRefused(Exception):
    """LinkedIn did not take a picture; the reply says why."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(f"status {reply.status}")
        self.reply = reply


class Uploader:
    """Uploads for one author at a time; every call may raise NetworkUnreachable."""

    def __init__(self, api: Api, pause: Callable[[float], object] | None = None) -> None:
        """`pause` waits so many seconds; without one it is the real time."""
        self._api = api
        self._pause = pause or threading.Event().wait

    def upload(self, session: Session, data: bytes) -> str:
        """The URN under which a post of this author may carry the picture; UploadRefused."""
        base, token = session.service, session.access_token
        asked = {"initializeUploadRequest": {"owner": session.user_id}}
        reply = self._api.post(f"{base}/rest/images?action=initializeUpload", asked, token)
        value = part_of(reply.body, "value")
        address, image = text_of(value, "uploadUrl"), text_of(value, "image")
        if not (reply.ok and image.startswith("urn:li:image:") and _may_upload(base, address)):
            raise UploadRefused(reply)
        put = self._api.put(address, data, token)
        if not put.ok:
            raise UploadRefused(put)
        self._wait(session, image)
        return image

    def _wait(self, session: Session, image: str) -> None:
        """Until it is ready; who may not ask (members with a plain sign-in) waits a moment."""
        for _ in range(_POLLS):
            reply = self._api.get(
                f"{session.service}/rest/images/{encoded(image)}", session.access_token
            )
            state = text_of(reply.body, "status")
            if reply.ok and state == _FAILED:
                raise UploadRefused(reply)
            if reply.ok and state == _READY:
                return
            self._pause(_PAUSE_SECONDS)
            if reply.status == 403:
                return


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
