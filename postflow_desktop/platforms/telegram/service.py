"""Which Bot API server is spoken to, and which channel a person means."""

from __future__ import annotations

import re

from postflow_desktop.domain.errors import InvalidInput
from postflow_desktop.transport import addresses

DEFAULT_SERVICE = "https://api.telegram.org"

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{3,31}")
_ID = re.compile(r"-[0-9]{1,19}")
_LINK = re.compile(r"(?i)(?:https?://)?(?:t\.me|telegram\.me)/(?:s/)?")


def checked_service(typed: str) -> str:
    """The base address without a slash at its end; InvalidInput (`bad_service`).

    Nothing means Telegram itself; an address is for a Bot API server of one's own or the sandbox.
    """
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


def checked_channel(typed: str) -> str | int:
    """How the API is asked for a channel: `@name`, or the number of one without a name.

    A link to a public channel works too; InvalidInput (`bad_channel`).
    """
    text = _LINK.sub("", typed.strip(), count=1).strip("/")
    if _ID.fullmatch(text):
        return int(text)
    name = text.removeprefix("@")
    if _NAME.fullmatch(name):
        return f"@{name}"
    raise InvalidInput(
        f"'{typed[:100]}' is not the name of a Telegram channel.",
        code="bad_channel",
        fix="Write it as @channelname, or as the number of a private channel (-100…).",
    )


def _bad_service(typed: str) -> InvalidInput:
    return InvalidInput(
        f"'{typed[:100]}' can't be used as the address of Telegram.",
        code="bad_service",
        fix=f"Leave it out, or write {DEFAULT_SERVICE}; plain http works for this computer only.",
    )
