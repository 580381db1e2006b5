"""Notices by mail against a real SMTP server: each once, few at once, not in quiet hours."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from threading import Barrier
from zoneinfo import ZoneInfo

import pytest
from bson import ObjectId

from postflow_desktop.domain.notice import NoticeKind
from postflow_desktop.domain.telling import Channel, NoticeWishes, QuietHours
from postflow_desktop.machine.home import Home
from postflow_desktop.machine.mail import MailStatusFile
from postflow_desktop.mail.smtp import SmtpMailer
from postflow_desktop.services.ports.mailer import Letter, MailSecurity, MailSettings
from tests.fakes.clock import HeldClock
from tests.kit.smtp import MailServer
from tests.notifications.kit import Bakery
from tests.plugins.logfail import ExpectedLogs


class Desk:
    """A machine that mails, with a clock of its own."""

    def __init__(self, bakery: Bakery, folder: Path, port: int, owner: str = "p-1") -> None:
        self.clock = HeldClock()
        self.note = MailStatusFile(Home(folder / owner), self.clock)
        settings = MailSettings(
            host="127.0.0.1",
            port=port,
            sender="postflow@example.com",
            security=MailSecurity.NONE,
        )
        self.mailer = SmtpMailer(settings, None, timeout=5)
        self.mailing = bakery.mailing(self.mailer, self.note, owner, self.clock)
        self.bakery = bakery

    def run(self) -> int:
        return self.mailing.run(self.bakery.organization_id)


def later(bakery: Bakery, minutes: float) -> None:
    """As if what was mailed had been mailed so much earlier."""
    turns = bakery.workspace.database["mailTurns"]
    by = round(minutes * 60_000)
    moved = {"$map": {"input": {"$ifNull": ["$singlyAt", []]}, "in": {"$subtract": ["$$this", by]}}}
    sums = {
        "$cond": [{"$eq": [{"$type": "$summedAt"}, "date"]}, {"$subtract": ["$summedAt", by]}, None]
    }
    turns.update_many({}, [{"$set": {"singlyAt": moved, "summedAt": sums, "notBefore": None}}])


@pytest.fixture
def begun(bakery: Bakery, tmp_path: Path) -> tuple[Bakery, Path]:
    """A member whose first turn is over: from now on notices are news."""
    bakery.member("ana@example.com")
    with MailServer() as server:
        assert Desk(bakery, tmp_path, server.port).run() == 0
    return bakery, tmp_path


def test_what_needs_a_person_is_mailed_once_with_the_readers_time(
    begun: tuple[Bakery, Path],
) -> None:
    bakery, folder = begun
    (failed,) = bakery.raised(1)
    bakery.raised(1, NoticeKind.PUBLISHED)
    bakery.raised(1, NoticeKind.COVERAGE)
    with MailServer() as server:
        desk = Desk(bakery, folder, server.port)
        assert (desk.run(), desk.run()) == (1, 0)
    ((to, mail),) = server.mails
    assert (to, mail["Subject"]) == ("ana@example.com", "Title 1 · Corner Bakery")
    wall = failed.at.astimezone(ZoneInfo("Europe/Berlin"))
    body = mail.get_body(("plain",))
    assert body is not None
    assert f"{wall:%H:%M} (Europe/Berlin)" in body.get_content()
    assert desk.note.read().error == ""
    assert desk.note.read().sent_at == desk.clock.now()


def test_the_end_of_a_sign_in_is_mailed_a_week_and_a_day_before(
    begun: tuple[Bakery, Path],
) -> None:
    bakery, folder = begun
    account = bakery.account(token_expires_at=bakery.now() + timedelta(days=9))
    accounts = bakery.workspace.database["socialAccounts"]
    with MailServer() as server:
        desk = Desk(bakery, folder, server.port)
        for days in (9, 6.9, 6.5, 0.9, 0.5):
            ends = bakery.now() + timedelta(days=days)
            accounts.update_one({"_id": ObjectId(account.id)}, {"$set": {"tokenExpiresAt": ends}})
            bakery.lookout.accounts(bakery.organization_id)
            desk.run()
            later(bakery, 60)
    subjects = [mail["Subject"] for _, mail in server.mails]
    assert len(subjects) >= 2
    assert "stops within 7 days" in subjects[0]
    assert "stops within a day" in subjects[-1]


def test_old_notices_are_no_news_to_who_is_mailed_for_the_first_time(
    bakery: Bakery, tmp_path: Path
) -> None:
    bakery.member("ana@example.com")
    bakery.raised(2)
    with MailServer() as server:
        assert Desk(bakery, tmp_path, server.port).run() == 0
    assert server.mails == []


def test_three_in_ten_minutes_then_one_summary_and_then_room_again(
    begun: tuple[Bakery, Path],
) -> None:
    bakery, folder = begun
    bakery.raised(7)
    with MailServer() as server:
        desk = Desk(bakery, folder, server.port)
        assert desk.run() == 4
        assert server.subjects() == [
            "Title 1 · Corner Bakery",
            "Title 2 · Corner Bakery",
            "Title 3 · Corner Bakery",
            "4 more things happened · Corner Bakery",
        ]
        body = server.mails[-1][1].get_body(("plain",))
        assert body is not None
        assert all(f"Title {n}" in body.get_content() for n in (4, 5, 6, 7))
        bakery.raised(2)
        assert desk.run() == 0
        later(bakery, 10.1)
        assert (desk.run(), desk.run()) == (2, 0)
    assert len(server.mails) == 6


def test_one_that_is_alone_over_the_limit_waits_for_room(begun: tuple[Bakery, Path]) -> None:
    bakery, folder = begun
    bakery.raised(4)
    with MailServer() as server:
        desk = Desk(bakery, folder, server.port)
        assert (desk.run(), desk.run()) == (3, 0)
        later(bakery, 10.1)
        assert desk.run() == 1
    assert server.subjects()[-1] == "Title 4 · Corner Bakery"


def test_two_machines_send_one_mail(begun: tuple[Bakery, Path]) -> None:
    bakery, folder = begun
    bakery.raised(3)
    with MailServer() as server:
        desks = [Desk(bakery, folder, server.port, f"p-{n}") for n in range(4)]
        ready = Barrier(len(desks))

        def run(desk: Desk) -> int:
            ready.wait()
            return desk.run() + desk.run()

        with ThreadPoolExecutor(len(desks)) as pool:
            assert sum(pool.map(run, desks)) == 3
    assert sorted(server.subjects()) == [f"Title {n} · Corner Bakery" for n in (1, 2, 3)]


def test_a_machine_that_dies_after_sending_repeats_the_same_letter(
    begun: tuple[Bakery, Path],
) -> None:
    bakery, folder = begun
    bakery.raised(1)

    class Dying:
        def __init__(self, real: SmtpMailer) -> None:
            self.real = real

        def send(self, letter: Letter) -> None:
            self.real.send(letter)
            raise KeyboardInterrupt

    with MailServer() as server:
        desk = Desk(bakery, folder, server.port)
        with pytest.raises(KeyboardInterrupt):
            bakery.mailing(Dying(desk.mailer), desk.note).run(bakery.organization_id)
        assert desk.run() == 1
    first, second = (mail["Message-ID"] for _, mail in server.mails)
    assert first == second


def test_a_machine_that_holds_the_turn_is_waited_for_until_its_lease_ends(
    begun: tuple[Bakery, Path],
) -> None:
    bakery, folder = begun
    bakery.raised(1)
    (reader,) = bakery.workspace.wishes.addressees(bakery.organization_id)
    taken = bakery.workspace.notices.take_for_mail(
        bakery.organization_id, reader.user_id, "p-dead", lease_seconds=300
    )
    assert taken is not None
    assert len(taken.waiting) == 1
    with MailServer() as server:
        desk = Desk(bakery, folder, server.port)
        assert desk.run() == 0
        bakery.workspace.database["mailTurns"].update_one(
            {}, {"$set": {"lease.until": bakery.now() - timedelta(seconds=1)}}
        )
        assert desk.run() == 1


def test_quiet_hours_hold_mail_back(begun: tuple[Bakery, Path]) -> None:
    bakery, folder = begun
    (reader,) = bakery.workspace.wishes.addressees(bakery.organization_id)
    wall = bakery.now().astimezone(ZoneInfo("Asia/Kolkata"))
    around = QuietHours(
        start=(wall - timedelta(hours=1)).time().replace(second=0, microsecond=0),
        end=(wall + timedelta(hours=1)).time().replace(second=0, microsecond=0),
        timezone="Asia/Kolkata",
    )
    bakery.workspace.wishes.set(reader.user_id, NoticeWishes(quiet=around))
    bakery.raised(1)
    with MailServer() as server:
        desk = Desk(bakery, folder, server.port)
        assert desk.run() == 0
        elsewhere = QuietHours(start=around.end, end=around.start, timezone="Asia/Kolkata")
        bakery.workspace.wishes.set(reader.user_id, NoticeWishes(quiet=elsewhere))
        assert desk.run() == 1


def test_each_is_mailed_what_they_wish_and_what_they_did_not_see(
    bakery: Bakery, tmp_path: Path
) -> None:
    ana, ben = bakery.member("ana@example.com"), bakery.member("ben@example.com")
    zoe = bakery.member("zoe@example.com")
    mail = frozenset({Channel.MAIL})
    bakery.workspace.wishes.set(ben, NoticeWishes(channels={NoticeKind.COVERAGE: mail}))
    bakery.workspace.wishes.set(zoe, NoticeWishes(muted=mail))
    with MailServer() as server:
        desk = Desk(bakery, tmp_path, server.port)
        desk.run()
        (seen,) = bakery.raised(1)
        bakery.workspace.notices.mark_read(bakery.organization_id, ana, [seen.key])
        (settled,) = bakery.raised(1)
        bakery.workspace.notices.withdraw(bakery.organization_id, settled.key)
        bakery.raised(1, NoticeKind.COVERAGE)
        desk.run()
    assert [to for to, _ in server.mails] == ["ben@example.com", "ben@example.com"]


def test_a_server_that_is_away_is_asked_again_later_and_later(
    begun: tuple[Bakery, Path], expected_logs: ExpectedLogs
) -> None:
    bakery, folder = begun
    expected_logs.add("Mail has to wait")
    bakery.raised(1)
    with MailServer() as server:
        port = server.port
    desk = Desk(bakery, folder, port)
    pauses = []
    for _ in range(5):
        assert desk.run() == 0
        assert desk.note.is_waiting()
        status = desk.note.read()
        assert status.retry_at is not None
        pauses.append((status.retry_at - desk.clock.now()).total_seconds())
        desk.clock.advance(pauses[-1])
        assert not desk.note.is_waiting()
    assert pauses == [60.0, 300.0, 900.0, 3600.0, 3600.0]
    assert "does not answer" in desk.note.read().error
    with MailServer(port=port) as server:
        assert desk.run() == 1
    assert (desk.note.read().error, desk.note.read().failures) == ("", 0)


def test_a_machine_whose_server_is_away_leaves_the_mail_to_another(
    begun: tuple[Bakery, Path], expected_logs: ExpectedLogs
) -> None:
    bakery, folder = begun
    expected_logs.add("Mail has to wait")
    bakery.raised(1)
    with MailServer() as server:
        broken = Desk(bakery, folder, 1, "p-broken")
        assert broken.run() == 0
        assert Desk(bakery, folder, server.port, "p-fine").run() == 1


def test_a_reader_whose_mail_is_refused_does_not_keep_the_others_waiting(
    bakery: Bakery, tmp_path: Path, expected_logs: ExpectedLogs
) -> None:
    expected_logs.add("A mail was refused")
    for email in ("ana@example.com", "ben@example.com"):
        bakery.member(email)
    with MailServer(refused={"ana@example.com": "550 No such mailbox"}) as server:
        desk = Desk(bakery, tmp_path, server.port)
        desk.run()
        bakery.raised(1)
        assert desk.run() == 1
        assert [to for to, _ in server.mails] == ["ben@example.com"]
        assert not desk.note.is_waiting()
        server.refused.clear()
        assert desk.run() == 0
        turns = bakery.workspace.database["mailTurns"]
        (kept,) = turns.find({"failures": 1})
        assert "No such mailbox" in kept["lastError"]
        later(bakery, 0)
        assert desk.run() == 1


def test_a_machine_without_a_mail_server_takes_no_turn(bakery: Bakery, tmp_path: Path) -> None:
    bakery.member("ana@example.com")
    note = MailStatusFile(Home(tmp_path / "home"), HeldClock())
    assert bakery.mailing(None, note).run(bakery.organization_id) == 0
    assert bakery.workspace.database["mailTurns"].count_documents({}) == 0
