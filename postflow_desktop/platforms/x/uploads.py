"""Videos and GIFs that X has and that no post has yet: another try needs no second upload."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import datetime, timedelta

from postflow_desktop.domain.account import Session
from postflow_desktop.domain.post import Media
from postflow_desktop.services.ports.clock import Clock

LIFE = timedelta(hours=20)
"""X keeps an upload for 24 hours (`expires_after_secs`); the post needs some of them."""
_MOST = 200
_Key = tuple[str, str, str, str]


@dataclass(frozen=True, slots=True)
class _Known:
    media_id: str
    until: datetime


class KnownUploads:
    """Ids by account and content, in this process; safe for several threads."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._known: dict[_Key, _Known] = {}

    def get(self, session: Session, item: Media) -> str | None:
        """The id under which X has it, or None."""
        with self._lock:
            found = self._known.get(_key(session, item))
        return found.media_id if found and found.until > self._clock.now() else None

    def keep(self, session: Session, item: Media, media_id: str) -> None:
        """X has it now."""
        with self._lock:
            while len(self._known) >= _MOST:
                self._known.pop(next(iter(self._known)))
            until = self._clock.now() + LIFE
            self._known[_key(session, item)] = _Known(media_id, until)

    def forget(self, media_id: str) -> None:
        """It is of no use any more."""
        with self._lock:
            rest = {key: one for key, one in self._known.items() if one.media_id != media_id}
            self._known = rest


def _key(session: Session, item: Media) -> _Key:
    return (session.service, session.user_id, item.sha256, item.alt)
