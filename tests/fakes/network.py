"""A network with single-use refresh tokens, and its connector, with faults on demand."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import datetime, timedelta

from postflow_desktop.domain.account import Session, SignedIn, Tokens
from postflow_desktop.domain.errors import NetworkUnreachable, NotAllowed
from postflow_desktop.domain.network import Network


@dataclass
class _Login:
    """One session at the network."""

    user_id: str
    access: str
    refresh: str


class FakeNetwork:
    """Connector port in memory. A refresh token that comes twice ends the session and is counted.

    `down` makes it unreachable; `lose_reply` lets the next refresh happen and its answer vanish.
    `suspended` refuses every check.
    `hold` keeps refreshes waiting between `entered` and the answer.
    """

    network = Network.BLUESKY
    token_life: timedelta | None = timedelta(hours=2)
    service = "https://network.example"

    def __init__(self) -> None:
        self.people = {"alice.example": ("did:plc:alice", "app-pass")}
        self.down = False
        self.lose_reply = False
        self.expires_at: datetime | None = None
        self.rotates = True
        self.suspended = False
        self.refreshes = 0
        self.reused = 0
        self.entered = threading.Event()
        self.hold = threading.Event()
        self.hold.set()
        self._logins: list[_Login] = []
        self._used: set[str] = set()
        self._count = 0
        self._lock = threading.Lock()

    def sign_in(self, service: str, username: str, secret: str) -> SignedIn:
        """As the port says."""
        self._answer()
        known = self.people.get(username)
        if known is None or known[1] != secret:
            raise NotAllowed("Wrong app password.", code="wrong_app_password", fix="Make one.")
        with self._lock:
            login = _Login(known[0], *self._new_tokens())
            self._logins.append(login)
        return self._signed_in(login, service)

    def refresh(self, service: str, tokens: Tokens) -> SignedIn:
        """As the port says."""
        self.entered.set()
        assert self.hold.wait(30)
        self._answer()
        with self._lock:
            self.refreshes += 1
            if tokens.refresh in self._used:
                self.reused += 1
                self._logins.clear()
            login = next((each for each in self._logins if each.refresh == tokens.refresh), None)
            if login is None:
                raise NotAllowed("The session has ended.", code="reconnect_needed", fix="Sign in.")
            self._used |= {login.refresh} if self.rotates else set()
            login.access, fresh = self._new_tokens()
            login.refresh = fresh if self.rotates else login.refresh
            if self.lose_reply:
                self.lose_reply = False
                raise NetworkUnreachable("The answer got lost.")
        return self._signed_in(login, service, with_refresh=self.rotates)

    def advice(self, secret: str) -> tuple[str, ...]:
        return ()

    def check(self, session: Session) -> str:
        """As the port says."""
        self._answer()
        if self.suspended:
            raise NotAllowed("This account is suspended.", code="suspended", fix="Ask them.")
        with self._lock:
            for login in self._logins:
                if login.access == session.access_token:
                    return self._username(login.user_id)
        raise NotAllowed("The token was refused.", code="token_refused", fix="Refresh it.")

    def sign_out(self, service: str, tokens: Tokens) -> None:
        """As the port says."""
        self._answer()
        with self._lock:
            self._logins = [each for each in self._logins if each.refresh != tokens.refresh]

    @property
    def sessions(self) -> int:
        """How many sessions the network knows."""
        return len(self._logins)

    def expire_access(self) -> None:
        """All access tokens stop working; refresh tokens still do."""
        with self._lock:
            for login in self._logins:
                login.access = "expired"

    def revoke(self) -> None:
        """The person ended all sessions at the network."""
        with self._lock:
            self._logins.clear()

    def _answer(self) -> None:
        if self.down:
            raise NetworkUnreachable("The network does not answer.", fix="Try later.")

    def _new_tokens(self) -> tuple[str, str]:
        self._count += 1
        return f"access-{self._count}", f"refresh-{self._count}"

    def _username(self, user_id: str) -> str:
        return next(name for name, (known, _) in self.people.items() if known == user_id)

    def _signed_in(self, login: _Login, service: str, *, with_refresh: bool = True) -> SignedIn:
        refresh = login.refresh if with_refresh else None
        return SignedIn(
            user_id=login.user_id,
            username=self._username(login.user_id),
            service=service,
            tokens=Tokens(access=login.access, refresh=refresh, expires_at=self.expires_at),
            display_name="Alice",
        )
