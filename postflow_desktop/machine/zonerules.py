"""Which edition of the IANA time zone database this machine uses.

Python looks in the system's folders first and in the `tzdata` package then (docs.python.org:
zoneinfo, data sources). The edition stands in `tzdata.zi` (its first line) or `+VERSION`.
"""

from __future__ import annotations

import re
import zoneinfo
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

_EDITION = re.compile(r"\b(\d{4})([a-z]{1,2})\b")
_KNOWN_ZONE = "Europe/Berlin"


class SystemZoneRules:
    """ZoneRules port over `zoneinfo`."""

    def edition(self) -> str:
        """Such as `2026b`; empty where that can't be told."""
        for folder in map(Path, zoneinfo.TZPATH):
            if (folder / _KNOWN_ZONE).is_file():
                return _edition_in(folder)
        return _edition_of_package()

    def reload(self) -> None:
        """Forget the zones that were read before."""
        zoneinfo.ZoneInfo.clear_cache()


def _edition_in(folder: Path) -> str:
    for name in ("tzdata.zi", "+VERSION"):
        try:
            with (folder / name).open(encoding="utf-8", errors="replace") as file:
                found = _EDITION.search(file.readline(200))
        except OSError:
            continue
        if found is not None:
            return found[0]
    return ""


def _edition_of_package() -> str:
    """The package is numbered `2026.2` for the edition `2026b`."""
    try:
        year, _, number = version("tzdata").partition(".")
    except PackageNotFoundError:
        return ""
    letter = int(number.partition(".")[0] or 1)
    return f"{year}{chr(ord('a') + letter - 1)}"
