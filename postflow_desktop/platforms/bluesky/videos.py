"""Bringing a video to Bluesky: through its video service, or as any other blob.

Bluesky's service makes what clients play, puts it on the account's server and says under which
name; it answers the same for the same bytes again (docs.bsky.app, tutorial on video, and the
lexicons `app.bsky.video.*` of 2026-08-20). Other servers take the file itself, up to their limit.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import urlsplit

from postflow_desktop.domain.account import Session
from postflow_desktop.domain.errors import NetworkUnreachable, NotFound
from postflow_desktop.domain.outcome import Outcome, OutcomeKind
from postflow_desktop.domain.post import Media
from postflow_desktop.platforms.bluesky import errors
from postflow_desktop.platforms.bluesky.limits import MAX_BLOB_BYTES
from postflow_desktop.platforms.bluesky.wire import Json, blob_of
from postflow_desktop.platforms.bluesky.xrpc import Reply, Xrpc, endpoint, text_of
from postflow_desktop.services.ports.clock import Clock
from postflow_desktop.services.ports.media import pieces
from postflow_desktop.services.ports.publisher import MediaSource, PrepareFailed
from postflow_desktop.transport.values import BodyStream

DEFAULT_VIDEO_SERVICE = "https://video.bsky.app"
LONGEST_WAIT = 900.0
"""Seconds in which nearly every video is ready; after it the post is tried again later."""
_SHORTEST_PAUSE, _LONGEST_PAUSE = 1.0, 10.0
_TOKEN_LIFE = timedelta(minutes=30)
_SLOWEST = 50_000
"""Bytes a second; a line that is slower loses the upload."""
_LEAST_SECONDS = 120.0
_BLUESKYS_OWN = (".bsky.network", ".bsky.social")
_FINAL = frozenset({"validation_failure", "encoding_failure", "pds_upload_unsupported_blob_size"})
"""What another try changes nothing about; other failures are the service's own."""


class Videos:
    """Uploads videos of any account; every call may raise PrepareFailed."""

    def __init__(self, xrpc: Xrpc, clock: Clock, service: str = DEFAULT_VIDEO_SERVICE) -> None:
        """`service`: Bluesky's own is for its own servers; another one is for all; empty: none."""
        self._xrpc = xrpc
        self._clock = clock
        self._service = service.rstrip("/")

    def upload(self, session: Session, item: Media, media: MediaSource) -> Json:
        """The blob as a record has to carry it."""
        try:
            if self._is_served(session.service):
                return self._by_service(session, item, media)
            return self._as_blob(session, item, media)
        except NotFound as error:
            raise _refused(
                "media_missing",
                "The video of the post is no longer in the workspace.",
                "Add the video again.",
            ) from error
        except NetworkUnreachable as error:
            raise PrepareFailed(
                Outcome(
                    kind=OutcomeKind.NOT_SENT,
                    code=error.code,
                    message=error.message,
                    fix=error.fix,
                )
            ) from error

    def _is_served(self, server: str) -> bool:
        if self._service != DEFAULT_VIDEO_SERVICE:
            return bool(self._service)
        host = urlsplit(server).hostname or ""
        return host == "bsky.social" or host.endswith(_BLUESKYS_OWN)

    def _as_blob(self, session: Session, item: Media, media: MediaSource) -> Json:
        if item.size > MAX_BLOB_BYTES:
            raise _refused(
                "video_too_big",
                f"The video has {item.size:,} bytes; this server takes {MAX_BLOB_BYTES:,}.",
                "Make it smaller, or set the address of a video service for this server.",
            )
        url = endpoint(session.service, "com.atproto.repo.uploadBlob")
        reply = self._send(url, session.access_token, item, media)
        blob = blob_of(reply.body) if reply.ok else None
        if blob is None:
            raise PrepareFailed(errors.judge_preparation(reply, self._clock.now()))
        return blob

    def _by_service(self, session: Session, item: Media, media: MediaSource) -> Json:
        token = self._service_token(session)
        query = {"did": session.user_id, "name": f"{item.sha256}.mp4"}
        url = endpoint(self._service, "app.bsky.video.uploadVideo", query)
        reply = self._send(url, token, item, media)
        job = _job(reply.body)
        # A video that it has already is told as an error, with the job that made it.
        if not text_of(job, "jobId") and blob_of(job) is None:
            raise PrepareFailed(errors.judge_preparation(reply, self._clock.now()))
        return self._finished(job, media)

    def _service_token(self, session: Session) -> str:
        """Allows the video service to put one blob on the account's server."""
        until = self._clock.now() + _TOKEN_LIFE
        query = {
            "aud": _did_of(session.service),
            "lxm": "com.atproto.repo.uploadBlob",
            "exp": str(int(until.timestamp())),
        }
        method = "com.atproto.server.getServiceAuth"
        reply = self._xrpc.query(session.service, method, query, token=session.access_token)
        token = text_of(reply.body, "token")
        if not (reply.ok and token):
            raise PrepareFailed(errors.judge_preparation(reply, self._clock.now()))
        return token

    def _finished(self, job: Json, media: MediaSource) -> Json:
        """The blob of a job, as soon as there is one."""
        waited, pause = 0.0, _SHORTEST_PAUSE
        while True:
            blob = blob_of(job)
            if blob is not None:
                return blob
            if text_of(job, "state") == "JOB_STATE_FAILED":
                raise _failed(job)
            if waited >= LONGEST_WAIT:
                raise PrepareFailed(
                    Outcome(
                        kind=OutcomeKind.NOT_SENT,
                        code="video_processing",
                        message="Bluesky is still working on the video.",
                        fix="PostFlow tries again; the video is not uploaded a second time there.",
                    )
                )
            media.wait(pause)
            waited, pause = waited + pause, min(pause * 1.5, _LONGEST_PAUSE)
            job = self._look(text_of(job, "jobId"))

    def _look(self, job_id: str) -> Json:
        reply = self._xrpc.query(self._service, "app.bsky.video.getJobStatus", {"jobId": job_id})
        job = _job(reply.body)
        if not reply.ok or not job:
            raise PrepareFailed(errors.judge_preparation(reply, self._clock.now()))
        return job

    def _send(self, url: str, token: str, item: Media, media: MediaSource) -> Reply:
        def parts() -> Iterator[bytes]:
            with media.open(item.sha256) as stream:
                yield from pieces(stream)

        body = BodyStream(size=item.size, pieces=parts)
        seconds = _LEAST_SECONDS + item.size / _SLOWEST
        return self._xrpc.send_stream(url, body, item.mime, token=token, seconds=seconds)


def _job(body: Json | None) -> Json:
    """The lexicon wraps it in `jobStatus`; the service has sent it bare too."""
    inner = (body or {}).get("jobStatus")
    return inner if isinstance(inner, dict) else body or {}


def _did_of(server: str) -> str:
    """The DID of a server by its name (`did:web`, which writes a port as %3A)."""
    return "did:web:" + urlsplit(server).netloc.rpartition("@")[2].replace(":", "%3A")


def _failed(job: Json) -> PrepareFailed:
    said = text_of(job, "message") or text_of(job, "error") or "it gave no reason"
    code = text_of(job, "failureCode")
    if code in _FINAL or not code:
        return _refused(
            "video_refused",
            f"Bluesky could not use the video: {said[:300]}",
            "Export it again as MP4 (H.264) and add that file.",
        )
    return PrepareFailed(
        Outcome(
            kind=OutcomeKind.NOT_SENT,
            code="video_service",
            message=f"Bluesky's video service failed: {said[:300]}",
            fix="PostFlow tries again.",
        )
    )


def _refused(code: str, message: str, fix: str) -> PrepareFailed:
    return PrepareFailed(Outcome(kind=OutcomeKind.REJECTED, code=code, message=message, fix=fix))
