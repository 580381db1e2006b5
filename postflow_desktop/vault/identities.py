"""A person's two key pairs: made, sealed under both secrets, opened again."""

from __future__ import annotations

import os
from dataclasses import replace

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from postflow_desktop.domain.errors import InvalidInput, NotAllowed
from postflow_desktop.services.ports.vault import Identity, NewIdentity, SealedIdentity
from postflow_desktop.vault import aead, recovery
from postflow_desktop.vault.derivation import (
    SALT_BYTES,
    KdfParameters,
    key_encryption_key,
    stretch,
)
from postflow_desktop.vault.text import bound, to_bytes, to_text

VERSION = 1


def create(user_id: str, password: str, cost: KdfParameters) -> NewIdentity:
    """Fresh key pairs, sealed with the password and a fresh account secret."""
    exchange, signing = X25519PrivateKey.generate(), Ed25519PrivateKey.generate()
    identity = _identity(user_id, exchange, signing)
    secret, salt = os.urandom(recovery.SECRET_BYTES), os.urandom(SALT_BYTES)
    kek = key_encryption_key(stretch(password, salt, cost), secret, _purpose(user_id, VERSION))
    private = exchange.private_bytes_raw() + signing.private_bytes_raw()
    unsealed = SealedIdentity(
        version=VERSION,
        public_x25519=identity.public_x25519,
        public_ed25519=identity.public_ed25519,
        salt=to_text(salt),
        kdf=cost.stored(),
        sealed_private_keys="",
    )
    place = _place(user_id, unsealed, cost)
    sealed = replace(unsealed, sealed_private_keys=aead.encrypt(kek, VERSION, private, place))
    return NewIdentity(identity=identity, sealed=sealed, recovery_code=recovery.encode(secret))


def unlock(user_id: str, sealed: SealedIdentity, password: str, recovery_code: str) -> Identity:
    """Open a person's keys.

    NotAllowed: `damaged_identity` when the stored values can't be ours (nothing is computed then),
    `wrong_credentials` when a secret is wrong or the stored keys were changed.
    """
    try:
        cost = KdfParameters.read(sealed.kdf)
        salt = to_bytes(sealed.salt)
        if len(salt) != SALT_BYTES or sealed.version != VERSION:
            raise ValueError("unknown version or salt")
    except ValueError as error:
        raise _damaged() from error
    try:
        secret = recovery.decode(recovery_code)
        kek = key_encryption_key(stretch(password, salt, cost), secret, _purpose(user_id, VERSION))
        place = _place(user_id, sealed, cost)
        private = aead.decrypt(kek, VERSION, sealed.sealed_private_keys, place)
        exchange = X25519PrivateKey.from_private_bytes(private[:32])
        signing = Ed25519PrivateKey.from_private_bytes(private[32:])
    except (InvalidInput, InvalidTag, ValueError):
        raise _wrong() from None
    return _identity(user_id, exchange, signing)


def _identity(user_id: str, exchange: X25519PrivateKey, signing: Ed25519PrivateKey) -> Identity:
    return Identity(
        user_id=user_id,
        private_x25519=to_text(exchange.private_bytes_raw()),
        private_ed25519=to_text(signing.private_bytes_raw()),
        public_x25519=to_text(exchange.public_key().public_bytes_raw()),
        public_ed25519=to_text(signing.public_key().public_bytes_raw()),
    )


def _purpose(user_id: str, version: int) -> bytes:
    return bound(aead.FORMAT, "kek", user_id, version)


def _place(user_id: str, sealed: SealedIdentity, cost: KdfParameters) -> bytes:
    """Everything beside the ciphertext, so that none of it can be exchanged."""
    return bound(
        aead.FORMAT,
        "identity",
        user_id,
        sealed.version,
        sealed.public_x25519,
        sealed.public_ed25519,
        sealed.salt,
        cost.memory_kib,
        cost.iterations,
        cost.lanes,
    )


def _wrong() -> NotAllowed:
    return NotAllowed(
        "The password or the recovery code is wrong.",
        code="wrong_credentials",
        fix="Check both; upper and lower case matter in the password.",
    )


def _damaged() -> NotAllowed:
    return NotAllowed(
        "The stored keys of this person are damaged or were made by a newer PostFlow.",
        code="damaged_identity",
        fix="Update PostFlow; if that does not help, restore the workspace from a backup.",
    )
