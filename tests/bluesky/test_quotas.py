"""What a Bluesky server's rate headers say, in posts."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from postflow_desktop.platforms.bluesky.quotas import POINTS_OF_A_POST, quotas

RESET = 1_795_176_900
GOOD = {
    "ratelimit-limit": "5000",
    "ratelimit-remaining": "4990",
    "ratelimit-reset": str(RESET),
    "ratelimit-policy": "5000;w=3600",
}


def test_points_become_posts() -> None:
    (told,) = quotas(GOOD)
    assert (told.seconds, told.limit, told.remaining) == (3600, 5000, 4990)
    assert (told.posts, told.posts_left) == (5000 // POINTS_OF_A_POST, 4990 // POINTS_OF_A_POST)
    assert told.resets_at == datetime.fromtimestamp(RESET, UTC)


@pytest.mark.parametrize("name", sorted(GOOD))
@pytest.mark.parametrize("bad", ["", "-1", "soon", "5000;w=0", "9" * 40, "٣"])
def test_headers_that_make_no_sense_say_nothing(name: str, bad: str) -> None:
    assert quotas({**GOOD, name: bad}) == ()
    assert quotas({key: value for key, value in GOOD.items() if key != name}) == ()
