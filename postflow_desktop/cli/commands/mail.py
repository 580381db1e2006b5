"""`postflow mail set|show|test|off`: this machine's mail server."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from typing import Any

from postflow_desktop.cli.context import Context
from postflow_desktop.cli.output import Result
from postflow_desktop.domain.errors import NotFound
from postflow_desktop.domain.time import utc_text
from postflow_desktop.services.ports.mailer import (
    Letter,
    LetterItem,
    MailSecurity,
    MailSettings,
    MailStatus,
)

PORTS = {MailSecurity.STARTTLS: 587, MailSecurity.TLS: 465, MailSecurity.NONE: 25}


def add(parser: ArgumentParser) -> None:
    """The grammar."""
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    setting = verbs.add_parser("set", help="let this machine send notices by mail")
    setting.add_argument("--host", required=True, help="for example smtp.example.com")
    setting.add_argument("--port", type=int, help="default: 587 for starttls, 465 for tls")
    setting.add_argument(
        "--user", help="asks for the password (POSTFLOW_SECRET); without it nobody logs in"
    )
    setting.add_argument("--from", dest="sender", required=True, metavar="ADDRESS")
    setting.add_argument(
        "--security",
        choices=[security.value for security in MailSecurity],
        default=MailSecurity.STARTTLS.value,
    )
    setting.set_defaults(run=_set)
    show = verbs.add_parser("show", help="the mail server, and how mailing goes")
    show.set_defaults(run=_show)
    test = verbs.add_parser("test", help="send a mail now")
    test.add_argument("--to", required=True, metavar="ADDRESS")
    test.set_defaults(run=_test)
    verbs.add_parser("off", help="forget the mail server and its password").set_defaults(run=_off)


def _set(context: Context, options: Namespace) -> Result:
    from postflow_desktop.bootstrap.notifications import keep_mail_server

    machine = context.machine
    security = MailSecurity(options.security)
    settings = MailSettings(
        host=options.host.strip(),
        port=PORTS[security] if options.port is None else options.port,
        sender=options.sender.strip(),
        user=options.user,
        security=security,
    )
    password = None
    if settings.user is not None:
        password = context.account_secret(f"Password of {settings.user} at {settings.host}: ")
    keep_mail_server(machine, settings, password)
    lines = [
        f"This machine sends mail by {_server(settings)}.",
        "Try it: postflow mail test --to …",
    ]
    return Result({"mail": _document(settings)}, lines)


def _show(context: Context, options: Namespace) -> Result:
    del options
    settings = context.machine.mail.settings()
    status = context.machine.mail_status.read()
    if settings is None:
        return Result({"mail": None, "status": None}, ["This machine sends no mail."])
    error = context.machine.redactor.scrub(status.error)
    document = {"mail": _document(settings), "status": _status_document(status, error)}
    lines = [f"Mail goes by {_server(settings)}, from {settings.sender}."]
    lines.append(f"Last sent: {_when(status)}")
    if error:
        again = "" if status.retry_at is None else f" Next try: {status.retry_at:%H:%M:%S} UTC."
        lines.append(f"Not working since {status.failures} tries: {error}{again}")
    return Result(document, lines)


def _test(context: Context, options: Namespace) -> Result:
    from postflow_desktop.bootstrap.notifications import machine_mailer

    machine = context.machine
    mailer = machine_mailer(machine)
    if mailer is None:
        raise NotFound(
            "This machine has no mail server yet.",
            code="no_mail_server",
            fix="Set one: postflow mail set --host … --user … --from …",
        )
    now = machine.clock.now()
    mailer.send(
        Letter(
            to=options.to,
            subject="PostFlow can mail you",
            items=(
                LetterItem(
                    title="It works",
                    text="This is a test. What needs you will come the same way.",
                    when=f"{now:%Y-%m-%d %H:%M} UTC",
                ),
            ),
            foot="Somebody tried `postflow mail test` with your address.",
            id=f"test-{now.timestamp():.0f}-{machine.home.machine_id}",
        )
    )
    machine.mail_status.worked()
    return Result({"sent": True, "to": options.to}, [f"The server took a mail for {options.to}."])


def _off(context: Context, options: Namespace) -> Result:
    del options
    known = context.machine.mail.forget()
    context.machine.mail_status.clear()
    line = "This machine sends no mail any more." if known else "This machine sent no mail."
    return Result({"off": known}, [line])


def _document(settings: MailSettings) -> dict[str, Any]:
    return {
        "host": settings.host,
        "port": settings.port,
        "user": settings.user,
        "from": settings.sender,
        "security": settings.security.value,
    }


def _status_document(status: MailStatus, error: str) -> dict[str, Any]:
    return {
        "lastSentAt": utc_text(status.sent_at),
        "lastFailedAt": utc_text(status.failed_at),
        "error": error or None,
        "failures": status.failures,
        "retryAt": utc_text(status.retry_at),
    }


def _server(settings: MailSettings) -> str:
    who = f" as {settings.user}" if settings.user else ""
    return f"{settings.host}:{settings.port} ({settings.security.value}){who}"


def _when(status: MailStatus) -> str:
    return "never" if status.sent_at is None else f"{status.sent_at:%Y-%m-%d %H:%M} UTC"
