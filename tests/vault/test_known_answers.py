"""Answers that others computed, and texts of version 1 that must open for ever."""

from __future__ import annotations

from postflow_desktop.services.ports.vault import (
    Identity,
    KeyWrap,
    OrganizationKey,
    SealContext,
    SealedIdentity,
)
from postflow_desktop.vault.derivation import KdfParameters, hkdf, stretch
from postflow_desktop.vault.local import LocalVault
from postflow_desktop.vault.text import bound, to_bytes, to_text
from tests.vault.rfc9180 import AES_128_GCM, AES_256_GCM, open_base

USER = "6560a1b2c3d4e5f601234567"
ORGANIZATION = "6560a1b2c3d4e5f6089abcde"
PASSWORD = "correct horse battery"
RECOVERY = "NB5JT-4D2QV-6PC10-JQVDV-KK9SF-0X24W"
KEY = bytes.fromhex("3ae0f0e87f897c713fe31d20d8dcd945e6d123537caf4a7fcc106d29b60d5678")
SEALED = SealedIdentity(
    version=1,
    public_x25519="dUzr5Kf4jvt-bU_4yq4bdyRLGo_WX-TxZOAvCin-uB0",
    public_ed25519="Uk9wjoiEja6f-snVJIGccD8GHT-f7GTAlVM2gCDcT5I",
    salt="xfes__g26NnrdGd9CrlPgQ",
    kdf={"memoryKiB": 8192, "iterations": 1, "lanes": 1},
    sealed_private_keys="pf1.1.h_px3bJrjpsmhxiZ.hFxgetaBlpNwQ1nKIlZi-YI0u9GzkeR5BFrboPxq8axHIF-Hsd"
    "pFIw-bHvTW3h9CPj6wqAGibSOIKlcu3_Ek7ei9G-c8kN0IJ2NBGJS23bg",
)
WRAP = KeyWrap(
    id=f"{ORGANIZATION}:1:{USER}",
    organization_id=ORGANIZATION,
    user_id=USER,
    key_version=1,
    ciphertext="mCSxmvpX_SX0Q0_CbWjU8uZZRGHO7SBuws5DcoA58lvoVa2gDW4mSaEDlHAy"
    "XO1X40H6j3kxkpgJoDdu6QKE"
    "Q_UQ6ZOv3OKupNrj--BQc04",
    signed_by=USER,
    signature="nlz7V54ton9isl4wKDbgFYqGnLrbBsX7DaRG523cWyy7OfHYQcEupwlF2Vv-RRzypnLpi-ArAxlI7ug4BHd0"
    "CA",
)
ENVELOPE = "pf1.1.0NrM44ZoM57CU0zG.r1-w4Sx1-M3VenATdRS3gcbJ5Uk123EfOw"


def test_hkdf_gives_the_answer_of_rfc_5869() -> None:
    material, salt = bytes([0x0B] * 22), bytes(range(13))
    made = hkdf(material, bytes(range(0xF0, 0xFA)), salt=salt, length=42)
    assert made.hex() == (
        "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865"
    )


def test_argon2id_gives_the_answer_of_its_reference_implementation() -> None:
    cost = KdfParameters(memory_kib=65536, iterations=2, lanes=1)
    assert stretch("password", b"somesalt", cost).hex() == (
        "09316115d5cf24ed5a15a31a3ba326e5cf32edc24702987c02b6566f61913cf7"
    )


def test_the_reader_of_these_tests_gives_the_answer_of_rfc_9180_a_1_1() -> None:
    text = open_base(
        bytes.fromhex("4612c550263fc8ad58375df3f557aac531d26850903e55a9f23f21d8534e8ac8"),
        bytes.fromhex("37fda3567bdbd628e88668c3c8d7e97d1d1253b6d4ea6d44c150f741f1bf4431"),
        bytes.fromhex(
            "f938558b5d72f1a23810b4be2ab4f84331acc02fc97babc53a52ae8218a355a9"
            "6d8770ac83d07bea87e13c512a"
        ),
        info=bytes.fromhex("4f6465206f6e2061204772656369616e2055726e"),
        aead=AES_128_GCM,
        aad=b"Count-0",
    )
    assert text == b"Beauty is truth, truth beauty"


def test_a_wrap_is_hpke_as_rfc_9180_has_it() -> None:
    private = to_bytes(_unlocked().private_x25519)
    sealed = to_bytes(WRAP.ciphertext)
    info = bound("pf1", "wrap", ORGANIZATION, 1, USER)
    assert open_base(private, sealed[:32], sealed[32:], info=info, aead=AES_256_GCM) == KEY


def test_keys_of_rfc_7748_and_rfc_8032_fit_their_public_halves() -> None:
    # RFC 7748 section 6.1 (Bob), RFC 8032 section 7.1 (test 1).
    vault = LocalVault()
    person = Identity(
        user_id=USER,
        private_x25519=_text("5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb"),
        public_x25519=_text("de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f"),
        private_ed25519=_text("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"),
        public_ed25519=_text("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"),
    )
    key = vault.new_organization_key(ORGANIZATION)
    wrapped = vault.wrap(key, USER, person.public_x25519, person)
    assert vault.unwrap(wrapped, person, person.public_ed25519) == key


def test_texts_of_version_1_open() -> None:
    vault, identity = LocalVault(), _unlocked()
    key = vault.unwrap(WRAP, identity, SEALED.public_ed25519)
    assert key == OrganizationKey(organization_id=ORGANIZATION, version=1, secret=KEY)
    place = SealContext(account_id="6560a1b2c3d4e5f60fedcba9", field="accessToken", token_version=7)
    assert vault.open(key, place, ENVELOPE) == "token-eé"


def _unlocked() -> Identity:
    return LocalVault().unlock(USER, SEALED, PASSWORD, RECOVERY)


def _text(digits: str) -> str:
    return to_text(bytes.fromhex(digits))
