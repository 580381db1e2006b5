"""The addresses that LinkedIn is spoken to at, and the version of its API."""

from __future__ import annotations

import re
from dataclasses import dataclass

from postflow_desktop.domain.errors import InvalidInput
from postflow_desktop.transport import addresses

DEFAULT_SERVICE = "https://api.linkedin.com"
DEFAULT_VERSION = "202609"
"""Monthly, and each lives for about a year (learn.microsoft.com, LinkedIn API versioning); this one
until 2027-09-15."""
_SIGN_IN_HOST = "https://www.linkedin.com"
_VERSION = re.compile(r"20[0-9]{2}(?:0[1-9]|1[0-2])")


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoints:
    """Base address of the API, and of the pages where a person signs in."""

    api: str
    sign_in: str

    @property
    def authorize(self) -> str:
        """Where a person allows the access."""
        return f"{self.sign_in}/oauth/v2/authorization"

    @property
    def token(self) -> str:
        """Where codes and refresh tokens are traded."""
        return f"{self.sign_in}/oauth/v2/accessToken"

    @property
    def revoke(self) -> str:
        """Where tokens are given back."""
        return f"{self.sign_in}/oauth/v2/revoke"


def endpoints(service: str) -> Endpoints:
    """The addresses that belong to a service; InvalidInput (`bad_service`)."""
    api = _checked(service)
    return Endpoints(api=api, sign_in=_SIGN_IN_HOST if api == DEFAULT_SERVICE else api)


def checked_version(text: str) -> str:
    """A version as LinkedIn names it, YYYYMM; InvalidInput (`bad_version`)."""
    if _VERSION.fullmatch(text):
        return text
    raise InvalidInput(
        f"'{text[:50]}' is no version of LinkedIn's API.",
        code="bad_version",
        fix=f"It is a year and a month, such as {DEFAULT_VERSION}.",
    )


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
        f"'{typed[:100]}' can't be used as the address of LinkedIn.",
        code="bad_service",
        fix=f"Leave it out, or write {DEFAULT_SERVICE}; plain http works for this computer only.",
    )
