"""Who is told how: wishes, quiet hours over the nights when the clocks change, shares."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest

from postflow_desktop.domain.errors import InvalidInput
from postflow_desktop.domain.notice import Notice, NoticeKind
from postflow_desktop.domain.telling import (
    Channel,
    NoticeWishes,
    QuietHours,
    Telling,
    is_loud,
    share_out,
    summary_title,
    telling,
)

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
NIGHT = QuietHours(start=time(22), end=time(8), timezone="Europe/Berlin")


def notice(kind: NoticeKind = NoticeKind.FAILED, number: int = 1) -> Notice:
    return Notice(
        key=f"target:{number}",
        organization_id="o",
        kind=kind,
        title=f"Title {number}",
        text="Text",
        at=NOW + timedelta(seconds=number),
    )


def way(given: Notice, channel: Channel = Channel.DESKTOP, **wishes: object) -> Telling:
    return telling(given, "ana", NoticeWishes(**wishes), channel, NOW)  # type: ignore[arg-type]


def test_the_defaults_are_loud_for_what_needs_a_person_and_mail_only_for_that() -> None:
    desktop = {kind for kind in NoticeKind if way(notice(kind)) is Telling.NOW}
    assert desktop == set(NoticeKind) - {NoticeKind.PUBLISHED, NoticeKind.SKIPPED}
    mail = {kind for kind in NoticeKind if way(notice(kind), Channel.MAIL) is Telling.NOW}
    assert mail == {
        NoticeKind.FAILED,
        NoticeKind.NEEDS_ATTENTION,
        NoticeKind.MISSED,
        NoticeKind.ACCOUNT_EXPIRED,
        NoticeKind.ACCOUNT_EXPIRING,
    }


def test_a_wish_changes_its_kind_alone_and_a_muted_way_is_off_for_all() -> None:
    only_mail = {NoticeKind.FAILED: frozenset({Channel.MAIL})}
    assert way(notice(), channels=only_mail) is Telling.NOT
    assert way(notice(), Channel.MAIL, channels=only_mail) is Telling.NOW
    assert way(notice(NoticeKind.MISSED), channels=only_mail) is Telling.NOW
    assert way(notice(), muted=frozenset({Channel.DESKTOP})) is Telling.NOT
    assert way(notice(), Channel.MAIL, muted=frozenset({Channel.DESKTOP})) is Telling.NOW


def test_what_was_seen_settled_or_is_over_is_not_told() -> None:
    assert way(replace(notice(), read_by=frozenset({"ana"}))) is Telling.NOT
    assert way(replace(notice(), read_by=frozenset({"ben"}))) is Telling.NOW
    assert way(replace(notice(), withdrawn=True)) is Telling.NOT
    soon = replace(notice(NoticeKind.PREFLIGHT), due_at=NOW + timedelta(minutes=1))
    assert way(soon) is Telling.NOW
    assert way(replace(soon, due_at=NOW)) is Telling.NOT


def test_quiet_hours_hold_back_and_do_not_swallow() -> None:
    noon = QuietHours(start=time(12), end=time(14), timezone="UTC")
    assert way(notice(), quiet=noon) is Telling.LATER
    assert way(notice(NoticeKind.PUBLISHED), quiet=noon) is Telling.NOT
    assert way(notice(), quiet=replace(noon, start=time(12, 1))) is Telling.NOW


@pytest.mark.parametrize(
    ("utc", "quiet"),
    [
        # Winter in Berlin is UTC+1, summer UTC+2.
        (datetime(2026, 11, 21, 20, 59, tzinfo=UTC), False),
        (datetime(2026, 11, 21, 21, 0, tzinfo=UTC), True),
        (datetime(2026, 11, 22, 6, 59, tzinfo=UTC), True),
        (datetime(2026, 11, 22, 7, 0, tzinfo=UTC), False),
        (datetime(2026, 7, 1, 20, 0, tzinfo=UTC), True),
        (datetime(2026, 7, 2, 6, 0, tzinfo=UTC), False),
        # The night with the hour that is skipped: 08:00 comes after 9 hours instead of 10.
        (datetime(2026, 3, 28, 21, 0, tzinfo=UTC), True),
        (datetime(2026, 3, 29, 5, 59, tzinfo=UTC), True),
        (datetime(2026, 3, 29, 6, 0, tzinfo=UTC), False),
        # The night with the hour that comes twice: after 11 hours.
        (datetime(2026, 10, 24, 20, 0, tzinfo=UTC), True),
        (datetime(2026, 10, 25, 6, 59, tzinfo=UTC), True),
        (datetime(2026, 10, 25, 7, 0, tzinfo=UTC), False),
    ],
)
def test_quiet_hours_are_those_on_the_wall(utc: datetime, quiet: bool) -> None:
    assert NIGHT.covers(utc) is quiet


def test_the_hour_that_comes_twice_is_quiet_twice() -> None:
    twice = QuietHours(start=time(2, 15), end=time(2, 45), timezone="Europe/Berlin")
    assert twice.covers(datetime(2026, 10, 25, 0, 30, tzinfo=UTC))
    assert not twice.covers(datetime(2026, 10, 25, 1, 0, tzinfo=UTC))
    assert twice.covers(datetime(2026, 10, 25, 1, 30, tzinfo=UTC))


def test_quiet_hours_that_are_none_or_nowhere_are_refused() -> None:
    with pytest.raises(InvalidInput) as same:
        QuietHours(start=time(8), end=time(8), timezone="UTC")
    assert same.value.code == "bad_quiet_hours"
    with pytest.raises(InvalidInput) as nowhere:
        QuietHours(start=time(8), end=time(9), timezone="Mars/Base")
    assert nowhere.value.code == "unknown_zone"


def test_three_in_the_window_then_a_summary() -> None:
    waiting = [notice(number=n) for n in (5, 1, 4, 2, 3)]
    shares = share_out(waiting, 0)
    assert [n.key for n in shares.singly] == ["target:1", "target:2", "target:3"]
    assert [n.key for n in shares.summed] == ["target:4", "target:5"]
    assert len(share_out(waiting, 2).singly) == 1
    assert share_out(waiting, 7).singly == ()
    assert summary_title(4, more=True) == "4 more things happened"
    assert summary_title(1, more=True) == "1 more thing happened"
    assert summary_title(2, more=False) == "2 things happened"


def test_what_is_silent_or_settled_does_not_count_as_unread() -> None:
    assert is_loud(notice())
    assert not is_loud(notice(NoticeKind.PUBLISHED))
    assert not is_loud(notice(NoticeKind.SKIPPED))
    assert not is_loud(replace(notice(), withdrawn=True))
