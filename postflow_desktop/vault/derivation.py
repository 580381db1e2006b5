"""From a password and the account secret to the key that seals a person's keys.

KEK = HKDF-SHA256(Argon2id(password) ‖ account secret). Both are needed: a stolen database costs
2**128 guesses without the secret, and a stolen machine the password.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_BYTES = 32
SALT_BYTES = 16
_BOUNDS = {"memoryKiB": (8 * 1024, 256 * 1024), "iterations": (1, 16), "lanes": (1, 8)}
"""What is computed at all; a hostile document can't ask for a terabyte or for nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KdfParameters:
    """The cost of Argon2id (RFC 9106); the default is 64 MiB, three passes, one lane."""

    memory_kib: int = 64 * 1024
    iterations: int = 3
    lanes: int = 1

    def stored(self) -> dict[str, int]:
        """As it stands in `users.keys.kdf`."""
        return {
            "memoryKiB": self.memory_kib,
            "iterations": self.iterations,
            "lanes": self.lanes,
        }

    @classmethod
    def read(cls, stored: Mapping[str, object]) -> KdfParameters:
        """The stored cost; ValueError when it is incomplete or out of bounds."""
        values: dict[str, int] = {}
        for name, (low, high) in _BOUNDS.items():
            value = stored.get(name)
            if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
                raise ValueError(f"Argon2id parameter out of bounds: {name}")
            values[name] = value
        return cls(
            memory_kib=values["memoryKiB"], iterations=values["iterations"], lanes=values["lanes"]
        )


def stretch(password: str, salt: bytes, cost: KdfParameters) -> bytes:
    """Argon2id over the password in NFKC, so that every keyboard types the same one."""
    typed = unicodedata.normalize("NFKC", password).encode("utf-8", "surrogatepass")
    derive = Argon2id(
        salt=salt,
        length=KEY_BYTES,
        iterations=cost.iterations,
        lanes=cost.lanes,
        memory_cost=cost.memory_kib,
    )
    return derive.derive(typed)


def hkdf(material: bytes, info: bytes, *, salt: bytes | None = None, length: int = 32) -> bytes:
    """HKDF-SHA256 (RFC 5869)."""
    return HKDF(algorithm=SHA256(), length=length, salt=salt, info=info).derive(material)


def key_encryption_key(stretched: bytes, account_secret: bytes, info: bytes) -> bytes:
    """The key that seals a person's private keys, bound to whose they are by `info`."""
    return hkdf(stretched + account_secret, info, length=KEY_BYTES)
