"""Bluesky's video service in the sandbox: jobs that take their time, know their bytes and may fail.

States, codes and the two shapes of an answer are those of `app.bsky.video.*` (lexicons of
2026-08-20); a file's own words ask for a failure, so that one can be seen without a fault.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta

from postflow_desktop.sandbox.bluesky_repo import Repo
from postflow_desktop.sandbox.exchange import Answer, Call, Json, json_answer
from postflow_desktop.sandbox.state import State
from postflow_desktop.sandbox.xrpc_error import XrpcError

MAX_VIDEO_BYTES = 300_000_000
_JOBS, _TOKENS = "bluesky-video-jobs", "bluesky-service-tokens"
_LOOKS = ("JOB_STATE_CREATED", "JOB_STATE_ENCODING", "JOB_STATE_SCANNING")
"""What a job says, look by look, before it is done."""
_METHOD = "com.atproto.repo.uploadBlob"
_LONGEST_TOKEN = timedelta(minutes=60)
FAILS = b"sandbox:"
"""In a file's bytes, before the name of a failure: `sandbox:encoding_failure`."""


class BlueskyVideos:
    """Jobs of all accounts."""

    def __init__(self, state: State, repo: Repo, now: Callable[[], datetime]) -> None:
        self._state = state
        self._repo = repo
        self._now = now

    def service_auth(self, did: str, query: dict[str, str]) -> Answer:
        """A token for another server to do one thing for the account."""
        if not query.get("aud", "").startswith("did:web:") or query.get("lxm") != _METHOD:
            raise XrpcError(400, "InvalidRequest", "aud or lxm can't be used here")
        try:
            until = datetime.fromtimestamp(int(query["exp"]), self._now().tzinfo)
        except (KeyError, ValueError, OverflowError):
            raise XrpcError(400, "BadExpiration", "expiration is no time") from None
        if not self._now() < until <= self._now() + _LONGEST_TOKEN:
            raise XrpcError(400, "BadExpiration", "cannot request a token so long")
        token = secrets.token_urlsafe(24)
        self._state.put(_TOKENS, token, {"did": did, "until": until.isoformat()})
        return json_answer({"token": token})

    def upload(self, call: Call) -> Answer:
        """Begin a job; the same bytes of an account are the job that was there before."""
        did = self._allowed(call)
        if call.headers.get("content-type") != "video/mp4":
            raise XrpcError(415, "InvalidMimeType", "Only video/mp4 is taken")
        if len(call.body) > MAX_VIDEO_BYTES:
            raise XrpcError(413, "PayloadTooLarge", "request entity too large")
        digest = hashlib.sha256(call.body).hexdigest()
        job_id = f"{hashlib.sha256(did.encode()).hexdigest()[:12]}{digest[:20]}"
        known = self._state.get(_JOBS, job_id)
        if known is not None and "failureCode" not in known["end"]:
            # As the service does: bare, with the job that has the video.
            told = {**self._told(job_id, known), "error": "already_exists"}
            return json_answer(told, 409)
        job = {"did": did, "looks": 0, "end": self._end(did, call.body)}
        self._state.put(_JOBS, job_id, job)
        return json_answer({"jobStatus": self._told(job_id, job)})

    def look(self, call: Call) -> Answer:
        """How far a job is; every look brings it on."""
        job_id = call.query.get("jobId", "")
        with self._state.lock:
            job = self._state.get(_JOBS, job_id)
            if job is None:
                raise XrpcError(404, "JobNotFound", "There is no such job")
            job = {**job, "looks": job["looks"] + 1}
            self._state.put(_JOBS, job_id, job)
        return json_answer({"jobStatus": self._told(job_id, job)})

    def _allowed(self, call: Call) -> str:
        kind, _, token = call.headers.get("authorization", "").partition(" ")
        found = self._state.get(_TOKENS, token) if kind.lower() == "bearer" else None
        if found is None or datetime.fromisoformat(found["until"]) < self._now():
            raise XrpcError(401, "InvalidToken", "The service token is not valid")
        if found["did"] != call.query.get("did"):
            raise XrpcError(403, "Forbidden", "The token is of another account")
        return str(found["did"])

    def _end(self, did: str, data: bytes) -> Json:
        """How the job will end."""
        at = data.find(FAILS)
        if at >= 0:
            code = data[at + len(FAILS) :][:40].split(b"\0")[0].decode("ascii", "replace")
            return {"failureCode": code, "message": "The sandbox was asked to fail"}
        return {"blob": self._repo.keep_video(did, data)}

    def _told(self, job_id: str, job: Json) -> Json:
        said: Json = {"jobId": job_id, "did": job["did"]}
        if job["looks"] < len(_LOOKS):
            return {**said, "state": _LOOKS[job["looks"]], "progress": 0}
        failed = "failureCode" in job["end"]
        return {
            **said,
            "state": "JOB_STATE_FAILED" if failed else "JOB_STATE_COMPLETED",
            "progress": 100,
            **job["end"],
        }
