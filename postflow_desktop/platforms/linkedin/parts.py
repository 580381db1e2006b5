"""The parts in which LinkedIn wants a video: as it says, or not at all."""

from __future__ import annotations

from dataclasses import dataclass

from postflow_desktop.platforms.linkedin.api import Json, text_of

MAX_PART_BYTES = 64 * 1024 * 1024
"""A part is in memory as a whole; LinkedIn's have 4 MiB."""


@dataclass(frozen=True, slots=True)
class Part:
    """Where so many bytes go, in the order of the file."""

    address: str
    size: int


def upload_parts(value: Json, size: int) -> list[Part] | None:
    """`uploadInstructions` of a reply; None where they don't cover the file exactly, once."""
    found = value.get("uploadInstructions")
    instructions = (
        [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []
    )
    parts, next_byte = list[Part](), 0
    for one in sorted(instructions, key=_first_byte):
        first, last = one.get("firstByte"), one.get("lastByte")
        if first != next_byte or not isinstance(last, int) or not first <= last < size:
            return None
        if last - first >= MAX_PART_BYTES:
            return None
        parts.append(Part(text_of(one, "uploadUrl"), last - first + 1))
        next_byte = last + 1
    return parts if parts and next_byte == size else None


def _first_byte(instruction: Json) -> int:
    first = instruction.get("firstByte")
    return first if isinstance(first, int) else -1
