"""What the window calls things."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from postflow_desktop.domain.account import AccountStatus
from postflow_desktop.domain.errors import Conflict
from postflow_desktop.domain.network import Network
from postflow_desktop.domain.outcome import OutcomeKind
from postflow_desktop.domain.post import PostStatus
from postflow_desktop.domain.target import TargetStatus
from postflow_desktop.ui import words
from postflow_desktop.ui.kit.icons import has_icon
from tests.fakes.backend import NOW, FakeBackend


def test_every_state_has_words_and_an_icon_that_exists(qapp: object) -> None:
    backend = FakeBackend()
    looks = [words.post_look(backend.add_post(status=status)) for status in PostStatus]
    looks += [words.target_look(status) for status in TargetStatus]
    looks += [words.account_look(status) for status in AccountStatus]
    looks += [words.outcome_look(kind.value) for kind in OutcomeKind]
    looks += [words.outcome_look(None), words.outcome_look("of a later version")]
    assert [look.word for look in looks if not has_icon(look.icon)] == []
    assert all(look.word for look in looks)


def test_every_network_has_a_title() -> None:
    assert words.network_title(Network.BLUESKY) == "Bluesky"
    assert words.network_title(Network.GOOGLE_BUSINESS) == "Google Business"
    assert all(words.network_title(network) for network in Network)


@pytest.mark.parametrize(
    ("moment", "zone", "shown"),
    [
        (datetime(2026, 11, 26, 8, 30, tzinfo=UTC), "Europe/Berlin", "Thu 26 Nov, 09:30 CET"),
        (datetime(2027, 7, 1, 8, 30, tzinfo=UTC), "Europe/Berlin", "Thu 1 Jul 2027, 10:30 CEST"),
        (datetime(2026, 11, 26, 23, 0, tzinfo=UTC), "Asia/Tokyo", "Fri 27 Nov, 08:00 JST"),
    ],
)
def test_a_time_reads_as_on_the_clock_of_its_zone(moment: datetime, zone: str, shown: str) -> None:
    assert words.when(moment, zone, NOW) == shown


def test_advice_about_commands_is_said_for_the_window() -> None:
    error = Conflict("3 wait.", code="account_in_use", fix="disconnect with --force")
    assert "--force" not in words.explain(error)
    assert words.explain(Conflict("Busy.", code="account_busy", fix="Try again.")) == (
        "Busy. Try again."
    )


def test_counts_agree_with_their_noun() -> None:
    assert words.count_of(1, "post", "posts") == "1 post"
    assert words.count_of(0, "post", "posts") == "0 posts"
