"""Keys of people and organizations, and the sealing of tokens (DESIGN: security).

All byte strings in stored values are base64url text without padding.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedIdentity:
    """A person's keys as the cluster stores them (`users.keys`); useless without both secrets."""

    version: int
    public_x25519: str
    public_ed25519: str
    salt: str
    kdf: dict[str, int]
    """Argon2id parameters: `memoryKiB`, `iterations`, `lanes`."""
    sealed_private_keys: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """A person's opened keys; lives in memory and in the machine's secret store only."""

    user_id: str
    private_x25519: str = field(repr=False)
    private_ed25519: str = field(repr=False)
    public_x25519: str
    public_ed25519: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NewIdentity:
    """What sign-up makes."""

    identity: Identity
    sealed: SealedIdentity
    recovery_code: str = field(repr=False)
    """The account secret in readable groups, with a checksum; printed once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyWrap:
    """An organization key for one person (`keyWraps`)."""

    id: str
    """`<organization>:<key version>:<user>`."""
    organization_id: str
    user_id: str
    key_version: int
    ciphertext: str
    """HPKE (RFC 9180), X25519, HKDF-SHA256, AES-256-GCM."""
    signed_by: str
    """User id of the signer."""
    signature: str
    """Ed25519 over id and ciphertext."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganizationKey:
    """An opened organization key."""

    organization_id: str
    version: int
    secret: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class SealContext:
    """What an envelope is bound to; opening it in another place fails."""

    account_id: str
    field: str
    token_version: int


class Vault(Protocol):
    """The cryptography that services use; implemented with `cryptography` only."""

    def new_identity(self, user_id: str, password: str) -> NewIdentity:
        """Fresh keys for a person, sealed with password and a fresh account secret."""
        ...

    def unlock(
        self, user_id: str, sealed: SealedIdentity, password: str, recovery_code: str
    ) -> Identity:
        """Open a person's keys; NotAllowed (`wrong_credentials`) when either secret is wrong."""
        ...

    def check_recovery_code(self, code: str) -> str:
        """The code in its canonical form; InvalidInput (`bad_recovery_code`) on a typing error."""
        ...

    def new_organization_key(self, organization_id: str) -> OrganizationKey:
        """Version 1 of a new organization's key."""
        ...

    def wrap(
        self, key: OrganizationKey, user_id: str, public_x25519: str, signer: Identity
    ) -> KeyWrap:
        """The key for one person, signed by who gives it."""
        ...

    def unwrap(
        self, wrap: KeyWrap, identity: Identity, signer_public_ed25519: str
    ) -> OrganizationKey:
        """Open a wrap; NotAllowed (`bad_key_wrap`) if it is not ours, damaged or wrongly signed."""
        ...

    def seal(self, key: OrganizationKey, context: SealContext, plaintext: str) -> str:
        """Envelope text for a token, bound to organization, account, field and version."""
        ...

    def open(self, key: OrganizationKey, context: SealContext, envelope: str) -> str:
        """The token again; NotAllowed (`bad_envelope`) if moved, changed or of another key."""
        ...
