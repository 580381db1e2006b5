"""Where the secrets of this machine lie: OS keyring, a 0600 file, or memory.

Keyring entries have the service name `PostFlow` and the user name `<machine id>/<name>`, since
two homes may share one person's keyring. Windows takes at most 1,280 characters a secret
(CRED_MAX_CREDENTIAL_BLOB_SIZE, 2,560 bytes of UTF-16).
"""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING

from postflow_desktop.domain.errors import InvalidInput, MachineProblem
from postflow_desktop.machine.disk import (
    disk_errors,
    held,
    keep_aside,
    read_if_there,
    write_private,
)
from postflow_desktop.machine.home import Home
from postflow_desktop.services.ports.secrets import SecretStore

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

_SERVICE = "PostFlow"
_PROBE = "probe"


class MemorySecretStore:
    """SecretStore port that forgets with the process."""

    kind = "memory"

    def __init__(self) -> None:
        self._values: dict[str, str] = {}

    def get(self, name: str) -> str | None:
        """The secret of that name, or None."""
        return self._values.get(name)

    def set(self, name: str, value: str) -> None:
        """Keep a secret; replaces."""
        self._values[name] = value

    def delete(self, name: str) -> None:
        """Forget a secret; nothing happens where there is none."""
        self._values.pop(name, None)


class FileSecretStore:
    """SecretStore port over `<home>/secrets.json`, mode 0600.

    A file that others may read is refused, not tightened: they may have read it already, and the
    person should know (MachineProblem `secrets_exposed`). Windows has no such modes; there the
    folder of the person protects it.
    """

    kind = "file"

    def __init__(self, home: Home) -> None:
        self._path = home.secrets_path
        self._lock = home.path / "secrets.lock"

    def get(self, name: str) -> str | None:
        """The secret of that name, or None; MachineProblem."""
        with held(self._lock):
            return self._read().get(name)

    def set(self, name: str, value: str) -> None:
        """Keep a secret; replaces. MachineProblem."""
        with held(self._lock):
            self._write(self._read() | {name: value})

    def delete(self, name: str) -> None:
        """Forget a secret; nothing happens where there is none. MachineProblem."""
        with held(self._lock):
            values = self._read()
            if values.pop(name, None) is not None:
                self._write(values)

    def _read(self) -> dict[str, str]:
        data = read_if_there(self._path)
        if data is None:
            return {}
        self._refuse_if_exposed()
        try:
            values = json.loads(data)
        except (ValueError, RecursionError):
            values = None
        if isinstance(values, dict) and all(isinstance(v, str) for v in values.values()):
            return values
        aside = keep_aside(self._path)
        raise MachineProblem(
            f"The file with the secrets of this machine was damaged; it is kept as '{aside}'.",
            code="secrets_damaged",
            fix="Sign in again; with the embedded database, restore this file from a backup first.",
        )

    def _write(self, values: dict[str, str]) -> None:
        write_private(self._path, json.dumps(values, indent=2).encode())

    def _refuse_if_exposed(self) -> None:
        with disk_errors(self._path):
            mode = stat.S_IMODE(self._path.stat().st_mode)
        if os.name != "nt" and mode & 0o077:
            raise MachineProblem(
                f"Other people of this computer may read '{self._path}' (mode {mode:04o}).",
                code="secrets_exposed",
                fix=f"Run `chmod 600 '{self._path}'`; change the passwords if others had access.",
            )


class KeyringSecretStore:
    """SecretStore port over the operating system's keyring."""

    kind = "keyring"

    def __init__(self, home: Home, backend: KeyringBackend) -> None:
        self._prefix = home.machine_id
        self._backend = backend

    def get(self, name: str) -> str | None:
        """The secret of that name, or None; MachineProblem (`keyring_failed`)."""
        with _keyring_errors():
            return self._backend.get_password(_SERVICE, self._user(name))

    def set(self, name: str, value: str) -> None:
        """Keep a secret; replaces. MachineProblem (`keyring_failed`)."""
        with _keyring_errors():
            self._backend.set_password(_SERVICE, self._user(name), value)

    def delete(self, name: str) -> None:
        """Forget a secret; nothing happens where there is none. MachineProblem."""
        with _keyring_errors():
            if self._backend.get_password(_SERVICE, self._user(name)) is not None:
                self._backend.delete_password(_SERVICE, self._user(name))

    def _user(self, name: str) -> str:
        return f"{self._prefix}/{name}"


class KeyringOverFile:
    """SecretStore port that prefers the keyring and finds what was once kept in the file.

    A machine may get its keyring later (first a session over SSH, then the desktop).
    """

    kind = "keyring"

    def __init__(self, keyring: SecretStore, file: SecretStore) -> None:
        self._keyring = keyring
        self._file = file

    def get(self, name: str) -> str | None:
        """The secret of that name, or None; MachineProblem."""
        found = self._keyring.get(name)
        return self._file.get(name) if found is None else found

    def set(self, name: str, value: str) -> None:
        """Keep a secret in the keyring; replaces both. MachineProblem."""
        self._keyring.set(name, value)
        self._file.delete(name)

    def delete(self, name: str) -> None:
        """Forget a secret in both places; MachineProblem."""
        self._keyring.delete(name)
        self._file.delete(name)


def open_secret_store(home: Home, environ: Mapping[str, str]) -> SecretStore:
    """The file if `POSTFLOW_KEYRING=file`, else the keyring if it works, else memory."""
    if _file_is_chosen(environ):
        return FileSecretStore(home)
    return _working_keyring(home) or MemorySecretStore()


def open_local_store(home: Home, environ: Mapping[str, str]) -> SecretStore:
    """For secrets that must outlive the process and protect this machine's own data only.

    The keyring if it works, else a 0600 file: the password of the embedded database, the keys of
    the one person on it.
    """
    file = FileSecretStore(home)
    keyring = None if _file_is_chosen(environ) else _working_keyring(home)
    return file if keyring is None else KeyringOverFile(keyring, file)


def _file_is_chosen(environ: Mapping[str, str]) -> bool:
    chosen = environ.get("POSTFLOW_KEYRING", "")
    if chosen not in {"", "file"}:
        raise InvalidInput(
            f"POSTFLOW_KEYRING is '{chosen}'; the only value it knows is 'file'.",
            code="bad_keyring_choice",
            fix="Set it to 'file', or leave it out to use the keyring of the system.",
        )
    return chosen == "file"


def _working_keyring(home: Home) -> KeyringSecretStore | None:
    """The keyring, if there is one and a read comes back; importing it takes about 60 ms."""
    import keyring

    try:
        with _keyring_errors():
            backend = keyring.get_keyring()
            if backend.priority <= 0:
                return None
            store = KeyringSecretStore(home, backend)
            store.get(_PROBE)
    except MachineProblem:
        return None
    return store


@contextmanager
def _keyring_errors() -> Iterator[None]:
    """Turn what keyrings raise into MachineProblem; the message never holds the secret."""
    from keyring.errors import KeyringError

    kinds: tuple[type[Exception], ...] = (KeyringError, OSError, RuntimeError, EOFError)
    try:
        # Both carry the Linux backend and let some of their own errors through it.
        from jeepney.wrappers import DBusErrorResponse  # type: ignore[import-untyped]
        from secretstorage.exceptions import SecretStorageException

        kinds = (*kinds, DBusErrorResponse, SecretStorageException)
    except ImportError:
        pass
    try:
        yield
    except kinds as error:
        raise MachineProblem(
            f"The keyring of this system did not answer as it should ({type(error).__name__}).",
            code="keyring_failed",
            fix="Unlock the keyring, or set POSTFLOW_KEYRING=file to keep secrets in a file.",
        ) from None
