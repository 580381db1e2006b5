"""What a sign-in at LinkedIn hands over, and what has to be kept with a refresh token.

Refresh tokens are for approved partners only, are good for the app that they were given to, and
need its secret; so all of it is kept together, as one sealed text.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import Any

from postflow_desktop.domain.errors import InvalidInput


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeGrant:
    """An authorization code with all that is needed to trade it for tokens (RFC 6749).

    Its text, a JSON object with these names, is the `secret` of `LinkedInConnector.sign_in`.
    """

    client_id: str
    client_secret: str = field(repr=False)
    redirect_uri: str
    code: str = field(repr=False)
    """Works once and for 30 minutes."""

    def as_text(self) -> str:
        """The text that `read_code` reads."""
        return json.dumps(asdict(self))


@dataclass(frozen=True, slots=True, kw_only=True)
class RefreshGrant:
    """A refresh token with its app and its account."""

    client_id: str
    client_secret: str = field(repr=False)
    author: str
    """The URN of the member or organization."""
    name: str
    token: str = field(repr=False)

    def as_text(self) -> str:
        """The text that is kept as the account's refresh token."""
        return json.dumps(asdict(self))


def read_code(secret: str) -> CodeGrant:
    """The grant in a secret; InvalidInput (`bad_authorization`), which does not repeat it."""
    found = _fields(secret, ("client_id", "client_secret", "redirect_uri", "code"))
    if found is None:
        raise InvalidInput(
            "A LinkedIn account is connected in the browser, not with a password.",
            code="bad_authorization",
            fix="Start connecting the account again and allow the access on LinkedIn's page.",
        )
    return CodeGrant(**found)


def read_refresh(text: str | None) -> RefreshGrant | None:
    """The grant in a stored refresh token, or None."""
    found = _fields(text or "", ("client_id", "client_secret", "author", "name", "token"))
    return None if found is None else RefreshGrant(**found)


def _fields(text: str, names: tuple[str, ...]) -> dict[str, str] | None:
    try:
        value: Any = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(value, dict):
        return None
    found = {name: value.get(name) for name in names}
    if not all(isinstance(one, str) and one for one in found.values()):
        return None
    return {name: str(one) for name, one in found.items()}
