"""A month in the life of a small bakery: accounts and posts to try PostFlow with. Pure.

Nothing here is sent or stored; whoever asks makes real posts of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from postflow_desktop.domain.network import Network
from postflow_desktop.sandbox.sample_texts import ROUTINE, SPECIAL, SampleText

BAKERY = "cornerbakery.test"
BAKER = "mina-bakes.test"
HANDLE_ON_X = "cornerbakery"

_BOTH = (BAKERY, HANDLE_ON_X)
_BACK = timedelta(weeks=2)
_DAYS = 28
# Wall times of a bakery's day; weekends have fewer posts and later ones.
_WEEKDAY = ((time(6, 40), time(12, 15)), (time(7, 5), time(11, 45), time(17, 30)))
_WEEKEND = ((time(8, 30), time(14, 0)), (time(9, 15),))
_SATURDAY = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleAccount:
    """An account of the sandbox."""

    network: Network
    handle: str
    display_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SamplePost:
    """A post as somebody planned it."""

    text: str
    handles: tuple[str, ...]
    """The accounts that it goes to."""
    local: datetime
    """Wall time without an offset, in the zone of the sample."""
    zone: str
    """IANA name."""
    picture: str | None = None
    """A name for `sample_pictures.draw`."""
    alt: str = ""


ACCOUNTS = (
    SampleAccount(network=Network.BLUESKY, handle=BAKERY, display_name="Corner Bakery"),
    SampleAccount(network=Network.BLUESKY, handle=BAKER, display_name="Mina bakes"),
    SampleAccount(network=Network.X, handle=HANDLE_ON_X, display_name="Corner Bakery"),
)


def sample_month(today: date, zone: str) -> tuple[SamplePost, ...]:
    """The posts from two weeks ago to two weeks ahead, by time; the same for the same day."""
    moments = list(_moments(today - _BACK))
    texts = _mixed(len(moments))
    return tuple(
        SamplePost(
            text=item.text,
            handles=_handles(item, number),
            local=moment,
            zone=zone,
            picture=item.picture,
            alt=item.alt,
        )
        for number, (moment, item) in enumerate(zip(moments, texts, strict=False))
    )


def _moments(first: date) -> Iterator[datetime]:
    for number in range(_DAYS):
        day = first + timedelta(days=number)
        times = (_WEEKEND if day.weekday() >= _SATURDAY else _WEEKDAY)[number % 2]
        for moment in times:
            # A few minutes more or less, as people do; never the same pattern twice in a week.
            yield datetime.combine(day, moment) + timedelta(minutes=(number * 7) % 25)


def _mixed(count: int) -> list[SampleText]:
    """Every text once, with those that have a picture spread evenly over the month."""
    texts: list[SampleText] = []
    special, routine = list(SPECIAL), list(ROUTINE)
    total = min(count, len(special) + len(routine))
    for number in range(total):
        due = (number + 1) * len(SPECIAL) // total > len(SPECIAL) - len(special)
        texts.append((special if due or not routine else routine).pop(0))
    return texts


def _handles(item: SampleText, number: int) -> tuple[str, ...]:
    if item.personal:
        return (BAKER,)
    return (BAKERY,) if number % 5 == 3 else _BOTH
