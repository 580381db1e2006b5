"""The conversation with the mail server, and what its answers mean."""

from __future__ import annotations

import base64
import smtplib
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.message import EmailMessage

from postflow_desktop.domain.errors import InvalidInput, PostFlowError, Refused, Unreachable
from postflow_desktop.mail.form import address, message
from postflow_desktop.services.ports.mailer import Letter, MailSecurity, MailSettings
from postflow_desktop.transport.tls import shared_context

TIMEOUT_SECONDS = 15.0
"""For each step of the conversation."""
_OWN = frozenset({"localhost", "127.0.0.1", "::1"})
_MAX_SAID = 300
_CHECK = "Check it with `postflow mail show`, change it with `postflow mail set`."
_LOGGED_IN = 235
_LATER = 500
"""Answers below it are "not now" (RFC 5321, 4.2.1)."""


def check_settings(settings: MailSettings, *, has_password: bool) -> None:
    """InvalidInput: `bad_address`, `bad_host`, `bad_port`, `mail_insecure`, `mail_user_missing`."""
    address(settings.sender)
    host = settings.host
    if not host or len(host) > 253 or not host.isprintable() or set(host) & set(" /@"):
        raise InvalidInput(
            f"'{host[:80]}' can't be the name of a mail server.",
            code="bad_host",
            fix="Give a host name such as smtp.example.com, without https:// before it.",
        )
    if not 1 <= settings.port <= 65_535:
        raise InvalidInput(
            f"{settings.port} is not a port.", code="bad_port", fix="Use 587, 465 or 25."
        )
    if has_password and settings.user is None:
        raise InvalidInput(
            "There is a password for the mail server, but no user.",
            code="mail_user_missing",
            fix="Add --user.",
        )
    if has_password and settings.security is MailSecurity.NONE and host.lower() not in _OWN:
        raise InvalidInput(
            "Without protection the password would go over the net for everybody to read.",
            code="mail_insecure",
            fix="Use --security starttls or tls.",
        )


class SmtpMailer:
    """The Mailer port over SMTP; a connection for each letter."""

    def __init__(
        self,
        settings: MailSettings,
        password: str | None,
        *,
        context: Callable[[], ssl.SSLContext] = shared_context,
        timeout: float = TIMEOUT_SECONDS,
    ) -> None:
        """InvalidInput as `check_settings`."""
        check_settings(settings, has_password=password is not None)
        self._settings = settings
        self._password = password
        self._context = context
        self._timeout = timeout

    def send(self, letter: Letter) -> None:
        """Hand it to the server; returns when the server took it."""
        made = message(letter, self._settings.sender)
        with self._errors(letter.to), self._connected() as server:
            self._log_in(server)
            self._hand_over(server, made)

    @contextmanager
    def _connected(self) -> Iterator[smtplib.SMTP]:
        settings = self._settings
        if settings.security is MailSecurity.TLS:
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                settings.host, settings.port, timeout=self._timeout, context=self._context()
            )
        else:
            server = smtplib.SMTP(settings.host, settings.port, timeout=self._timeout)
        try:
            if settings.security is MailSecurity.STARTTLS:
                # Never goes on without: a man in the middle would only have to hide the offer.
                server.starttls(context=self._context())
            yield server
        finally:
            server.close()

    def _log_in(self, server: smtplib.SMTP) -> None:
        user, password = self._settings.user, self._password
        if user is None or password is None:
            return
        if user.isascii() and password.isascii():
            server.login(user, password)
            return
        # smtplib speaks ASCII only; PLAIN is UTF-8 (RFC 4616).
        server.ehlo_or_helo_if_needed()
        if "PLAIN" not in server.esmtp_features.get("auth", "").upper().split():
            raise smtplib.SMTPAuthenticationError(534, "it takes only ASCII passwords")
        secret = base64.b64encode(f"\0{user}\0{password}".encode()).decode("ascii")
        code, said = server.docmd("AUTH", f"PLAIN {secret}")
        if code != _LOGGED_IN:
            raise smtplib.SMTPAuthenticationError(code, said)

    def _hand_over(self, server: smtplib.SMTP, made: EmailMessage) -> None:
        server.send_message(made)
        try:
            server.quit()
        except (smtplib.SMTPException, OSError):
            return  # it was taken before; how the server says goodbye changes nothing

    @contextmanager
    def _errors(self, to: str) -> Iterator[None]:
        try:
            yield
        except smtplib.SMTPAuthenticationError as error:
            raise self._login_refused(error) from None
        except smtplib.SMTPRecipientsRefused as error:
            code, said = next(iter(error.recipients.values()))
            raise self._recipient_refused(to, code, said) from None
        except smtplib.SMTPNotSupportedError as error:
            raise self._not_supported(to, str(error)) from None
        except smtplib.SMTPConnectError as error:
            raise self._unreachable(self._said(error.smtp_error)) from None
        except smtplib.SMTPResponseException as error:
            raise self._refused(error) from None
        except smtplib.SMTPServerDisconnected:
            raise self._unreachable("it hung up") from None
        except ssl.SSLError as error:
            raise self._bad_tls(error) from None
        except (smtplib.SMTPException, OSError) as error:
            raise self._unreachable(self._said(str(error) or type(error).__name__)) from None

    def _login_refused(self, error: smtplib.SMTPAuthenticationError) -> Refused:
        return Refused(
            f"The mail server {self._settings.host} refused user or password: "
            f"{self._said(error.smtp_error)}. The mail waits.",
            code="mail_login_refused",
            fix="Set them again with `postflow mail set`; many servers want an app password.",
        )

    def _recipient_refused(self, to: str, code: int, said: bytes | str) -> Refused:
        return Refused(
            f"The mail server does not take mail for {to}: {code} {self._said(said)}.",
            code="mail_recipient_refused",
            fix="Check the address, or ask whoever runs the mail server.",
        )

    def _refused(self, error: smtplib.SMTPResponseException) -> PostFlowError:
        said = f"{error.smtp_code} {self._said(error.smtp_error)}"
        if error.smtp_code < _LATER:
            return self._unreachable(f"it says {said}")
        if isinstance(error, smtplib.SMTPSenderRefused):
            return Unreachable(
                f"The mail server does not take mail from {self._settings.sender}: {said}. "
                "The mail waits.",
                code="mail_sender_refused",
                fix=_CHECK,
            )
        return Refused(f"The mail server refused a mail: {said}.", code="mail_refused", fix=_CHECK)

    def _not_supported(self, to: str, text: str) -> PostFlowError:
        if "SMTPUTF8" in text:
            return self._recipient_refused(to, 553, "it takes only addresses in ASCII")
        return Unreachable(
            f"The mail server {self._settings.host} can't do what is asked of it: "
            f"{self._said(text)}. Nothing was sent.",
            code="mail_tls" if "STARTTLS" in text else "mail_unreachable",
            fix="Try another port or --security (465 is tls, 587 is starttls).",
        )

    def _bad_tls(self, error: ssl.SSLError) -> Unreachable:
        return Unreachable(
            f"The connection to the mail server {self._settings.host} could not be made secure: "
            f"{self._said(error.reason or str(error))}. Nothing was sent.",
            code="mail_tls",
            fix="Try another port or --security (465 is tls, 587 is starttls), and check the "
            "server's name.",
        )

    def _unreachable(self, reason: str) -> Unreachable:
        settings = self._settings
        return Unreachable(
            f"The mail server {settings.host}:{settings.port} does not answer as it should: "
            f"{reason.rstrip('.')}. The mail waits.",
            code="mail_unreachable",
            fix=f"{_CHECK} PostFlow goes on trying.",
        )

    def _said(self, said: bytes | str) -> str:
        """The server's words in one line; a server that repeats the password is not repeated."""
        text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
        if self._password:
            text = text.replace(self._password, "[secret]")
        return " ".join(text.split())[:_MAX_SAID].rstrip(".")
