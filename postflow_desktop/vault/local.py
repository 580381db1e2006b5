"""The vault port, computed on this machine."""

from __future__ import annotations

import os

from postflow_desktop.services.ports.vault import (
    Identity,
    KeyWrap,
    NewIdentity,
    OrganizationKey,
    SealContext,
    SealedIdentity,
)
from postflow_desktop.vault import envelopes, identities, recovery, wraps
from postflow_desktop.vault.aead import KEY_BYTES
from postflow_desktop.vault.derivation import KdfParameters


class LocalVault:
    """All of the vault's work; keeps nothing but the cost of new identities.

    A lower cost is for tests; what is stored carries its own cost and opens everywhere.
    """

    def __init__(self, cost: KdfParameters | None = None) -> None:
        self._cost = cost or KdfParameters()

    def new_identity(self, user_id: str, password: str) -> NewIdentity:
        """Fresh keys for a person, sealed with password and a fresh account secret."""
        return identities.create(user_id, password, self._cost)

    def unlock(
        self, user_id: str, sealed: SealedIdentity, password: str, recovery_code: str
    ) -> Identity:
        """Open a person's keys; NotAllowed: `wrong_credentials`, `damaged_identity`."""
        return identities.unlock(user_id, sealed, password, recovery_code)

    def check_recovery_code(self, code: str) -> str:
        """The code in its canonical form; InvalidInput (`bad_recovery_code`) on a typing error."""
        return recovery.encode(recovery.decode(code))

    def new_organization_key(self, organization_id: str) -> OrganizationKey:
        """Version 1 of a new organization's key."""
        secret = os.urandom(KEY_BYTES)
        return OrganizationKey(organization_id=organization_id, version=1, secret=secret)

    def wrap(
        self, key: OrganizationKey, user_id: str, public_x25519: str, signer: Identity
    ) -> KeyWrap:
        """The key for one person, signed by who gives it."""
        return wraps.wrap(key, user_id, public_x25519, signer)

    def unwrap(
        self, wrap: KeyWrap, identity: Identity, signer_public_ed25519: str
    ) -> OrganizationKey:
        """Open a wrap; NotAllowed (`bad_key_wrap`) if not ours, damaged or wrongly signed."""
        return wraps.unwrap(wrap, identity, signer_public_ed25519)

    def seal(self, key: OrganizationKey, context: SealContext, plaintext: str) -> str:
        """Envelope text for a token, bound to organization, account, field and version."""
        return envelopes.seal(key, context, plaintext)

    def open(self, key: OrganizationKey, context: SealContext, envelope: str) -> str:
        """The token; NotAllowed (`bad_envelope`) if it was moved, changed or of another key."""
        return envelopes.unseal(key, context, envelope)
