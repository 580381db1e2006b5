"""Codes and tokens of the sandbox's X: opaque, known by their hash, ended by time or by use."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta

from postflow_desktop.sandbox.exchange import Json
from postflow_desktop.sandbox.state import State

CODE_LIFE = timedelta(seconds=30)
ACCESS_LIFE = timedelta(hours=2)
REFRESH_LIFE = timedelta(days=183)


class XTokens:
    """Makes, checks, takes and revokes; what is taken works once."""

    def __init__(self, state: State, now: Callable[[], datetime]) -> None:
        self._state = state
        self._now = now

    def make(self, kind: str, life: timedelta, holder: Json) -> str:
        """A new secret of this kind; `holder` is what it stands for."""
        secret = secrets.token_urlsafe(40)
        until = (self._now() + life).timestamp()
        self._state.put("x-secrets", _key(kind, secret), {**holder, "until": until})
        return secret

    def look(self, kind: str, secret: str) -> Json | None:
        """What a secret stands for; None where it is unknown, used, revoked or has ended."""
        found = self._state.get("x-secrets", _key(kind, secret))
        if found is None or float(found["until"]) <= self._now().timestamp():
            return None
        return found

    def take(self, kind: str, secret: str) -> Json | None:
        """The same, and it never works again."""
        with self._state.lock:
            found = self.look(kind, secret)
            self.forget(kind, secret)
            return found

    def forget(self, kind: str, secret: str) -> None:
        """Let a secret work no more; one that nobody knows is fine."""
        self._state.delete("x-secrets", _key(kind, secret))


def _key(kind: str, secret: str) -> str:
    return f"{kind}/{hashlib.sha256(secret.encode('utf-8', 'replace')).hexdigest()}"
