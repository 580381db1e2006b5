"""Proofs of possession at the sandbox's Bluesky: signature, purpose, age, nonce (RFC 9449, 4.3).

Nonces are demanded always and change every minute and a half, as on the reference server (PDS
0.4.217): the one before still counts.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
from datetime import UTC, datetime

from postflow_desktop.sandbox.exchange import Call, Json

_SLOT_SECONDS = 90
_LATE_SECONDS = 190
_MAX_SEEN = 10_000
_POINT = ("crv", "kty", "x", "y")


class ProofRefused(Exception):
    """A proof is missing or does not fit."""

    def __init__(self, error: str, message: str) -> None:
        super().__init__(message)
        self.error = error
        self.message = message


class Proofs:
    """Checks proofs; one for the whole server, for its proofs may be used once."""

    def __init__(self) -> None:
        self._key = secrets.token_bytes(32)
        self._seen: dict[str, None] = {}

    def rotate(self) -> None:
        """Take no nonce that was given out before."""
        self._key = secrets.token_bytes(32)

    @property
    def nonce(self) -> str:
        """The one that counts from now on."""
        return self._nonce(_slot())

    def check(self, call: Call, token: str = "") -> str:
        """The thumbprint of the key (RFC 7638) that signed this very request; ProofRefused."""
        head, claims = _verified(call.headers.get("dpop", ""))
        wanted = {"htm": call.method, "htu": f"{base_of(call)}{call.path}"}
        if token:
            wanted["ath"] = _encoded(hashlib.sha256(token.encode()).digest())
        for name, value in wanted.items():
            if claims.get(name) != value:
                raise ProofRefused("invalid_dpop_proof", f'DPoP "{name}" mismatch')
        nonce = str(claims.get("nonce", ""))
        if nonce not in {self._nonce(_slot()), self._nonce(_slot() - 1)}:
            raise ProofRefused(
                "use_dpop_nonce", "Authorization server requires nonce in DPoP proof"
            )
        self._once(claims)
        return thumbprint(head["jwk"])

    def _once(self, claims: Json) -> None:
        age = datetime.now(UTC).timestamp() - float(claims.get("iat", 0))
        if abs(age) > _LATE_SECONDS:
            raise ProofRefused("invalid_dpop_proof", '"iat" claim timestamp check failed')
        identifier = str(claims.get("jti", ""))
        if not identifier or identifier in self._seen:
            raise ProofRefused("invalid_dpop_proof", "DPoP proof replayed")
        self._seen[identifier] = None
        if len(self._seen) > _MAX_SEEN:
            self._seen.pop(next(iter(self._seen)))

    def _nonce(self, slot: int) -> str:
        return _encoded(hmac.new(self._key, str(slot).encode(), hashlib.sha256).digest())


def thumbprint(key: Json) -> str:
    """What names a public key (RFC 7638)."""
    text = json.dumps({name: key.get(name) for name in _POINT}, separators=(",", ":"))
    return _encoded(hashlib.sha256(text.encode()).digest())


def base_of(call: Call) -> str:
    """The address of this server as the caller wrote it."""
    return f"http://{call.headers.get('host', '127.0.0.1')}"


def _verified(proof: str) -> tuple[Json, Json]:
    """Head and claims of a proof whose signature is right."""
    from cryptography.exceptions import InvalidSignature

    try:
        first, second, third = proof.split(".")
        head, claims = json.loads(_decoded(first)), json.loads(_decoded(second))
        if head["typ"] != "dpop+jwt" or head["alg"] != "ES256" or "d" in head["jwk"]:
            raise ProofRefused("invalid_dpop_proof", "Failed to verify DPoP proof")
        _check_signature(head["jwk"], f"{first}.{second}".encode(), _decoded(third))
        float(claims["iat"])
    except (ValueError, KeyError, TypeError, InvalidSignature):
        raise ProofRefused("invalid_dpop_proof", "Failed to verify DPoP proof") from None
    return head, claims


def _check_signature(jwk: Json, text: bytes, signature: bytes) -> None:
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
    from cryptography.hazmat.primitives.hashes import SHA256

    if len(signature) != 64 or jwk["kty"] != "EC" or jwk["crv"] != "P-256":
        raise ValueError("no signature of ES256")
    x, y = (int.from_bytes(_decoded(jwk[name])) for name in ("x", "y"))
    public = ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1()).public_key()
    pair = int.from_bytes(signature[:32]), int.from_bytes(signature[32:])
    public.verify(encode_dss_signature(*pair), text, ec.ECDSA(SHA256()))


def _slot() -> int:
    # Real time, also where a test holds the sandbox's clock: it is about who sends right now.
    return int(datetime.now(UTC).timestamp()) // _SLOT_SECONDS


def _encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
