"""Codes and tokens of the sandbox's Threads: opaque, known by their hash, ended by time or use."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta

from postflow_desktop.sandbox.exchange import Json
from postflow_desktop.sandbox.state import State

CODE_LIFE = timedelta(hours=1)
SHORT_LIFE = timedelta(hours=1)
LONG_LIFE = timedelta(days=60)
RENEWABLE_AFTER = timedelta(hours=24)
_KIND = "threads-secrets"


class ThreadsTokens:
    """Makes, checks and takes; what is taken works once."""

    def __init__(self, state: State, now: Callable[[], datetime]) -> None:
        self._state = state
        self._now = now

    def make(self, kind: str, life: timedelta, holder: Json) -> str:
        """A new secret of this kind; `holder` is what it stands for."""
        secret = f"{'THQVJ' if kind == 'access' else 'AQ'}{secrets.token_urlsafe(60)}"
        now = self._now()
        found = {**holder, "since": now.timestamp(), "until": (now + life).timestamp()}
        self._state.put(_KIND, _key(kind, secret), found)
        return secret

    def look(self, kind: str, secret: str) -> Json | None:
        """What a secret stands for, even where its time is over; None where it is unknown."""
        return self._state.get(_KIND, _key(kind, secret))

    def has_ended(self, found: Json) -> bool:
        """Whether the time of what was found is over."""
        return float(found["until"]) <= self._now().timestamp()

    def is_young(self, found: Json) -> bool:
        """Whether it is too young to be renewed."""
        age = self._now().timestamp() - float(found["since"])
        return age < RENEWABLE_AFTER.total_seconds()

    def take(self, kind: str, secret: str) -> Json | None:
        """What it stands for; it never works again. None where it is unknown or ended."""
        with self._state.lock:
            found = self.look(kind, secret)
            self._state.delete(_KIND, _key(kind, secret))
            return None if found is None or self.has_ended(found) else found


def _key(kind: str, secret: str) -> str:
    return f"{kind}/{hashlib.sha256(secret.encode('utf-8', 'replace')).hexdigest()}"
