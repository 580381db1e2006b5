"""The account secret as a code that people can print, read out and type.

30 characters in six groups: 128 secret bits and a 22-bit checksum, in Crockford's base 32
(crockford.com/base32.html), which has no I, L, O and U.
"""

from __future__ import annotations

import hashlib

from postflow_desktop.domain.errors import InvalidInput

SECRET_BYTES = 16
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_CHECK_BITS = 22
_LENGTH = (SECRET_BYTES * 8 + _CHECK_BITS) // 5
_GROUP = 5
_HEALED = str.maketrans("OIL", "011")
_SEPARATORS = str.maketrans("", "", " -\t\r\n\u00a0\u2010\u2011\u2012\u2013\u2014\u2212")


def encode(secret: bytes) -> str:
    """The code of an account secret: six groups of five, joined by hyphens."""
    number = int.from_bytes(secret, "big") << _CHECK_BITS | _checksum(secret)
    digits = [_ALPHABET[number >> shift & 31] for shift in range((_LENGTH - 1) * 5, -1, -5)]
    text = "".join(digits)
    return "-".join(text[start : start + _GROUP] for start in range(0, _LENGTH, _GROUP))


def decode(code: str) -> bytes:
    """The account secret of a code, whatever its case, its separators and its O, I and L.

    InvalidInput (`bad_recovery_code`) when it is incomplete or mistyped.
    """
    text = code.translate(_SEPARATORS).upper().translate(_HEALED)
    if len(text) != _LENGTH or any(letter not in _ALPHABET for letter in text):
        raise _mistyped()
    number = 0
    for letter in text:
        number = number << 5 | _ALPHABET.index(letter)
    secret = (number >> _CHECK_BITS).to_bytes(SECRET_BYTES, "big")
    if _checksum(secret) != number & (1 << _CHECK_BITS) - 1:
        raise _mistyped()
    return secret


def _checksum(secret: bytes) -> int:
    digest = hashlib.sha256(b"pf1|recovery|" + secret).digest()
    return int.from_bytes(digest[:3], "big") >> (24 - _CHECK_BITS)


def _mistyped() -> InvalidInput:
    return InvalidInput(
        "This recovery code is incomplete or mistyped.",
        code="bad_recovery_code",
        fix="Compare it with the printed sheet: six groups of five letters and digits.",
    )
