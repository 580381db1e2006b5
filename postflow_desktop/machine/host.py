"""The name of this computer, as people on the same team know it."""

from __future__ import annotations

import socket


def host_name() -> str:
    """Without the domain behind it; never empty."""
    try:
        name = socket.gethostname().partition(".")[0]
    except OSError:
        name = ""
    return name if name and name.isprintable() else "a computer without a name"
