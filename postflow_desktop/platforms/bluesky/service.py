"""Which server an account lives on: checking what a person typed, and what a DID document says."""

from __future__ import annotations

import re
from urllib.parse import SplitResult

from postflow_desktop.domain.errors import InvalidInput
from postflow_desktop.platforms.bluesky.wire import Json
from postflow_desktop.transport import addresses

DEFAULT_SERVICE = "https://bsky.social"
# Marks for writing direction come along when a handle is copied from Bluesky's client.
_INVISIBLE = re.compile("[\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]")


def tidy_handle(typed: str) -> str:
    """A handle without what comes along when it is copied."""
    return _INVISIBLE.sub("", typed).strip().removeprefix("@")


def checked_service(typed: str) -> str:
    """The base address without a slash at its end; InvalidInput (`bad_service`).

    Nothing typed means Bluesky's own server; a missing scheme means https. Plain http is for
    loopback.
    """
    text = typed.strip()
    if not text:
        return DEFAULT_SERVICE
    if "://" not in text:
        text = f"https://{text}"
    try:
        parts = addresses.split(text)
    except ValueError:
        raise _bad_service(typed) from None
    if not _is_plain_base(parts) or not addresses.may_be_plain(parts):
        raise _bad_service(typed)
    return _base(parts)


def home_server(service: str, document: object) -> str:
    """Where the account's posts go: the PDS in its DID document, else the server that answered.

    A server that a person runs at home or in a test stays as typed, and no document can send us to
    a private address.
    """
    typed = addresses.split(service)
    if addresses.is_private(typed.hostname or ""):
        return service
    for entry in _entries(document):
        found = _public_base(entry)
        if found is not None:
            return found
    return service


def document_base(address: object, service: str) -> str | None:
    """A server's base address out of a document, or None where nothing may be sent there.

    `service` is what a person typed: only a server at home or in a test leads to private addresses.
    """
    parts = _document_parts(address, service)
    return None if parts is None or not _is_plain_base(parts) else _base(parts)


def document_url(address: object, service: str) -> str | None:
    """The same for an address with a path."""
    parts = _document_parts(address, service)
    bad = parts is None or parts.fragment or parts.username or parts.password
    return None if bad else str(address)


def home_in(document: object, service: str) -> str | None:
    """The PDS that a DID document names, or None where it names none that may be asked."""
    found = (document_base(one.get("serviceEndpoint"), service) for one in _entries(document))
    return next((base for base in found if base is not None), None)


def _document_parts(address: object, service: str) -> SplitResult | None:
    try:
        parts = addresses.split(str(address))
    except ValueError:
        return None
    if addresses.is_private(parts.hostname or ""):
        at_home = addresses.is_private(addresses.split(service).hostname or "")
        return parts if at_home and addresses.may_be_plain(parts) else None
    return parts if parts.scheme == "https" else None


def _entries(document: object) -> list[Json]:
    services = document.get("service") if isinstance(document, dict) else None
    if not isinstance(services, list):
        return []
    return [
        entry
        for entry in services
        if isinstance(entry, dict) and str(entry.get("id", "")).endswith("#atproto_pds")
    ]


def _public_base(entry: Json) -> str | None:
    try:
        parts = addresses.split(str(entry.get("serviceEndpoint", "")))
    except ValueError:
        return None
    if parts.scheme != "https" or addresses.is_private(parts.hostname or ""):
        return None
    return _base(parts) if _is_plain_base(parts) else None


def _is_plain_base(parts: SplitResult) -> bool:
    extras = parts.query or parts.fragment or parts.username or parts.password
    return not extras and parts.path in {"", "/"}


def _base(parts: SplitResult) -> str:
    return f"{parts.scheme}://{parts.netloc.lower()}"


def _bad_service(typed: str) -> InvalidInput:
    return InvalidInput(
        f"'{typed[:100]}' can't be used as the address of a Bluesky server.",
        code="bad_service",
        fix="Write it as https://bsky.social; plain http works for this computer only.",
    )
