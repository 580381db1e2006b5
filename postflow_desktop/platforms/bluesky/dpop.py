"""Proof of possession: every request is signed with a key that never leaves this team (RFC 9449).

A proof is a JSON Web Token (RFC 7515, 7519) with one shape: ES256, the public key in its head. The
atproto profile (atproto.com/specs/oauth, read 2026-11-21) asks for ES256 and for the nonces of each
server, which change every few minutes.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey

NONCE_HEADER = "dpop-nonce"
NONCE_WANTED = "use_dpop_nonce"
_SIZE = 32
"""Bytes of a number on the curve P-256."""
_FRESH = timedelta(minutes=1)
"""The reference server takes a nonce for three minutes (PDS 0.4.217)."""
_STEADY = timedelta(seconds=20)
"""Clocks that differ by less are left alone: a reply takes its time too."""


def new_key() -> str:
    """A private key of P-256 as text: its number in base64url."""
    from cryptography.hazmat.primitives.asymmetric import ec

    number = ec.generate_private_key(ec.SECP256R1()).private_numbers().private_value
    return encoded(number.to_bytes(_SIZE))


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What a proof says: one request, once, at one time."""

    method: str
    url: str
    """Query and fragment are left out of what is signed."""
    at: datetime
    nonce: str = ""
    token: str = field(default="", repr=False)
    """The access token that goes along; none towards the authorization server."""

    def signed(self, key: str) -> str:
        """The value of the `DPoP` header; ValueError for a damaged key."""
        private = _private(key)
        head = {"typ": "dpop+jwt", "alg": "ES256", "jwk": _public(private)}
        claims: dict[str, Any] = {
            "jti": secrets.token_urlsafe(18),
            "htm": self.method,
            "htu": target(self.url),
            "iat": int(self.at.timestamp()),
        }
        if self.nonce:
            claims["nonce"] = self.nonce
        if self.token:
            claims["ath"] = encoded(hashlib.sha256(self.token.encode()).digest())
        text = f"{_json(head)}.{_json(claims)}"
        return f"{text}.{_signature(private, text.encode())}"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    nonce: str
    since: datetime
    ahead: timedelta
    """How far the server's clock is ahead of ours."""


def _now() -> datetime:
    return datetime.now(UTC)


class Nonces:
    """What each server said last: its nonce, and its time. For all threads of this process.

    Proofs carry the server's own time, so that a computer whose clock is wrong can sign in too.
    """

    def __init__(self, now: Callable[[], datetime] = _now) -> None:
        self._now = now
        self._lock = threading.Lock()
        self._known: dict[str, _Known] = {}

    def proof(self, key: str, method: str, url: str, token: str = "") -> str:
        """The `DPoP` header for a request that is sent now."""
        known = self._find(url)
        at = self._now() + (known.ahead if known else timedelta())
        nonce = known.nonce if known else ""
        return Proof(method=method, url=url, at=at, nonce=nonce, token=token).signed(key)

    def learn(self, url: str, headers: Mapping[str, str]) -> bool:
        """Remember what a reply says (header names in lower case); whether it brought a nonce."""
        nonce = headers.get(NONCE_HEADER, "")
        if not nonce:
            return False
        now = self._now()
        known = _Known(nonce=nonce, since=now, ahead=_ahead(headers.get("date", ""), now))
        with self._lock:
            self._known[_origin(url)] = known
        return True

    def is_fresh(self, url: str) -> bool:
        """Whether this server gave a nonce within the last minute."""
        known = self._find(url)
        return known is not None and abs(self._now() - known.since) < _FRESH

    def _find(self, url: str) -> _Known | None:
        with self._lock:
            return self._known.get(_origin(url))


def target(url: str) -> str:
    """The address that a proof is for: without query and fragment (RFC 9449, 4.2)."""
    return urlsplit(url)._replace(query="", fragment="").geturl()


def encoded(raw: bytes) -> str:
    """base64url without padding (RFC 7515, 2)."""
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _private(key: str) -> EllipticCurvePrivateKey:
    from cryptography.hazmat.primitives.asymmetric import ec

    number = int.from_bytes(base64.urlsafe_b64decode(key + "=" * (-len(key) % 4)))
    return ec.derive_private_key(number, ec.SECP256R1())


def _public(private: EllipticCurvePrivateKey) -> dict[str, str]:
    numbers = private.public_key().public_numbers()
    x, y = encoded(numbers.x.to_bytes(_SIZE)), encoded(numbers.y.to_bytes(_SIZE))
    return {"kty": "EC", "crv": "P-256", "x": x, "y": y}


def _signature(private: EllipticCurvePrivateKey, text: bytes) -> str:
    """The two numbers behind each other (RFC 7518, 3.4), not the DER that libraries make."""
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
    from cryptography.hazmat.primitives.hashes import SHA256

    r, s = decode_dss_signature(private.sign(text, ec.ECDSA(SHA256())))
    return encoded(r.to_bytes(_SIZE) + s.to_bytes(_SIZE))


def _json(value: dict[str, Any]) -> str:
    return encoded(json.dumps(value, separators=(",", ":")).encode())


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.lower()}"


def _ahead(date: str, now: datetime) -> timedelta:
    try:
        moment = parsedate_to_datetime(date)
    except ValueError:
        return timedelta()
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    ahead = moment - now
    return ahead if abs(ahead) > _STEADY else timedelta()
