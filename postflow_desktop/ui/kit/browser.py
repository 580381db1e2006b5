"""Web addresses are opened by the system's browser, and nothing else is."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices

Opener = Callable[[str], object]
"""Opens an address; tests give one that only remembers."""


def open_in_browser(address: str) -> bool:
    """Whether the system took it; anything but http and https is refused (a file would run)."""
    url = QUrl(address)
    if url.scheme() not in {"http", "https"} or not url.host():
        return False
    return QDesktopServices.openUrl(url)
