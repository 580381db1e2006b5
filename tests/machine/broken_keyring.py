"""A keyring that is there and does not work, as on a desktop whose daemon has died."""

from __future__ import annotations

from keyring.backend import KeyringBackend
from keyring.errors import InitError


class BrokenKeyring(KeyringBackend):
    """Raises at every call."""

    priority = 9.0

    def get_password(self, service: str, username: str) -> str | None:
        raise InitError("no daemon")

    def set_password(self, service: str, username: str, password: str) -> None:
        raise InitError("no daemon")

    def delete_password(self, service: str, username: str) -> None:
        raise InitError("no daemon")
