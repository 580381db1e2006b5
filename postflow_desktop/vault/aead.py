"""AES-256-GCM texts of the form `pf1.<key version>.<nonce>.<ciphertext>`.

The nonce is 96 random bits for every write, which holds for fewer than 2**32 writes under one key
(NIST SP 800-38D section 8.3).
"""

from __future__ import annotations

import os
import re

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from postflow_desktop.vault.text import to_bytes, to_text

FORMAT = "pf1"
KEY_BYTES = 32
_NONCE_BYTES = 12
_SHAPE = re.compile(r"pf1\.([1-9][0-9]{0,8})\.([A-Za-z0-9_-]{16})\.([A-Za-z0-9_-]+)", re.ASCII)


def encrypt(key: bytes, version: int, plaintext: bytes, associated: bytes) -> str:
    """The plaintext sealed under a key of that version; opens only with the same `associated`."""
    nonce = os.urandom(_NONCE_BYTES)
    sealed = AESGCM(key).encrypt(nonce, plaintext, associated)
    return f"{FORMAT}.{version}.{to_text(nonce)}.{to_text(sealed)}"


def decrypt(key: bytes, version: int, text: str, associated: bytes) -> bytes:
    """The plaintext again; ValueError for a wrong shape or version, InvalidTag for the rest."""
    match = _SHAPE.fullmatch(text)
    if match is None or int(match[1]) != version:
        raise ValueError("not an envelope of this key version")
    return AESGCM(key).decrypt(to_bytes(match[2]), to_bytes(match[3]), associated)
