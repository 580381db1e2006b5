"""Access and refresh tokens of sandbox accounts: signed JWTs (RFC 7519, HS256)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta

from postflow_desktop.sandbox.state import Json, State

ACCESS_LIFE = timedelta(hours=2)
REFRESH_LIFE = timedelta(days=90)
GRACE = timedelta(hours=2)
"""How long a refresh token that was used works once more, as on the reference server."""


class TokenRefused(Exception):
    """A token is missing, damaged, of the wrong kind, ended or revoked."""

    def __init__(self, error: str, message: str) -> None:
        super().__init__(message)
        self.error = error
        self.message = message


class TokenDesk:
    """Issues, checks, rotates and revokes tokens; the key lives with the state."""

    def __init__(self, state: State, now: Callable[[], datetime]) -> None:
        self._state = state
        self._now = now
        stored = state.get("server", "token-key")
        if stored is None:
            stored = {"key": secrets.token_hex(32)}
            state.put("server", "token-key", stored)
        self._key = bytes.fromhex(str(stored["key"]))

    def issue(self, did: str) -> tuple[str, str]:
        """(access, refresh) for an account."""
        return self._access(did), self._refresh(did, secrets.token_urlsafe(24))

    def account(self, token: str) -> str:
        """The DID behind an access token."""
        return str(self._checked(token, "com.atproto.access")["sub"])

    def rotate(self, token: str) -> tuple[str, str, str]:
        """(did, access, refresh) for a refresh token, which then works for the grace only."""
        with self._state.lock:
            did, identifier = self._live(token)
            stored = self._state.get("refresh", identifier) or {}
            following = str(stored.get("next") or secrets.token_urlsafe(24))
            end = min(float(stored.get("until", 0)), (self._now() + GRACE).timestamp())
            self._state.put("refresh", identifier, {**stored, "next": following, "until": end})
            return did, self._access(did), self._refresh(did, following)

    def revoke(self, token: str) -> None:
        """End the session of a refresh token; one that has ended is fine."""
        claims = self._checked(token, "com.atproto.refresh", ended_is_fine=True)
        self._state.delete("refresh", str(claims["jti"]))

    def _live(self, token: str) -> tuple[str, str]:
        claims = self._checked(token, "com.atproto.refresh")
        identifier = str(claims["jti"])
        stored = self._state.get("refresh", identifier)
        if stored is None or float(stored["until"]) < self._now().timestamp():
            raise TokenRefused("ExpiredToken", "Token has been revoked")
        return str(claims["sub"]), identifier

    def _access(self, did: str) -> str:
        return self._sign({"scope": "com.atproto.access", "sub": did}, ACCESS_LIFE)

    def _refresh(self, did: str, identifier: str) -> str:
        if self._state.get("refresh", identifier) is None:
            until = (self._now() + REFRESH_LIFE).timestamp()
            self._state.put("refresh", identifier, {"did": did, "until": until})
        claims = {"scope": "com.atproto.refresh", "sub": did, "jti": identifier}
        return self._sign(claims, REFRESH_LIFE)

    def _sign(self, claims: Json, life: timedelta) -> str:
        now = self._now()
        times = {"iat": int(now.timestamp()), "exp": int((now + life).timestamp())}
        head = _encode(b'{"typ":"JWT","alg":"HS256"}')
        text = f"{head}.{_encode(json.dumps(claims | times).encode())}"
        return f"{text}.{self._signature(text)}"

    def _signature(self, text: str) -> str:
        return _encode(hmac.new(self._key, text.encode(), hashlib.sha256).digest())

    def _checked(self, token: str, scope: str, *, ended_is_fine: bool = False) -> Json:
        text, _, signature = token.rpartition(".")
        if not hmac.compare_digest(self._signature(text).encode(), signature.encode()):
            raise TokenRefused("InvalidToken", "Token could not be verified")
        claims: Json = json.loads(_decode(text.partition(".")[2]))
        if claims["scope"] != scope:
            raise TokenRefused("InvalidToken", "Invalid token type")
        if claims["exp"] <= self._now().timestamp() and not ended_is_fine:
            raise TokenRefused("ExpiredToken", "Token has expired")
        return claims


def _encode(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _decode(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
