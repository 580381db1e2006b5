"""What anybody sees of the posts on the sandbox: over HTTP, past PostFlow's own adapters."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
from html.parser import HTMLParser
from typing import Any
from urllib.parse import parse_qs, quote, urlencode, urlsplit

from postflow_desktop.sandbox.consent import give_consent
from postflow_desktop.sandbox.server import SandboxServer
from postflow_desktop.tour.steps import observe
from postflow_desktop.transport.client import HttpClient
from postflow_desktop.transport.values import Request, Response

_CALLBACK = "http://127.0.0.1/callback"
_CLIENT = "postflow-tour"
_READER = "somebody_else"


class Reader:
    """A reader of the sandbox who is none of the accounts."""

    def __init__(self, http: HttpClient, sandbox: SandboxServer) -> None:
        self._http = http
        self._sandbox = sandbox
        self._token = ""

    # --- Bluesky ----------------------------------------------------------------------------

    def record(self, uri: str) -> dict[str, Any] | None:
        """A record by its at:// address; None if there is none."""
        repo, collection, key = uri.removeprefix("at://").split("/")
        names = {"repo": repo, "collection": collection, "rkey": key}
        reply = self._xrpc("com.atproto.repo.getRecord", **names)
        if reply.status == 400:
            return None
        observe(reply.status == 200, f"getRecord answered {reply.status}.")
        value: dict[str, Any] = json.loads(reply.body)["value"]
        return value

    def blob(self, did: str, cid: str) -> bytes:
        """The bytes of a picture."""
        reply = self._xrpc("com.atproto.sync.getBlob", did=did, cid=cid)
        observe(reply.status == 200, f"getBlob answered {reply.status}.")
        return reply.body

    def _xrpc(self, method: str, **query: str) -> Response:
        words = "&".join(f"{name}={quote(value, safe='')}" for name, value in query.items())
        return self._get(f"/xrpc/{method}?{words}")

    # --- X ----------------------------------------------------------------------------------

    def tweet(self, post_id: str) -> dict[str, Any] | None:
        """A post on X by its id; None if there is none."""
        reply = self._get(
            f"/2/tweets/{post_id}?tweet.fields=attachments,created_at,entities", token=self._x()
        )
        observe(reply.status == 200, f"X answered {reply.status}.")
        found: dict[str, Any] | None = json.loads(reply.body).get("data")
        return found

    def tweet_pictures(self, post_id: str) -> list[tuple[str, bytes]]:
        """Alt text and bytes of a post's pictures, from the sandbox's page."""
        page = _Page(post_id)
        page.feed(self._get("/").body.decode())
        return [(alt, self._get(address).body) for address, alt in page.pictures]

    def _x(self) -> str:
        """An access token that may read, by OAuth as any app gets it."""
        if not self._token:
            verifier = secrets.token_urlsafe(48)
            digest = hashlib.sha256(verifier.encode()).digest()
            asked = {
                "response_type": "code",
                "client_id": _CLIENT,
                "redirect_uri": _CALLBACK,
                "scope": "tweet.read users.read",
                "state": secrets.token_urlsafe(16),
                "code_challenge": base64.urlsafe_b64encode(digest).decode().rstrip("="),
                "code_challenge_method": "S256",
            }
            page = f"{self._sandbox.url}/i/oauth2/authorize?{urlencode(asked)}"
            back = urlsplit(give_consent(self._http, page, _READER))
            self._token = self._trade(parse_qs(back.query)["code"][0], verifier)
        return self._token

    def _trade(self, code: str, verifier: str) -> str:
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "client_id": _CLIENT,
            "redirect_uri": _CALLBACK,
            "code_verifier": verifier,
        }
        reply = self._http.request(
            Request(
                method="POST",
                url=f"{self._sandbox.url}/2/oauth2/token",
                headers={"Content-Type": "application/x-www-form-urlencoded"},
                body=urlencode(form).encode(),
            )
        )
        observe(reply.status == 200, f"X's sign-in answered {reply.status}.")
        return str(json.loads(reply.body)["access_token"])

    def _get(self, path: str, *, token: str = "") -> Response:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return self._http.request(
            Request(method="GET", url=f"{self._sandbox.url}{path}", headers=headers)
        )


class _Page(HTMLParser):
    """The pictures of one article of the sandbox's page."""

    def __init__(self, post_id: str) -> None:
        super().__init__()
        self._wanted = post_id
        self._inside = False
        self.pictures: list[tuple[str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if tag == "article":
            self._inside = found.get("id") == self._wanted
        elif tag == "img" and self._inside:
            self.pictures.append((found.get("src") or "", found.get("alt") or ""))
