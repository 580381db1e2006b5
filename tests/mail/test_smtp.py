"""The conversation with a real SMTP server: protected, logged in, and every way it fails."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from postflow_desktop.domain.errors import InvalidInput, PostFlowError
from postflow_desktop.mail.smtp import SmtpMailer, check_settings
from postflow_desktop.services.ports.mailer import MailSecurity, MailSettings
from tests.fakes.people import refusal
from tests.kit.smtp import PASSWORD, USER, MailServer
from tests.mail.test_form import LETTER, part
from tests.transport.certificates import make_contexts


def settings(port: int, security: MailSecurity = MailSecurity.NONE, **more: str) -> MailSettings:
    return MailSettings(
        host="127.0.0.1", port=port, sender="postflow@example.com", security=security, **more
    )


def protected(security: MailSecurity, context: ssl.SSLContext, *, auth: bool = False) -> MailServer:
    """A server with that protection."""
    if security is MailSecurity.TLS:
        return MailServer(tls=context, auth=auth)
    return MailServer(starttls=context, auth=auth)


def sent(mailer: SmtpMailer) -> PostFlowError | None:
    try:
        mailer.send(LETTER)
    except PostFlowError as error:
        return error
    return None


def test_a_letter_arrives() -> None:
    with MailServer() as server:
        SmtpMailer(settings(server.port), None).send(LETTER)
    ((to, mail),) = server.mails
    assert to == "ana@example.com"
    assert mail["Subject"] == LETTER.subject
    assert "Grüße" in part(mail, "plain")


@pytest.mark.filterwarnings("ignore:Requiring AUTH")
@pytest.mark.parametrize("security", [MailSecurity.STARTTLS, MailSecurity.TLS])
def test_protected_and_logged_in(tmp_path: Path, security: MailSecurity) -> None:
    theirs, ours = make_contexts(tmp_path)
    with protected(security, theirs, auth=True) as server:
        mailer = SmtpMailer(
            settings(server.port, security, user=USER), PASSWORD, context=lambda: ours
        )
        mailer.send(LETTER)
    assert len(server.mails) == 1
    assert server.logins == [True]


def test_a_wrong_password_is_said_without_saying_it(tmp_path: Path) -> None:
    theirs, ours = make_contexts(tmp_path)
    with MailServer(auth=True, starttls=theirs) as server:
        mailer = SmtpMailer(
            settings(server.port, MailSecurity.STARTTLS, user=USER),
            "wrong secret",
            context=lambda: ours,
        )
        error = refusal(lambda: mailer.send(LETTER))
    assert error.code == "mail_login_refused"
    assert "wrong secret" not in f"{error.message} {error.fix}"
    assert server.mails == []


def test_a_server_without_starttls_or_with_a_strange_certificate_gets_nothing(
    tmp_path: Path,
) -> None:
    theirs, _ = make_contexts(tmp_path)
    with MailServer() as plain:
        mailer = SmtpMailer(settings(plain.port, MailSecurity.STARTTLS, user=USER), PASSWORD)
        assert refusal(lambda: mailer.send(LETTER)).code == "mail_tls"
    for security in (MailSecurity.STARTTLS, MailSecurity.TLS):
        with protected(security, theirs) as strange:
            stranger = SmtpMailer(
                settings(strange.port, security), None, context=ssl.create_default_context
            )
            error = sent(stranger)
            assert error is not None
            assert error.code == "mail_tls"
            assert "certificate" in error.message.lower()
            assert strange.mails == []


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        ("554 No spam", "mail_refused"),
        ("452 Disk full, try later", "mail_unreachable"),
        ("421 Going down", "mail_unreachable"),
    ],
)
def test_a_refused_letter_is_told_from_a_server_that_says_later(answer: str, code: str) -> None:
    with MailServer(answer=answer) as server:
        error = sent(SmtpMailer(settings(server.port), None))
    assert error is not None
    assert error.code == code
    assert answer[:3] in error.message
    assert server.mails == []


def test_a_refused_recipient_is_named() -> None:
    with MailServer(refused={"ana@example.com": "550 No such mailbox"}) as server:
        error = refusal(lambda: SmtpMailer(settings(server.port), None).send(LETTER))
    assert error.code == "mail_recipient_refused"
    assert "ana@example.com" in error.message
    assert "No such mailbox" in error.message


def test_an_address_that_the_server_can_not_spell_is_the_readers_trouble() -> None:
    with MailServer(utf8=False) as server:
        mailer = SmtpMailer(settings(server.port), None)
        error = refusal(lambda: mailer.send(replace(LETTER, to="änne@example.com")))
    assert error.code == "mail_recipient_refused"
    assert server.mails == []


def test_a_server_that_is_not_there_or_hangs_or_hangs_up_is_unreachable() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        absent = SmtpMailer(settings(taken.getsockname()[1]), None)
        assert refusal(lambda: absent.send(LETTER)).code == "mail_unreachable"
    for greeting in (b"", b"HTTP/1.1 400 Bad Request\r\n\r\n", None):
        with listening(greeting) as port:
            mailer = SmtpMailer(settings(port), None, timeout=0.5)
            error = refusal(lambda m=mailer: m.send(LETTER))  # type: ignore[misc]
            assert error.code == "mail_unreachable"
            assert "waits" in error.message


@pytest.mark.filterwarnings("ignore:Requiring AUTH")
def test_a_server_that_repeats_the_password_is_not_repeated() -> None:
    with MailServer(auth=True, answer="554 hunter22 is wrong") as server:
        server.passwords = {USER: "hunter22"}
        error = sent(SmtpMailer(settings(server.port, user=USER), "hunter22"))
    assert error is not None
    assert "554 [secret] is wrong" in error.message


def test_settings_that_can_not_work_or_would_leak_are_refused() -> None:
    fine = settings(587, MailSecurity.STARTTLS, user=USER)
    check_settings(fine, has_password=True)
    wrong = {
        "bad_address": replace(fine, sender="nobody"),
        "bad_host": replace(fine, host="https://smtp.example.com"),
        "bad_port": replace(fine, port=0),
        "mail_user_missing": replace(fine, user=None),
        "mail_insecure": replace(fine, host="smtp.example.com", security=MailSecurity.NONE),
    }
    for code, given in wrong.items():
        with pytest.raises(InvalidInput) as refused:
            check_settings(given, has_password=True)
        assert refused.value.code == code


@contextmanager
def listening(greeting: bytes | None) -> Iterator[int]:
    """A port that greets like this and hangs up; None: that says nothing at all."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        done = threading.Event()

        def serve() -> None:
            connection, _ = listener.accept()
            with connection:
                if greeting is None:
                    done.wait(30)
                else:
                    connection.sendall(greeting)

        thread = threading.Thread(target=serve)
        thread.start()
        yield listener.getsockname()[1]
        done.set()
        thread.join()
