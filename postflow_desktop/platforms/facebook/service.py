"""The address that Facebook is spoken to at: its own, or that of a server such as the sandbox."""

from __future__ import annotations

from postflow_desktop.domain.errors import InvalidInput
from postflow_desktop.transport import addresses

DEFAULT_SERVICE = "https://graph.facebook.com"


def checked_service(typed: str) -> str:
    """The base address without a slash at its end; InvalidInput (`bad_service`)."""
    text = typed.strip()
    if not text:
        return DEFAULT_SERVICE
    try:
        parts = addresses.split(text if "://" in text else f"https://{text}")
    except ValueError:
        raise _bad_service(typed) from None
    extras = parts.query or parts.fragment or parts.username or parts.password
    if extras or parts.path not in {"", "/"} or not addresses.may_be_plain(parts):
        raise _bad_service(typed)
    return f"{parts.scheme}://{parts.netloc.lower()}"


def _bad_service(typed: str) -> InvalidInput:
    return InvalidInput(
        f"'{typed[:100]}' can't be used as the address of Facebook.",
        code="bad_service",
        fix=f"Leave it out, or write {DEFAULT_SERVICE}; plain http works for this computer only.",
    )
