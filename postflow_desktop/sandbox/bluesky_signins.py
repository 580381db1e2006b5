"""What the sandbox's Bluesky hands out in the browser: requests, codes, tokens bound to a key.

A refresh token works once. Using a spent one ends the whole sign-in, and so do two weeks: that is
how the reference server treats programs without a secret (@atproto/oauth-provider 0.15.15).
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta

from postflow_desktop.sandbox.exchange import Json
from postflow_desktop.sandbox.state import State

REQUEST_LIFE = timedelta(minutes=5)
CODE_LIFE = timedelta(minutes=5)
ACCESS_LIFE = timedelta(hours=1)
SIGN_IN_LIFE = timedelta(days=14)
_KIND = "bluesky-secrets"
_SIGN_INS = "bluesky-signins"


class SignIns:
    """Makes, looks up, spends and ends."""

    def __init__(self, state: State, now: Callable[[], datetime]) -> None:
        self._state = state
        self._now = now

    def make(self, prefix: str, life: timedelta, holder: Json) -> str:
        """A new secret; `holder` is what it stands for."""
        secret = f"{prefix}-{secrets.token_hex(32)}"
        until = (self._now() + life).timestamp()
        self._state.put(_KIND, _name(secret), {**holder, "until": until})
        return secret

    def look(self, prefix: str, secret: str) -> Json | None:
        """What a secret stands for; None where it is unknown, used or has ended."""
        found = self._state.get(_KIND, _name(secret)) if secret.startswith(prefix) else None
        ended = found is None or float(found["until"]) <= self._now().timestamp()
        return None if ended else found

    def take(self, prefix: str, secret: str) -> Json | None:
        """The same, and it never works again."""
        with self._state.lock:
            found = self.look(prefix, secret)
            self._state.delete(_KIND, _name(secret))
            return found

    def open(self, did: str, client_id: str, key: str, scope: str) -> tuple[str, str]:
        """(access, refresh) of a new sign-in; `key` is the thumbprint that both are bound to."""
        name = secrets.token_hex(16)
        until = (self._now() + SIGN_IN_LIFE).timestamp()
        holder = {"did": did, "client_id": client_id, "key": key, "scope": scope, "until": until}
        self._state.put(_SIGN_INS, name, holder)
        return self._issue(name)

    def renew(self, refresh: str, client_id: str, key: str) -> tuple[Json, str, str] | None:
        """(sign-in, access, refresh) for a refresh token; None where there is nothing to renew."""
        with self._state.lock:
            token = self.look("ref", refresh)
            holder = self._sign_in(token)
            if token is None or holder is None:
                return None
            fits = (holder["client_id"], holder["key"]) == (client_id, key)
            if token["spent"] or not fits:
                self._state.delete(_SIGN_INS, token["sign_in"])
                return None
            self._state.put(_KIND, _name(refresh), {**token, "spent": True})
            return holder, *self._issue(token["sign_in"])

    def holder(self, access: str) -> Json | None:
        """The sign-in of an access token that works."""
        return self._sign_in(self.look("acc", access))

    def end(self, token: str) -> None:
        """End the sign-in of either token; one that nobody knows is fine."""
        found = self._state.get(_KIND, _name(token))
        if found is not None and "sign_in" in found:
            self._state.delete(_SIGN_INS, found["sign_in"])

    def _issue(self, name: str) -> tuple[str, str]:
        holder: Json = {"sign_in": name, "spent": False}
        return self.make("acc", ACCESS_LIFE, holder), self.make("ref", SIGN_IN_LIFE, holder)

    def _sign_in(self, token: Json | None) -> Json | None:
        found = self._state.get(_SIGN_INS, token["sign_in"]) if token else None
        ended = found is None or float(found["until"]) <= self._now().timestamp()
        return None if ended else found


def _name(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()
