"""What the calendar's view model tells its view: plain values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path
from zoneinfo import ZoneInfo

from postflow_desktop.services.ports.replica import CalendarRow


class Emptiness(StrEnum):
    """Why there is nothing on the month."""

    NONE = "none"
    NO_CHANNELS = "no_channels"
    NOTHING = "nothing"
    FILTERED = "filtered"


@dataclass(frozen=True, slots=True, kw_only=True)
class ComposeRequest:
    """A new post is wanted on a day; files and text were dropped there, or are empty."""

    day: date
    files: tuple[Path, ...] = ()
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """Everything the grid draws."""

    month: date
    today: date
    zone: ZoneInfo
    rows: Sequence[CalendarRow]
    moving: frozenset[str]
