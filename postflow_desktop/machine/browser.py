"""The person's own browser, or the command in POSTFLOW_BROWSER."""

from __future__ import annotations

import shlex
import subprocess
import threading
import webbrowser
from collections.abc import Mapping
from urllib.parse import urlsplit

VARIABLE = "POSTFLOW_BROWSER"


class SystemBrowser:
    """The Browser port."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._command = environ.get(VARIABLE, "").strip()

    def open(self, url: str) -> bool:
        """Show this page; anything but http and https is refused (a file would run)."""
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            return False
        if self._command:
            return _start([*shlex.split(self._command), url])
        try:
            return webbrowser.open(url)
        except webbrowser.Error:
            return False


def _start(words: list[str]) -> bool:
    """Start and leave it: a browser outlives the command that opened it."""
    try:
        started = subprocess.Popen(
            words,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    except OSError:
        return False
    # Somebody has to take note of its end, or it stays in the system's list.
    threading.Thread(target=started.wait, name="browser", daemon=True).start()
    return True
