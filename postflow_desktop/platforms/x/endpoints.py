"""The addresses that X is spoken to at: the real ones, or all on one server such as the sandbox."""

from __future__ import annotations

from dataclasses import dataclass

from postflow_desktop.domain.errors import InvalidInput
from postflow_desktop.transport import addresses

DEFAULT_SERVICE = "https://api.x.com"
_AUTHORIZE_HOST = "https://x.com"


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoints:
    """Base address of the API, and where a person allows the access (docs.x.com, OAuth 2.0)."""

    api: str
    authorize: str

    @property
    def token(self) -> str:
        """Where codes and refresh tokens are traded."""
        return f"{self.api}/2/oauth2/token"

    @property
    def revoke(self) -> str:
        """Where tokens are given back."""
        return f"{self.api}/2/oauth2/revoke"


def endpoints(service: str) -> Endpoints:
    """The addresses that belong to a service; InvalidInput (`bad_service`).

    Nothing means X itself, whose page to allow the access stands on another host than its API.
    """
    api = _checked(service)
    host = _AUTHORIZE_HOST if api == DEFAULT_SERVICE else api
    return Endpoints(api=api, authorize=f"{host}/i/oauth2/authorize")


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
        f"'{typed[:100]}' can't be used as the address of X.",
        code="bad_service",
        fix=f"Leave it out, or write {DEFAULT_SERVICE}; plain http works for this computer only.",
    )
