"""The way back for networks that take https addresses only.

A static page (`resources/oauth/relay.html`) at a registered https address sends the browser on to
this computer. Where to lies in the state: `PORT.PATH.RANDOM`, so the page keeps nothing, and the
whole of it is compared when it comes back.
"""

from __future__ import annotations


def relayed_state(port: int, path: str, random: str) -> str:
    """The state that tells the page where to send the browser; letters of base64url and dots."""
    return f"{port}.{path.lstrip('/')}.{random}"
