"""What a sign-in at Threads hands over, and what has to be kept to renew a token.

There is no refresh token: a token of 60 days renews itself, from its second day until its end, and
the answer names no account (developers.facebook.com/docs/threads/get-started/long-lived-tokens).
"""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from postflow_desktop.domain.errors import InvalidInput
from postflow_desktop.domain.time import utc_text

_TOKEN = re.compile(r"[\w.|~-]{20,2000}", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeGrant:
    """An authorization code with all that is needed to trade it for tokens.

    Its text, a JSON object with these names, is the `secret` of `ThreadsConnector.sign_in`.
    """

    client_id: str
    """The Threads app id, which is not the Meta app id."""
    client_secret: str = field(repr=False)
    redirect_uri: str
    code: str = field(repr=False)
    """Works once and for an hour."""

    def as_text(self) -> str:
        """The text that `read_secret` reads."""
        return json.dumps(asdict(self))


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenToken:
    """A token that a person copied from the app's User Token Generator."""

    token: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Renewal:
    """Whose token it is and since when; it holds no secret."""

    user_id: str
    username: str
    since: datetime

    def as_text(self) -> str:
        """The text that is kept in the place of a refresh token."""
        return json.dumps(asdict(self) | {"since": utc_text(self.since)})


def read_secret(secret: str) -> CodeGrant | GivenToken:
    """What is in a secret; InvalidInput (`bad_authorization`), which does not repeat it."""
    names = ("client_id", "client_secret", "redirect_uri", "code")
    found = _fields(secret, names)
    if found is not None:
        return CodeGrant(**found)
    token = secret.strip()
    if not _TOKEN.fullmatch(token):
        raise InvalidInput(
            "A Threads account is connected in the browser or with an access token, not with a "
            "password.",
            code="bad_authorization",
            fix="Start connecting the account again and allow the access on Threads' page.",
        )
    return GivenToken(token=token)


def read_renewal(text: str | None) -> Renewal | None:
    """What was kept with a token, or None."""
    found = _fields(text or "", ("user_id", "username", "since"))
    if found is None:
        return None
    try:
        since = datetime.fromisoformat(found["since"])
    except ValueError:
        return None
    if since.tzinfo is None:
        return None
    return Renewal(user_id=found["user_id"], username=found["username"], since=since)


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
