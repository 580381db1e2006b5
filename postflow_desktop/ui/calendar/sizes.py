"""Sizes of the month in logical pixels, by density and text size."""

from __future__ import annotations

from dataclasses import dataclass

from postflow_desktop.ui.calendar.days import WEEKS

_CHIP = {"compact": 20, "default": 22, "relaxed": 26}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizes:
    """The sizes of ux.md at 100 %."""

    weekday: int = 28
    """The line of weekday names."""
    head: int = 26
    """The part of a cell with the day's number."""
    chip: int = 22
    gap: int = 2
    pad: int = 6
    bottom: int = 2
    more: int = 18
    pill: int = 20
    pill_pad: int = 12
    icon: int = 14
    brand: int = 12
    """Marks of networks are drawn to their edge, so they get less."""
    bar: int = 3
    space: int = 4
    """Between the parts of a chip."""
    scale: float = 1.0
    """The text size all of this is for."""

    @property
    def least_cell(self) -> int:
        """The height at which a cell can still say how many posts it has."""
        return self.head + self.more + self.bottom

    @property
    def least_height(self) -> int:
        """The least height of the whole month."""
        return self.weekday + WEEKS * self.least_cell


def sizes_for(density: str = "default", scale: float = 1.0) -> Sizes:
    """Sizes for `compact`, `default` or `relaxed` rows and a text size (1.0 is 100 %)."""
    plain = Sizes(chip=_CHIP.get(density, _CHIP["default"]))
    return Sizes(
        scale=scale,
        weekday=round(plain.weekday * scale),
        head=round(plain.head * scale),
        chip=round(plain.chip * scale),
        more=round(plain.more * scale),
        pill=round(plain.pill * scale),
        pill_pad=round(plain.pill_pad * scale),
        icon=round(plain.icon * scale),
        brand=round(plain.brand * scale),
    )
