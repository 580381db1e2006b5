"""What a sign-in in the browser leaves: tokens that are worth nothing without their key.

The key, made for one sign-in, is kept with both tokens, as one sealed text each. A session by app
password is a bare token instead, which never begins with a brace.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field, fields
from typing import Any, Self

from postflow_desktop.domain.errors import InvalidInput


class _Kept:
    """A frozen dataclass of texts, to and from a JSON object with its names."""

    def as_text(self) -> str:
        """The text that `read` reads."""
        return json.dumps(asdict(self))  # type: ignore[call-overload]  # a dataclass below

    @classmethod
    def read(cls, text: str | None) -> Self | None:
        """The value in a text, or None where it is something else."""
        if not text or not text.startswith("{"):
            return None
        try:
            value: Any = json.loads(text)
        except (ValueError, RecursionError):
            return None
        names = [one.name for one in fields(cls)]  # type: ignore[arg-type]  # a dataclass below
        if not isinstance(value, dict) or set(value) != set(names):
            return None
        return cls(**value) if all(isinstance(one, str) for one in value.values()) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class BoundAccess(_Kept):
    """An access token with the key that it is bound to (RFC 9449, 6)."""

    access_token: str = field(repr=False)
    private_key: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class BoundRefresh(_Kept):
    """A refresh token with all that using it takes; it works once."""

    refresh_token: str = field(repr=False)
    private_key: str = field(repr=False)
    client_id: str
    issuer: str
    """The authorization server."""
    did: str
    handle: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BoundGrant(_Kept):
    """An authorization code with all that trading it takes; never stored."""

    code: str = field(repr=False)
    code_verifier: str = field(repr=False)
    private_key: str = field(repr=False)
    client_id: str
    redirect_uri: str
    issuer: str
    service: str
    """The address that the person typed, or the usual one."""
    did: str
    """Who was asked for; empty where the person said it at the server."""


def read_grant(secret: str) -> BoundGrant:
    """The grant in a secret; InvalidInput (`bad_authorization`), which does not repeat it."""
    grant = BoundGrant.read(secret)
    if grant is None:
        raise InvalidInput(
            "This is no answer of Bluesky's page.",
            code="bad_authorization",
            fix="Start connecting the account again.",
        )
    return grant
