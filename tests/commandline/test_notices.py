"""Notices and mail by command: from a post that fails to the mail that says so."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from tests.commandline.conftest import Desk
from tests.kit.command import CommandLine
from tests.kit.smtp import PASSWORD, USER, MailServer

LATE = "2026-01-05T09:00"


def set_mail(command: CommandLine, port: int, *more: str, secret: str = "") -> None:
    command.ok(
        "mail",
        "set",
        "--host",
        "127.0.0.1",
        "--port",
        str(port),
        "--from",
        "postflow@example.com",
        "--security",
        "none",
        *more,
        POSTFLOW_SECRET=secret,
    )


def miss_a_post(desk: Desk) -> str:
    """A target that is days late; its id."""
    made = desk.command.ok(
        "post",
        "create",
        "--text",
        "Fresh rye",
        "--account",
        desk.account,
        "--at",
        "2030-01-01T09:00",
    )
    target: str = made["post"]["targets"][0]["id"]
    from datetime import UTC, datetime

    from bson import ObjectId

    past = datetime(2026, 1, 5, 8, tzinfo=UTC)
    desk.cluster.db["schedules"].update_one(
        {"_id": ObjectId(target)}, {"$set": {"scheduledAt": past, "notBefore": past}}
    )
    return target


def test_a_missed_post_becomes_a_notice_and_one_mail(desk: Desk) -> None:
    with MailServer() as server:
        set_mail(desk.command, server.port)
        desk.command.ok("agent", "--until-idle")
        target = miss_a_post(desk)
        desk.command.ok("agent", "--until-idle")
        desk.command.ok("agent", "--until-idle")
    ((to, mail),) = server.mails
    assert to == "ana@example.com"
    assert mail["Subject"] == "Missed: @bakery.test on Bluesky · Corner Bakery"
    (notice,) = desk.command.ok("notice", "list", "--unread")["notices"]
    assert (notice["key"], notice["kind"]) == (f"target:{target}", "missed")
    assert notice["actions"] == ["publish_now", "reschedule"]
    assert set(notice) >= {"title", "text", "fix", "at", "dueAt", "postId", "url", "withdrawn"}
    assert desk.command.ok("notice", "read", notice["key"])["read"] == 1
    assert desk.command.ok("notice", "read", "--all")["read"] == 0
    assert desk.command.ok("notice", "list", "--unread")["notices"] == []
    assert desk.command.ok("notice", "list")["notices"][0]["unread"] is False
    shown = desk.command.ok("mail", "show")
    assert shown["status"]["lastSentAt"] is not None
    desk.command.ok("post", "cancel", notice["postId"])
    desk.command.ok("agent", "--until-idle")
    assert desk.command.ok("notice", "list")["notices"][0]["withdrawn"] is True


def test_what_can_not_be_marked_as_seen_is_said(desk: Desk) -> None:
    assert desk.command.run("notice", "read").code == "nothing_named"
    assert desk.command.run("notice", "read", "target:1", "--all").code == "nothing_named"
    unknown = desk.command.run("notice", "read", "target:1")
    assert (unknown.exit_code, unknown.code) == (3, "unknown_notice")


def test_preferences_are_shown_changed_and_reset(desk: Desk) -> None:
    command = desk.command
    shown = command.ok("notice", "preferences")["preferences"]
    assert shown["kinds"]["failed"] == ["desktop", "mail"]
    assert shown["kinds"]["published"] == []
    assert shown["quiet"] is None
    changed = command.ok(
        "notice",
        "preferences",
        "--kind",
        "published=desktop",
        "--kind",
        "failed=none",
        "--quiet",
        "22:00-08:00",
        "--zone",
        "Europe/Berlin",
    )["preferences"]
    assert changed["kinds"]["published"] == ["desktop"]
    assert changed["kinds"]["failed"] == []
    assert changed["kinds"]["missed"] == ["desktop", "mail"]
    assert changed["quiet"] == {"from": "22:00", "to": "08:00", "zone": "Europe/Berlin"}
    muted = command.ok("notice", "preferences", "--mail", "off")["preferences"]
    assert (muted["mail"], muted["kinds"]["missed"]) == (False, ["desktop"])
    assert command.ok("notice", "preferences")["preferences"] == muted
    again = command.ok("notice", "preferences", "--mail", "on", "--no-quiet")["preferences"]
    assert again["kinds"]["missed"] == ["desktop", "mail"]
    assert command.ok("notice", "preferences", "--reset")["preferences"] == shown


def test_preferences_that_make_no_sense_are_refused(desk: Desk) -> None:
    for words, exit_code, code in (
        (("--kind", "birthday=mail"), 2, "usage"),
        (("--kind", "failed=pigeon"), 2, "usage"),
        (("--quiet", "22-8"), 2, "usage"),
        (("--quiet", "25:00-08:00"), 2, "usage"),
        (("--quiet", "08:00-08:00"), 3, "bad_quiet_hours"),
        (("--quiet", "22:00-08:00", "--zone", "Mars/Base"), 3, "unknown_zone"),
        (("--zone", "Europe/Berlin"), 3, "bad_quiet_hours"),
    ):
        refused = desk.command.run("notice", "preferences", *words)
        assert (refused.exit_code, refused.code) == (exit_code, code), words


@pytest.mark.filterwarnings("ignore:Requiring AUTH")
def test_a_mail_server_is_set_tried_shown_and_forgotten(tmp_path: Path) -> None:
    command = CommandLine(tmp_path / "home")
    assert command.ok("mail", "show").document == {"mail": None, "status": None}
    assert command.run("mail", "test", "--to", "ana@example.com").code == "no_mail_server"
    with MailServer(auth=True) as server:
        set_mail(command, server.port, "--user", USER, secret=PASSWORD)
        told = command.ok("mail", "test", "--to", "ana@example.com")
        assert told.document == {"sent": True, "to": "ana@example.com"}
        assert server.subjects() == ["PostFlow can mail you"]
        shown = command.ok("mail", "show")
        assert shown["mail"] == {
            "host": "127.0.0.1",
            "port": server.port,
            "user": USER,
            "from": "postflow@example.com",
            "security": "none",
        }
        set_mail(command, server.port, "--user", USER, secret="wrong-secret-1")
        refused = command.run("mail", "test", "--to", "ana@example.com")
        assert (refused.exit_code, refused.code) == (3, "mail_login_refused")
    away = command.run("mail", "test", "--to", "ana@example.com")
    assert (away.exit_code, away.code) == (4, "mail_unreachable")
    for path in command.home.rglob("*"):
        if path.is_file() and path.name != "secrets.json":
            data = path.read_bytes()
            assert PASSWORD.encode() not in data, path
            assert b"wrong-secret-1" not in data, path
    assert "wrong-secret-1" not in refused.stderr + str(refused.document)
    assert command.ok("mail", "off")["off"] is True
    assert command.ok("mail", "off")["off"] is False
    assert b"wrong-secret-1" not in (command.home / "secrets.json").read_bytes()


def test_a_server_that_would_leak_the_password_is_not_set(tmp_path: Path) -> None:
    command = CommandLine(tmp_path / "home")
    words = ("mail", "set", "--host", "smtp.example.com", "--user", "a", "--from", "a@example.com")
    leak = command.run(*words, "--security", "none", POSTFLOW_SECRET="hunter22")
    assert (leak.exit_code, leak.code) == (3, "mail_insecure")
    assert command.run(*words).code == "secret_missing"
    assert command.run(*words, "--port", "70000", POSTFLOW_SECRET="hunter22").code == "bad_port"
    assert command.ok("mail", "show")["mail"] is None
    fine = command.ok(*words, POSTFLOW_SECRET="hunter22")["mail"]
    assert (fine["port"], fine["security"]) == (587, "starttls")


def test_a_mail_server_that_is_away_is_told_by_show_and_doctor(desk: Desk) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        with MailServer() as server:
            set_mail(desk.command, server.port)
            desk.command.ok("agent", "--until-idle")
        set_mail(desk.command, taken.getsockname()[1])
        miss_a_post(desk)
        desk.command.ok("agent", "--until-idle")
    status = desk.command.ok("mail", "show")["status"]
    assert "does not answer" in status["error"]
    assert (status["failures"], status["lastSentAt"]) == (1, None)
    assert status["retryAt"] > status["lastFailedAt"]
    checks = {check["name"]: check for check in desk.command.ok("doctor")["checks"]}
    assert not checks["mail"]["ok"]
    assert "does not answer" in checks["mail"]["detail"]
    desk.command.ok("mail", "off")
    checks = {check["name"]: check for check in desk.command.ok("doctor")["checks"]}
    assert checks["mail"]["ok"]
