"""Whole-pixel rectangles without Qt, so that layout can be tested without a screen."""

from __future__ import annotations

from typing import NamedTuple


class Box(NamedTuple):
    """A rectangle in logical pixels; right and bottom are the first pixels outside of it."""

    x: int
    y: int
    width: int
    height: int

    @property
    def right(self) -> int:
        """The first column to the right of it."""
        return self.x + self.width

    @property
    def bottom(self) -> int:
        """The first line below it."""
        return self.y + self.height

    def has(self, x: float, y: float) -> bool:
        """Whether the point lies in it."""
        return self.x <= x < self.right and self.y <= y < self.bottom

    def holds(self, other: Box) -> bool:
        """Whether the other one lies wholly inside."""
        return (
            self.x <= other.x
            and self.y <= other.y
            and other.right <= self.right
            and other.bottom <= self.bottom
        )

    def meets(self, other: Box) -> bool:
        """Whether they share a pixel."""
        return (
            self.x < other.right
            and other.x < self.right
            and self.y < other.bottom
            and other.y < self.bottom
        )

    def mirrored(self, width: int) -> Box:
        """The same box seen in a mirror over a picture of that width (right-to-left scripts)."""
        return Box(width - self.right, self.y, self.width, self.height)
