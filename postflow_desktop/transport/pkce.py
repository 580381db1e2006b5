"""Proof that whoever trades a code is who asked for it: PKCE with method S256 (RFC 7636)."""

from __future__ import annotations

import base64
import hashlib
import secrets

_RANDOM_BYTES = 32
METHOD = "S256"


def new_verifier() -> str:
    """A random secret for one sign-in: 43 characters of base64url, 256 bits (RFC 7636, 4.1)."""
    return secrets.token_urlsafe(_RANDOM_BYTES)


def challenge(verifier: str) -> str:
    """What the authorization server is told of a verifier (RFC 7636, 4.2)."""
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")
