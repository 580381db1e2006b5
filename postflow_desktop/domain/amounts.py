"""Amounts as people read them: bytes, lengths in time."""

from __future__ import annotations

_UNITS = ((1_000_000_000, "GB"), (1_000_000, "MB"), (1_000, "KB"))


def bytes_words(size: int) -> str:
    """512 MB, 1.5 GB, 75 KB; units of a thousand, as the networks' limits are."""
    for unit, name in _UNITS:
        if size >= unit:
            text = f"{size / unit:.1f}" if size < 100 * unit else f"{size / unit:,.0f}"
            return f"{text.removesuffix('.0')} {name}"
    return f"{size} bytes"


def seconds_words(seconds: float) -> str:
    """0.5 seconds, 45 seconds, 2 minutes 20 seconds, 2 hours 5 minutes."""
    if seconds < 60:
        return f"{seconds:.1f}".removesuffix(".0") + " seconds"
    whole = round(seconds)
    hours, rest = divmod(whole, 3600)
    minutes, left = divmod(rest, 60)
    parts = [(hours, "hour"), (minutes, "minute"), (0 if hours else left, "second")]
    return " ".join(f"{n} {name}{'' if n == 1 else 's'}" for n, name in parts if n)


def clock_words(seconds: float) -> str:
    """As players show a length: 0:07, 2:20, 1:05:00."""
    hours, rest = divmod(max(0, round(seconds)), 3600)
    minutes, left = divmod(rest, 60)
    return f"{hours}:{minutes:02}:{left:02}" if hours else f"{minutes}:{left:02}"
