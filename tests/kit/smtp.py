"""A real SMTP server on loopback that keeps what it took and refuses what it is told to."""

from __future__ import annotations

import ssl
from asyncio import Server
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any, Self

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

USER, PASSWORD = "bakery", "smtp pass=word ü"


@dataclass
class MailServer:
    """A context manager; `mails` are the mails it took, with the address each was for."""

    starttls: ssl.SSLContext | None = None
    tls: ssl.SSLContext | None = None
    auth: bool = False
    utf8: bool = True
    """Whether it takes addresses beyond ASCII (RFC 6531)."""
    port: int = 0
    mails: list[tuple[str, EmailMessage]] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)
    """Recipients with the answer they get."""
    answer: str = "250 OK"
    """What a letter's data gets; only 250 keeps it."""
    passwords: dict[str, str] = field(default_factory=lambda: {USER: PASSWORD})
    logins: list[bool] = field(default_factory=list)

    def __enter__(self) -> Self:
        more: dict[str, Any] = {"enable_SMTPUTF8": self.utf8}
        if self.auth:
            more |= {
                "authenticator": self._authenticate,
                "auth_required": True,
                "auth_require_tls": self.starttls is not None,
            }
        if self.starttls is not None:
            more |= {"tls_context": self.starttls, "require_starttls": True}
        self._controller = _OnFreePort(
            self, hostname="127.0.0.1", port=self.port, ssl_context=self.tls, **more
        )
        self._controller.start()
        self.port = _port_of(self._controller)
        return self

    def __exit__(self, *_: object) -> None:
        self._controller.stop()

    def subjects(self, to: str = "ana@example.com") -> list[str]:
        """The subjects of what came for somebody, in order."""
        return [str(mail["Subject"]) for address, mail in self.mails if address == to]

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address in self.refused:
            return self.refused[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        content = envelope.content
        assert isinstance(content, bytes)
        if self.answer.startswith("250"):
            mail = message_from_bytes(content, policy=policy.default)
            self.mails += [(address, mail) for address in envelope.rcpt_tos]
        return self.answer

    def _authenticate(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any
    ) -> AuthResult:
        right = (
            isinstance(data, LoginPassword)
            and self.passwords.get(data.login.decode()) == data.password.decode()
        )
        self.logins.append(right)
        return AuthResult(success=right, handled=False)


class _OnFreePort(Controller):
    """With port 0 the server is asked which one it got, before it is tried."""

    def _trigger_server(self) -> None:
        self.port = _port_of(self)
        super()._trigger_server()  # type: ignore[no-untyped-call]


def _port_of(controller: Controller) -> int:
    server = controller.server
    assert isinstance(server, Server)
    port: int = server.sockets[0].getsockname()[1]
    return port
