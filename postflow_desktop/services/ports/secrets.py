"""The secrets of this machine: keyring, 0600 file, or memory."""

from __future__ import annotations

from typing import Protocol


class SecretStore(Protocol):
    """A small map of secrets that belongs to one home."""

    kind: str
    """`keyring`, `file` or `memory`; memory is gone with the process."""

    def get(self, name: str) -> str | None:
        """The secret of that name, or None."""
        ...

    def set(self, name: str, value: str) -> None:
        """Keep a secret; replaces."""
        ...

    def delete(self, name: str) -> None:
        """Forget a secret; nothing happens where there is none."""
        ...
