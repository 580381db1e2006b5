"""An organization's key, sealed to one member and signed by who gave it.

HPKE base mode (RFC 9180) with DHKEM(X25519), HKDF-SHA256 and AES-256-GCM; base mode says nothing
about the sender, hence the Ed25519 signature (RFC 8032) beside it.
"""

from __future__ import annotations

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from postflow_desktop.domain.errors import NotAllowed
from postflow_desktop.services.ports.vault import Identity, KeyWrap, OrganizationKey
from postflow_desktop.vault.aead import FORMAT, KEY_BYTES
from postflow_desktop.vault.text import bound, to_bytes, to_text


def wrap(key: OrganizationKey, user_id: str, public_x25519: str, signer: Identity) -> KeyWrap:
    """The key for one person; NotAllowed (`bad_key_wrap`) when their public key is none."""
    wrap_id = _wrap_id(key.organization_id, key.version, user_id)
    info = _info(key.organization_id, key.version, user_id)
    try:
        recipient = X25519PublicKey.from_public_bytes(to_bytes(public_x25519))
        sealed = to_text(_suite().encrypt(key.secret, recipient, info=info))
        signing = Ed25519PrivateKey.from_private_bytes(to_bytes(signer.private_ed25519))
    except ValueError as error:
        raise _bad() from error
    return KeyWrap(
        id=wrap_id,
        organization_id=key.organization_id,
        user_id=user_id,
        key_version=key.version,
        ciphertext=sealed,
        signed_by=signer.user_id,
        signature=to_text(signing.sign(_signed(wrap_id, signer.user_id, sealed))),
    )


def unwrap(wrapped: KeyWrap, identity: Identity, signer_public_ed25519: str) -> OrganizationKey:
    """Open a wrap; NotAllowed (`bad_key_wrap`) if not ours, damaged or wrongly signed."""
    place = (wrapped.organization_id, wrapped.key_version, wrapped.user_id)
    if wrapped.id != _wrap_id(*place) or wrapped.user_id != identity.user_id:
        raise _bad()
    try:
        signer = Ed25519PublicKey.from_public_bytes(to_bytes(signer_public_ed25519))
        message = _signed(wrapped.id, wrapped.signed_by, wrapped.ciphertext)
        signer.verify(to_bytes(wrapped.signature), message)
        private = X25519PrivateKey.from_private_bytes(to_bytes(identity.private_x25519))
        secret = _suite().decrypt(to_bytes(wrapped.ciphertext), private, info=_info(*place))
    except (ValueError, InvalidSignature, InvalidTag):
        raise _bad() from None
    if len(secret) != KEY_BYTES:
        raise _bad()
    return OrganizationKey(
        organization_id=wrapped.organization_id, version=wrapped.key_version, secret=secret
    )


def _suite() -> Suite:
    return Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)


def _wrap_id(organization_id: str, version: int, user_id: str) -> str:
    return f"{organization_id}:{version}:{user_id}"


def _info(organization_id: str, version: int, user_id: str) -> bytes:
    return bound(FORMAT, "wrap", organization_id, version, user_id)


def _signed(wrap_id: str, signer_id: str, ciphertext: str) -> bytes:
    return bound(FORMAT, "wrap-signature", wrap_id, signer_id, ciphertext)


def _bad() -> NotAllowed:
    return NotAllowed(
        "The organization's key can't be opened: it was made for somebody else, "
        "is damaged, or is not signed by the member who gave it.",
        code="bad_key_wrap",
        fix="Ask an owner or admin of the organization to invite you again.",
    )
