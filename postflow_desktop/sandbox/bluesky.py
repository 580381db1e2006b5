"""Bluesky's wire format: a Personal Data Server for accounts that live in the sandbox only.

Any handle opens an account, with any password or in the browser. Status codes, error names and the
meaning of `swapRecord` are those of the reference server (PDS 0.4.217).
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable
from datetime import datetime

from postflow_desktop.sandbox import bluesky_points
from postflow_desktop.sandbox.bluesky_metrics import profile
from postflow_desktop.sandbox.bluesky_oauth import PATH, BlueskyOAuth
from postflow_desktop.sandbox.bluesky_proofs import ProofRefused, base_of
from postflow_desktop.sandbox.bluesky_repo import Repo
from postflow_desktop.sandbox.bluesky_videos import BlueskyVideos
from postflow_desktop.sandbox.exchange import Answer, Call, Json, ShownPost, json_answer
from postflow_desktop.sandbox.state import State
from postflow_desktop.sandbox.tokens import TokenDesk, TokenRefused
from postflow_desktop.sandbox.xrpc_error import XrpcError

_HANDLE = re.compile(
    r"(?=.{3,253}$)([a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?"
)
_POST_WRITES = frozenset({"com.atproto.repo.putRecord", "com.atproto.repo.createRecord"})
_WORDS = {
    401: (400, "ExpiredToken", "Token has expired"),
    429: (429, "RateLimitExceeded", "Rate Limit Exceeded"),
    500: (500, "InternalServerError", "Internal Server Error"),
    503: (503, "NotEnoughResources", "The server is overloaded"),
}
_LIMIT_SECONDS = 2
_PREFIX = "/xrpc/"


class BlueskySandbox:
    """Answers XRPC calls; one for the whole server."""

    prefixes: tuple[str, ...] = (_PREFIX, PATH, "/.well-known/oauth-")

    def __init__(self, state: State, now: Callable[[], datetime]) -> None:
        self._state = state
        self._now = now
        self._tokens = TokenDesk(state, now)
        self._repo = Repo(state, now)
        self._points = bluesky_points.Points(now)
        self._videos = BlueskyVideos(state, self._repo, now)
        self.oauth = BlueskyOAuth(state, now, self._open)
        self._methods: dict[tuple[str, str], Callable[[Call], Answer]] = {
            ("POST", "com.atproto.server.createSession"): self._create_session,
            ("POST", "com.atproto.server.refreshSession"): self._refresh_session,
            ("GET", "com.atproto.server.getSession"): self._get_session,
            ("POST", "com.atproto.server.deleteSession"): self._delete_session,
            ("GET", "com.atproto.server.describeServer"): self._describe,
            ("GET", "com.atproto.identity.resolveHandle"): self._resolve_handle,
            ("GET", "com.atproto.repo.describeRepo"): self._describe_repo,
            ("GET", "com.atproto.server.getServiceAuth"): self._service_auth,
            ("POST", "app.bsky.video.uploadVideo"): self._videos.upload,
            ("GET", "app.bsky.video.getJobStatus"): self._videos.look,
            ("POST", "com.atproto.repo.uploadBlob"): self._upload_blob,
            ("POST", "com.atproto.repo.putRecord"): self._put_record,
            ("POST", "com.atproto.repo.createRecord"): self._create_record,
            ("POST", "com.atproto.repo.deleteRecord"): self._delete_record,
            ("GET", "com.atproto.repo.getRecord"): self._get_record,
            ("GET", "com.atproto.repo.listRecords"): self._list_records,
            ("GET", "com.atproto.sync.getBlob"): self._get_blob,
            ("GET", "app.bsky.feed.getPosts"): self._get_posts,
            ("GET", "app.bsky.actor.getProfile"): self._get_profile,
        }

    def handle(self, call: Call) -> Answer:
        """Answer an XRPC call, or one about signing in."""
        if self.oauth.handles(call):
            return self.oauth.handle(call)
        answer = self._answer(call)
        if "dpop" in call.headers:
            answer.headers["DPoP-Nonce"] = self.oauth.proofs.nonce
        return answer

    def _answer(self, call: Call) -> Answer:
        method = self._methods.get((call.method, call.path.removeprefix(_PREFIX)))
        try:
            if method is None:
                raise XrpcError(501, "MethodNotImplemented", "Method Not Implemented")
            return method(call)
        except XrpcError as error:
            return json_answer({"error": error.error, "message": error.message}, error.status)
        except TokenRefused as error:
            return json_answer({"error": error.error, "message": error.message}, 400)
        except ProofRefused as error:
            told = {"error": error.error, "message": error.message}
            asks = f'DPoP algs="ES256", error="{error.error}"'
            return json_answer(told, 401, {"WWW-Authenticate": asks})

    def publishes(self, call: Call) -> bool:
        """Whether the call writes a post."""
        if call.path.removeprefix(_PREFIX) not in _POST_WRITES:
            return False
        return (call.json() or {}).get("collection") == "app.bsky.feed.post"

    def refusal(self, status: int) -> Answer:
        """A refusal in the words of the network; 401 is Bluesky's 400 `ExpiredToken`."""
        real, error, message = _WORDS[status]
        headers: dict[str, str] = {}
        if status == 429:
            reset = int(self._now().timestamp()) + _LIMIT_SECONDS
            headers = bluesky_points.headers(0, reset)
        return json_answer({"error": error, "message": message}, real, headers)

    def posts(self) -> list[ShownPost]:
        """All posts of all accounts, newest first."""
        return self._repo.shown()

    def forget_blobs(self) -> None:
        """Drop all uploads, as a real server does after some hours with those that nobody uses."""
        self._repo.forget_blobs()

    def _create_session(self, call: Call) -> Answer:
        body = _body(call)
        identifier, password = body.get("identifier"), body.get("password")
        if not isinstance(identifier, str) or not isinstance(password, str):
            raise XrpcError(400, "InvalidRequest", 'Missing required key "identifier"')
        account = self._open(identifier.lower()) if password else None
        if account is None:
            raise XrpcError(401, "AuthenticationRequired", "Invalid identifier or password")
        access, refresh = self._tokens.issue(account["did"])
        return json_answer(_session(account, access, refresh))

    def _open(self, identifier: str) -> Json | None:
        """The account of a DID or handle; a handle that nobody has becomes a new account."""
        with self._state.lock:
            known = self._account(identifier)
            if known is not None or not _HANDLE.fullmatch(identifier):
                return known
            digest = hashlib.sha256(identifier.encode()).digest()
            did = f"did:plc:{base64.b32encode(digest[:15]).decode().lower()}"
            account = {"did": did, "handle": identifier}
            self._state.put("accounts", did, account)
            return account

    def _account(self, identifier: str) -> Json | None:
        found = self._state.get("accounts", identifier)
        if found is not None:
            return found
        accounts = (account for _, account in self._state.items("accounts"))
        return next((one for one in accounts if one["handle"] == identifier), None)

    def _refresh_session(self, call: Call) -> Answer:
        did, access, refresh = self._tokens.rotate(_bearer(call))
        return json_answer(_session(self._state.get("accounts", did) or {}, access, refresh))

    def _get_session(self, call: Call) -> Answer:
        account = self._state.get("accounts", self._signed_in(call)) or {}
        return json_answer({**account, "active": True})

    def _delete_session(self, call: Call) -> Answer:
        self._tokens.revoke(_bearer(call))
        return Answer()

    def _describe(self, call: Call) -> Answer:
        host = call.headers.get("host", "localhost").partition(":")[0]
        return json_answer(
            {
                "did": f"did:web:{host}",
                "availableUserDomains": [".test"],
                "inviteCodeRequired": False,
                "links": {},
                "contact": {},
            }
        )

    def _resolve_handle(self, call: Call) -> Answer:
        account = self._account(call.query.get("handle", "").lower())
        if account is None:
            raise XrpcError(400, "InvalidRequest", "Unable to resolve handle")
        return json_answer({"did": account["did"]})

    def _describe_repo(self, call: Call) -> Answer:
        account = self._account(call.query.get("repo", "").lower())
        if account is None:
            raise XrpcError(400, "InvalidRequest", "Could not find repo")
        document = {
            "id": account["did"],
            "alsoKnownAs": [f"at://{account['handle']}"],
            "service": [
                {
                    "id": "#atproto_pds",
                    "type": "AtprotoPersonalDataServer",
                    "serviceEndpoint": base_of(call),
                }
            ],
        }
        told = {**account, "didDoc": document, "collections": [], "handleIsCorrect": True}
        return json_answer(told)

    def _service_auth(self, call: Call) -> Answer:
        return self._videos.service_auth(self._signed_in(call), call.query)

    def _upload_blob(self, call: Call) -> Answer:
        did = self._signed_in(call)
        mime = call.headers.get("content-type", "application/octet-stream")
        return json_answer({"blob": self._repo.upload(did, mime, call.body)})

    def _put_record(self, call: Call) -> Answer:
        body, did = self._write(call)
        spent = self._points.spend(did, bluesky_points.PUT)
        return json_answer(self._repo.put(did, body), 200, spent)

    def _create_record(self, call: Call) -> Answer:
        body, did = self._write(call)
        spent = self._points.spend(did, bluesky_points.CREATE)
        return json_answer(self._repo.create(did, body), 200, spent)

    def _delete_record(self, call: Call) -> Answer:
        body, did = self._write(call)
        spent = self._points.spend(did, bluesky_points.DELETE)
        return json_answer(self._repo.delete(did, body), 200, spent)

    def _get_record(self, call: Call) -> Answer:
        account = self._account(call.query.get("repo", ""))
        if account is None:
            raise XrpcError(400, "InvalidRequest", "Could not locate record")
        return json_answer(self._repo.read(account["did"], call.query))

    def _list_records(self, call: Call) -> Answer:
        account = self._account(call.query.get("repo", ""))
        if account is None:
            raise XrpcError(400, "InvalidRequest", "Could not find repo")
        return json_answer(self._repo.listing(account["did"], call.query))

    def _get_blob(self, call: Call) -> Answer:
        mime, data = self._repo.blob(call.query.get("did", ""), call.query.get("cid", ""))
        safe = {
            "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": "default-src 'none'; sandbox",
        }
        return Answer(body=data, content_type=mime, headers=safe)

    def _get_posts(self, call: Call) -> Answer:
        uris = call.query.get("uris", "").split("\n")
        return json_answer({"posts": self._repo.views([uri for uri in uris if uri])})

    def _get_profile(self, call: Call) -> Answer:
        account = self._account(call.query.get("actor", "").lower())
        if account is None:
            raise XrpcError(400, "InvalidRequest", "Profile not found")
        return json_answer(profile(self._state, account, self._now()))

    def _write(self, call: Call) -> tuple[Json, str]:
        """(body, did) of a write that the caller may do."""
        did = self._signed_in(call)
        body = _body(call)
        account = self._account(str(body.get("repo", "")))
        if account is None:
            raise XrpcError(403, "AccountNotFound", "Account not found")
        if account["did"] != did:
            raise XrpcError(401, "AuthenticationRequired", "Authentication Required")
        return body, did

    def _signed_in(self, call: Call) -> str:
        kind, _, token = call.headers.get("authorization", "").partition(" ")
        if kind.lower() == "dpop":
            return self.oauth.account(call, token)
        return self._tokens.account(_bearer(call))


def _bearer(call: Call) -> str:
    kind, _, token = call.headers.get("authorization", "").partition(" ")
    if kind.lower() != "bearer" or not token:
        raise XrpcError(401, "AuthMissing", "Authentication Required")
    return token


def _body(call: Call) -> Json:
    body = call.json()
    if body is None:
        raise XrpcError(400, "InvalidRequest", "The body is no JSON object")
    return body


def _session(account: Json, access: str, refresh: str) -> Json:
    return {**account, "accessJwt": access, "refreshJwt": refresh, "active": True}
