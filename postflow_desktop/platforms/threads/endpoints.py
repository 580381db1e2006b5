"""The addresses that Threads is spoken to at: the real ones, or all on one server like the sandbox.

developers.facebook.com/docs/threads, overview and get started (read 2026-09-11).
"""

from __future__ import annotations

from dataclasses import dataclass

from postflow_desktop.domain.errors import InvalidInput
from postflow_desktop.transport import addresses

DEFAULT_SERVICE = "https://graph.threads.net"
_AUTHORIZE_HOSTS = {
    DEFAULT_SERVICE: "https://threads.net",
    "https://graph.threads.com": "https://threads.com",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoints:
    """Base address of the API, and where a person allows the access."""

    api: str
    authorize: str

    @property
    def code(self) -> str:
        """Where a code is traded for a token of one hour."""
        return f"{self.api}/oauth/access_token"

    @property
    def exchange(self) -> str:
        """Where that is traded for one of 60 days."""
        return f"{self.api}/access_token"

    @property
    def renew(self) -> str:
        """Where a token of 60 days is renewed."""
        return f"{self.api}/refresh_access_token"

    @property
    def inspect(self) -> str:
        """Where a token's end can be asked."""
        return f"{self.api}/debug_token"


def endpoints(service: str) -> Endpoints:
    """The addresses that belong to a service; InvalidInput (`bad_service`).

    Nothing means Threads itself, whose page to allow the access stands on another host.
    """
    api = _checked(service)
    return Endpoints(api=api, authorize=f"{_AUTHORIZE_HOSTS.get(api, api)}/oauth/authorize")


def place(service: str, path: str) -> str:
    """The address of something of the versioned API."""
    return f"{service}/v1.0/{path}"


def _checked(typed: str) -> str:
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
        f"'{typed[:100]}' can't be used as the address of Threads.",
        code="bad_service",
        fix=f"Leave it out, or write {DEFAULT_SERVICE}; plain http works for this computer only.",
    )
