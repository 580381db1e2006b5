"""HPKE base mode written out from RFC 9180, to read what the vault made without its library call.

DHKEM(X25519, HKDF-SHA256) with HKDF-SHA256 and AES-GCM; section numbers in the functions.
"""

from __future__ import annotations

import hashlib
import hmac

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

AES_128_GCM, AES_256_GCM = 1, 2
_KEY_BYTES = {AES_128_GCM: 16, AES_256_GCM: 32}
_KEM, _KDF = 0x0020, 0x0001


def open_base(
    private: bytes, enc: bytes, ciphertext: bytes, *, info: bytes, aead: int, aad: bytes = b""
) -> bytes:
    """The first message of a base-mode context (sections 5.1.1 and 6.1)."""
    shared = _decap(private, enc)
    suite = b"HPKE" + _two(_KEM) + _two(_KDF) + _two(aead)
    psk_id_hash = _extract(b"", suite, b"psk_id_hash", b"")
    info_hash = _extract(b"", suite, b"info_hash", info)
    context = b"\x00" + psk_id_hash + info_hash
    secret = _extract(shared, suite, b"secret", b"")
    key = _expand(secret, suite, b"key", context, _KEY_BYTES[aead])
    nonce = _expand(secret, suite, b"base_nonce", context, 12)
    return AESGCM(key).decrypt(nonce, ciphertext, aad)


def _decap(private: bytes, enc: bytes) -> bytes:
    """Section 4.1."""
    key = X25519PrivateKey.from_private_bytes(private)
    shared = key.exchange(X25519PublicKey.from_public_bytes(enc))
    suite = b"KEM" + _two(_KEM)
    context = enc + key.public_key().public_bytes_raw()
    prk = _extract(b"", suite, b"eae_prk", shared)
    return _expand(prk, suite, b"shared_secret", context, 32)


def _extract(salt: bytes, suite: bytes, label: bytes, material: bytes) -> bytes:
    """LabeledExtract, section 4."""
    return _hmac(salt or bytes(32), b"HPKE-v1" + suite + label + material)


def _expand(prk: bytes, suite: bytes, label: bytes, info: bytes, length: int) -> bytes:
    """LabeledExpand, section 4; one block is enough here."""
    labeled = _two(length) + b"HPKE-v1" + suite + label + info
    return _hmac(prk, labeled + b"\x01")[:length]


def _hmac(key: bytes, data: bytes) -> bytes:
    return hmac.new(key, data, hashlib.sha256).digest()


def _two(number: int) -> bytes:
    return number.to_bytes(2, "big")
