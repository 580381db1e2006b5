"""Signing up, logging in and out: who a person is on this machine.

Signing in is opening one's keys with the password and the account secret. The machine keeps the
account secret for good and the opened keys until logout, both in its secret store.
"""

from __future__ import annotations

import json
import re
import unicodedata
from dataclasses import dataclass, field

from postflow_desktop.domain.errors import Conflict, InvalidInput, NotAllowed
from postflow_desktop.services.names import clean_name
from postflow_desktop.services.ports.clock import Clock
from postflow_desktop.services.ports.secrets import SecretStore
from postflow_desktop.services.ports.users import User, UserStore
from postflow_desktop.services.ports.vault import Identity, Vault

MIN_PASSWORD = 8
"""Characters after NFKC; the account secret of 128 bits stands beside the password."""
MAX_PASSWORD = 1000
MAX_EMAIL = 255
_EMAIL = re.compile(r"[^@\s\x00-\x1f\x7f\ud800-\udfff]+@[^@\s\x00-\x1f\x7f\ud800-\udfff]+")
_KEY_FIELDS = ("private_x25519", "private_ed25519", "public_x25519", "public_ed25519")


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedUp:
    """What sign-up made; the recovery code is shown once and never again."""

    user: User
    identity: Identity
    recovery_code: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedIn:
    """Who logged in."""

    user: User
    identity: Identity


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedOut:
    """What logging out did, in a sentence for the person."""

    was_signed_in: bool
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityParts:
    """What the identity service works with; secrets are named after workspace and person."""

    users: UserStore
    vault: Vault
    secrets: SecretStore
    clock: Clock
    workspace_id: str


class IdentityService:
    """People of one workspace on this machine."""

    def __init__(self, parts: IdentityParts) -> None:
        self._parts = parts
        self._opened: dict[str, Identity] = {}

    def sign_up(self, email: str, name: str | None, password: str) -> SignedUp:
        """Make a person and sign them in here.

        InvalidInput: `bad_email`, `bad_name`, `weak_password`, `password_too_long`.
        Conflict: `email_taken`.
        """
        address, shown = _email(email), clean_name(name or "") or None
        _check_password(password)
        user_id = self._parts.users.new_id()
        made = self._parts.vault.new_identity(user_id, password)
        user = User(
            id=user_id,
            email=address,
            name=shown,
            created_at=self._parts.clock.now(),
            keys=made.sealed,
        )
        # The secret comes first: a person whose only secret got lost could never log in. Where
        # it stays uncertain whether the cluster has the person, the secret stays too.
        self._keep(made.identity, made.recovery_code)
        try:
            self._parts.users.add(user)
        except Conflict:
            self.forget(user_id)
            raise
        return SignedUp(user=user, identity=made.identity, recovery_code=made.recovery_code)

    def log_in(self, email: str, password: str, recovery_code: str | None = None) -> LoggedIn:
        """Sign in; the recovery code is needed once on each machine.

        InvalidInput `bad_recovery_code` for a typing error in it. NotAllowed: `recovery_needed`
        where this machine has no account secret for that address; `wrong_credentials` for
        everything else that is wrong. Neither tells whether the address is known here.
        """
        parts = self._parts
        code = None if recovery_code is None else parts.vault.check_recovery_code(recovery_code)
        address = email.strip().lower()
        user = parts.users.by_email(address) if _EMAIL.fullmatch(address) else None
        if code is None and user is not None:
            code = parts.secrets.get(self._secret_name(user.id))
        if code is None:
            raise _recovery_needed(address)
        if user is None:
            # The same work as for a known address, so that the time does not tell them apart.
            parts.vault.new_identity("nobody", password)
            raise _wrong_credentials()
        identity = self._unlock(user, password, code)
        self._keep(identity, code)
        parts.users.record_login(user.id)
        return LoggedIn(user=user, identity=identity)

    def log_out(self, user_id: str) -> LoggedOut:
        """Forget the opened keys; the account secret stays, so that the password is enough."""
        name = self._session_name(user_id)
        was_signed_in = self._parts.secrets.get(name) is not None
        self._parts.secrets.delete(name)
        self._opened.pop(user_id, None)
        return LoggedOut(
            was_signed_in=was_signed_in,
            message="You are logged out. This machine keeps your account secret: "
            "to log in again here, the password is enough.",
        )

    def forget(self, user_id: str) -> None:
        """Forget the account secret too: the workspace leaves this machine for good."""
        self._parts.secrets.delete(self._session_name(user_id))
        self._parts.secrets.delete(self._secret_name(user_id))
        self._opened.pop(user_id, None)

    def current(self, user_id: str, password: str | None = None) -> Identity:
        """The person's keys from the secret store, else opened with that password for now.

        NotAllowed: `not_signed_in` where this machine knows no account secret of theirs, `locked`
        where a password would do, `wrong_credentials` where the given one does not.
        """
        identity = self._opened.get(user_id) or self._stored_session(user_id)
        if identity is None:
            identity = self._unlock_here(user_id, password)
        self._opened[user_id] = identity
        return identity

    def _unlock_here(self, user_id: str, password: str | None) -> Identity:
        code = self._parts.secrets.get(self._secret_name(user_id))
        if code is None:
            raise _not_signed_in(forgets=self._parts.secrets.kind == "memory")
        if password is None:
            raise NotAllowed(
                "You are logged out on this machine.",
                code="locked",
                fix="Log in: postflow user login --email …, or set POSTFLOW_PASSWORD.",
            )
        user = self._parts.users.get(user_id)
        if user is None:
            raise _not_signed_in(forgets=False)
        return self._unlock(user, password, code)

    def _unlock(self, user: User, password: str, code: str) -> Identity:
        try:
            return self._parts.vault.unlock(user.id, user.keys, password, code)
        except NotAllowed as error:
            if error.code == "wrong_credentials":
                raise _wrong_credentials() from None
            raise

    def _keep(self, identity: Identity, code: str) -> None:
        keys = {name: getattr(identity, name) for name in _KEY_FIELDS}
        self._parts.secrets.set(self._secret_name(identity.user_id), code)
        self._parts.secrets.set(self._session_name(identity.user_id), json.dumps(keys))
        self._opened[identity.user_id] = identity

    def _stored_session(self, user_id: str) -> Identity | None:
        """The opened keys of the secret store; None where there are none or they are damaged."""
        text = self._parts.secrets.get(self._session_name(user_id))
        try:
            keys = json.loads(text or "null")
        except ValueError:
            return None
        if not isinstance(keys, dict):
            return None
        values = {name: key for name in _KEY_FIELDS if isinstance(key := keys.get(name), str)}
        return Identity(user_id=user_id, **values) if len(values) == len(_KEY_FIELDS) else None

    def _secret_name(self, user_id: str) -> str:
        return f"account-secret/{self._parts.workspace_id}/{user_id}"

    def _session_name(self, user_id: str) -> str:
        return session_name(self._parts.workspace_id, user_id)


def session_name(workspace_id: str, user_id: str) -> str:
    """The name of the secret whose deletion signs a person out, with or without the cluster."""
    return f"session/{workspace_id}/{user_id}"


def _email(text: str) -> str:
    address = text.strip().lower()
    if len(address) > MAX_EMAIL or not _EMAIL.fullmatch(address):
        raise InvalidInput(
            f"'{text.strip()[:80]}' is not an e-mail address.",
            code="bad_email",
            fix=f"Write it as name@example.com, at most {MAX_EMAIL} characters.",
        )
    return address


def _check_password(password: str) -> None:
    typed = unicodedata.normalize("NFKC", password)
    if len(typed) < MIN_PASSWORD or not typed.strip():
        raise InvalidInput(
            f"This password is too short: it has {len(typed)} characters.",
            code="weak_password",
            fix=f"Use at least {MIN_PASSWORD} characters; a few random words are best.",
        )
    if len(typed) > MAX_PASSWORD:
        raise InvalidInput(
            f"This password has {len(typed)} characters.",
            code="password_too_long",
            fix=f"Use at most {MAX_PASSWORD} characters.",
        )


def _wrong_credentials() -> NotAllowed:
    return NotAllowed(
        "The address, the password or the recovery code is wrong.",
        code="wrong_credentials",
        fix="Check all of them; upper and lower case matter in the password.",
    )


def _recovery_needed(address: str) -> NotAllowed:
    return NotAllowed(
        f"This machine holds no account secret for '{address[:80]}'.",
        code="recovery_needed",
        fix="Check the address, or add the recovery code that sign-up printed: --recovery CODE.",
    )


def _not_signed_in(*, forgets: bool) -> NotAllowed:
    more = (
        " This machine has no keyring, so secrets end with each command; POSTFLOW_KEYRING=file "
        "keeps them in a file."
        if forgets
        else ""
    )
    return NotAllowed(
        "You are not signed in on this machine.",
        code="not_signed_in",
        fix="Run: postflow user login --email … --recovery CODE, or postflow user signup." + more,
    )
