"""What the authorization server is asked: handing in a request, trading, giving back.

RFC 9126 (PAR), RFC 6749 (codes and refresh), RFC 7009 (giving back), RFC 9449 (DPoP), as
atproto.com/specs/oauth puts them together (read 2026-11-21). PostFlow has no developer app there:
its client id is `http://localhost` with its own description in the query.
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote, urlencode, urlsplit

from postflow_desktop.domain.errors import NetworkUnreachable, NotAllowed, PostFlowError
from postflow_desktop.platforms.bluesky.discovery import STEP_SECONDS, AuthorizationServer
from postflow_desktop.platforms.bluesky.dpop import NONCE_WANTED, Nonces
from postflow_desktop.platforms.bluesky.xrpc import Reply, read_reply, text_of
from postflow_desktop.transport.client import HttpClient
from postflow_desktop.transport.values import Request

SCOPES = ("atproto", "transition:generic")
"""Who it is, and what an app password may do."""
_FORM = "application/x-www-form-urlencoded"


def loopback_client(redirect_uri: str) -> str:
    """The client id of an app on this computer; the port does not count, so it is left out."""
    parts = urlsplit(redirect_uri)
    registered = parts._replace(netloc=parts.hostname or "").geturl()
    query = {"redirect_uri": registered, "scope": " ".join(SCOPES)}
    return f"http://localhost?{urlencode(query, quote_via=quote)}"


class Desk:
    """Calls to authorization servers; every one may raise NetworkUnreachable."""

    def __init__(self, http: HttpClient, nonces: Nonces) -> None:
        self._http = http
        self._nonces = nonces

    def push(self, server: AuthorizationServer, key: str, request: Mapping[str, str]) -> str:
        """Hand a request in; the address for the browser. NotAllowed (`authorization_failed`)."""
        reply = self._post(server.pushing, key, request)
        handle = text_of(reply.body, "request_uri")
        if reply.status not in {200, 201} or not handle:
            raise refused(reply)
        query = {"client_id": request["client_id"], "request_uri": handle}
        return f"{server.page}?{urlencode(query, quote_via=quote)}"

    def trade(self, server: AuthorizationServer, key: str, grant: Mapping[str, str]) -> Reply:
        """Trade a code or a refresh token; the reply as it came."""
        return self._post(server.token, key, grant)

    def give_back(
        self, server: AuthorizationServer, key: str, client_id: str, token: str
    ) -> Reply | None:
        """End a token, and with it the whole sign-in; None where the server has no way to."""
        if not server.revocation:
            return None
        return self._post(server.revocation, key, {"token": token, "client_id": client_id})

    def _post(self, url: str, key: str, fields: Mapping[str, str]) -> Reply:
        """Send a form; once more where the server only wants its nonce, for it did nothing yet."""
        reply = self._send(url, key, fields)
        if reply.status in {400, 401} and reply.error == NONCE_WANTED:
            reply = self._send(url, key, fields)
        return reply

    def _send(self, url: str, key: str, fields: Mapping[str, str]) -> Reply:
        headers = {
            "Content-Type": _FORM,
            "Accept": "application/json",
            "DPoP": self._nonces.proof(key, "POST", url),
        }
        body = urlencode(fields).encode()
        request = Request(method="POST", url=url, headers=headers, body=body)
        response = self._http.request(request, total_seconds=STEP_SECONDS)
        self._nonces.learn(url, response.headers)
        return read_reply(response.status, response.headers, response.body)


def refused(reply: Reply) -> PostFlowError:
    """A refusal of a new sign-in as a person reads it."""
    if reply.error == "invalid_dpop_proof":
        return NotAllowed(
            "The server did not accept this computer's signature. Nothing was connected.",
            code="proof_refused",
            fix="Check this computer's date and time, and try again.",
        )
    if 400 <= reply.status < 500 and reply.status != 429:
        return NotAllowed(
            "The server did not accept the sign-in. Nothing was connected.",
            code="authorization_failed",
            fix="Start connecting the account again.",
        )
    return unusable(reply)


def unusable(reply: Reply) -> NetworkUnreachable:
    """No answer that anything can be concluded from."""
    if reply.status == 429:
        return NetworkUnreachable(
            "Bluesky allows no more sign-ins for now.",
            code="rate_limited",
            fix="Wait a few minutes and try again.",
        )
    return NetworkUnreachable(
        f"The server gave no usable answer (status {reply.status}).",
        code="server_error",
        fix="Try again later; check that the address is that of a Bluesky server.",
    )
