"""Videos and documents on their way into posts of the sandbox's LinkedIn.

A video comes in parts of 4 MiB to addresses that need no token; each answers with a mark, and the
marks have to come back in order. What came is worked on for a second, or until it was asked about
twice.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Iterator
from datetime import datetime
from urllib.parse import quote

from postflow_desktop.sandbox.exchange import Json
from postflow_desktop.sandbox.films import has_mark, seconds_of
from postflow_desktop.sandbox.linkedin_errors import invalid, refused
from postflow_desktop.sandbox.state import State

PART_BYTES = 4 * 1024 * 1024
MIN_VIDEO_BYTES, MAX_VIDEO_BYTES = 75_000, 500_000_000
MIN_SECONDS, MAX_SECONDS = 3.0, 1800.0
MAX_DOCUMENT_BYTES = 100_000_000
_KIND = "linkedin-uploads"
_WORK_SECONDS = 1.0
_EXPIRES = 4_102_444_800_000
_PAPERS = (b"%PDF-", b"PK\3\4", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")


class LinkedInUploads:
    """Everything that was begun, by URN."""

    def __init__(self, state: State, now: Callable[[], datetime]) -> None:
        self._state = state
        self._now = now

    def begin_video(self, asked: Json, place: str) -> Json:
        """`initializeUpload` of a video; `place` is the beginning of upload addresses."""
        size = asked.get("fileSizeBytes")
        if not isinstance(size, int) or not MIN_VIDEO_BYTES <= size <= MAX_VIDEO_BYTES:
            raise invalid("/fileSizeBytes", "has to be between 75 KB and 500 MB")
        urn = self._new("video", asked, size)
        parts = [
            {
                "uploadUrl": _address(place, urn, n),
                "firstByte": at,
                "lastByte": min(at + PART_BYTES, size) - 1,
            }
            for n, at in enumerate(range(0, size, PART_BYTES))
        ]
        return {
            "uploadUrlsExpireAt": _EXPIRES,
            "video": urn,
            "uploadToken": "",
            "uploadInstructions": parts,
        }

    def begin_document(self, asked: Json, place: str) -> Json:
        """`initializeUpload` of a document."""
        urn = self._new("document", asked, 0)
        address = _address(place, urn, 0)
        return {"uploadUrlExpiresAt": _EXPIRES, "uploadUrl": address, "document": urn}

    def put(self, urn: str, part: str, data: bytes) -> str:
        """Keep a part; its mark."""
        with self._state.lock:
            found = self._found(urn)
            self._check_part(found, part, data)
            name = f"linkedin-{hashlib.sha256(data).hexdigest()[:40]}"
            self._state.put_blob(name, data)
            mark = f"/ambry-video/signedId/{secrets.token_hex(8)}"
            found["parts"][part] = {"blob": name, "mark": mark}
            if found["kind"] == "document":
                found |= {"status": "PROCESSING", "sound": data.startswith(_PAPERS)}
                found["ready"] = self._now().timestamp() + _WORK_SECONDS
            self._state.put(_KIND, urn, found)
        return mark

    def finalize(self, asked: Json) -> None:
        """`finalizeUpload`: all parts, by their marks, in their order."""
        urn = str(asked.get("video"))
        with self._state.lock:
            found = self._found(urn)
            known = [part["mark"] for _, part in sorted(found["parts"].items(), key=_number)]
            wanted = -(-found["size"] // PART_BYTES)
            if len(known) != wanted or asked.get("uploadedPartIds") != known:
                raise invalid("/uploadedPartIds", "does not fit the parts that were uploaded")
            seconds = seconds_of(self._pieces(found)) or 0.0
            sound = has_mark(self._pieces(found), b"moov")
            found["sound"] = sound and MIN_SECONDS <= seconds <= MAX_SECONDS
            found["status"] = "PROCESSING"
            found["ready"] = self._now().timestamp() + _WORK_SECONDS
            self._state.put(_KIND, urn, found)

    def status(self, urn: str) -> Json:
        """What is known; asked about twice, it is ready or has failed."""
        with self._state.lock:
            found = self._found(urn)
            found["asked"] += 1
            self._state.put(_KIND, urn, found)
        status = self._status(found)
        answer = {"id": urn, "owner": found["owner"], "status": status}
        if status == "PROCESSING_FAILED":
            answer["processingFailureReason"] = f"The {found['kind']} is not supported"
        return answer

    def attached(self, item: Json, author: str) -> Json:
        """What a post shows of it; LinkedIn's refusal where it can't be in a post."""
        urn = str(item.get("id"))
        kind = urn.split(":")[2]
        found = self._state.get(_KIND, urn)
        if found is None:
            raise refused(400, f"INVALID_{kind.upper()}_ID", f"The {kind} does not exist")
        if found["owner"] != author:
            raise refused(400, "INVALID_CONTENT_OWNERSHIP", "The owner is not the author")
        status = self._status(found)
        if status == "PROCESSING_FAILED":
            raise refused(400, "MEDIA_ASSET_PROCESSING_FAILED", f"The {kind} is not usable")
        if status != "AVAILABLE":
            raise refused(400, "MEDIA_ASSET_WAITING_UPLOAD", f"The {kind} is not ready yet")
        title = str(item.get("title", ""))
        if kind == "document" and not title:
            raise invalid("/content/media/title", "field is required", "MISSING_FIELD")
        return {"kind": kind, "urn": urn, "title": title}

    def bytes_of(self, urn: str) -> bytes | None:
        """All of it, for the sandbox's page; None where it is gone."""
        found = self._state.get(_KIND, urn)
        return b"".join(self._pieces(found)) if found else None

    def forget(self) -> None:
        """Let all uploads end."""
        for urn, found in self._state.items(_KIND):
            self._state.put(_KIND, urn, {**found, "owner": "", "status": "WAITING_UPLOAD"})

    def _new(self, kind: str, asked: Json, size: int) -> str:
        urn = f"urn:li:{kind}:C4E{secrets.token_urlsafe(12)}"
        begun = {
            "kind": kind,
            "owner": str(asked.get("owner")),
            "size": size,
            "parts": {},
            "status": "WAITING_UPLOAD",
            "asked": 0,
        }
        self._state.put(_KIND, urn, begun)
        return urn

    def _check_part(self, found: Json, part: str, data: bytes) -> None:
        if found["kind"] == "document":
            if len(data) > MAX_DOCUMENT_BYTES:
                raise refused(413, "FILE_TOO_LARGE", "The document is too large")
            return
        at = int(part) * PART_BYTES
        if len(data) != min(PART_BYTES, found["size"] - at):
            raise refused(400, "INVALID_PART", "The part has not the bytes that were asked for")

    def _status(self, found: Json) -> str:
        """In LinkedIn's words."""
        worked = found["asked"] > 1 or self._now().timestamp() >= found.get("ready", 0.0)
        if found["status"] != "PROCESSING" or not worked:
            return str(found["status"])
        return "AVAILABLE" if found["sound"] else "PROCESSING_FAILED"

    def _found(self, urn: str) -> Json:
        found = self._state.get(_KIND, urn)
        if found is None:
            raise refused(404, "NOT_FOUND", f"{urn} not found")
        return found

    def _pieces(self, found: Json) -> Iterator[bytes]:
        for _, part in sorted(found["parts"].items(), key=_number):
            yield self._state.blob(part["blob"]) or b""


def _address(place: str, urn: str, part: int) -> str:
    return f"{place}{quote(urn, safe='')}?ca=vector%253D1&part={part}"


def _number(part: tuple[str, Json]) -> int:
    return int(part[0])
