"""Notifications of the desktop: what the system shows over other windows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from postflow_desktop.domain.notice import NoticeAction, Urgency


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """One notification; a later one with the same key replaces it."""

    key: str
    title: str
    text: str
    urgency: Urgency
    actions: tuple[NoticeAction, ...] = ()


class Alerter(Protocol):
    """A way to notify; none of its methods waits or raises."""

    def show(self, alert: Alert, on_action: Callable[[str, NoticeAction], None]) -> None:
        """Show or replace; `on_action(key, action)` is called on any thread. A click is OPEN."""
        ...

    def withdraw(self, key: str) -> None:
        """Take it away, if it still stands."""
        ...
