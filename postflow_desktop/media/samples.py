"""Where the samples of a track lie in the file (ISO/IEC 14496-12, 8.7): for tracks to be blanked.

Cameras write positions as a track of their own; without the track they would still be in the file.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import pairwise

from postflow_desktop.media.boxes import Box, BoxFile, BrokenBoxesError
from postflow_desktop.media.content import Blank

MAX_SAMPLES = 500_000
"""Twenty a second for seven hours; tables beyond that are refused."""


def sample_blanks(file: BoxFile, track: Box, data: Sequence[Box]) -> list[Blank]:
    """The stretches that the track's samples take, as far as they lie in `data` boxes.

    BrokenBoxesError where its tables are too large or end too early.
    """
    tables = file.first(track, b"mdia", b"minf", b"stbl")
    if tables is None:
        return []
    found = {box.kind: box for box in file.inside(tables)}
    sizes = _sizes(file, found.get(b"stsz"))
    chunks = _numbers(file, found.get(b"stco"), 4) or _numbers(file, found.get(b"co64"), 8)
    runs = _runs(file, found.get(b"stsc"))
    stretches = _stretches(sizes, chunks, runs)
    return [Blank(start, end) for start, end in stretches if _lies_in(start, end, data)]


def _stretches(
    sizes: Sequence[int], chunks: Sequence[int], runs: Sequence[tuple[int, int]]
) -> Iterator[tuple[int, int]]:
    """One per chunk: its samples lie one behind the other (8.7.4)."""
    firsts = [first for first, _ in runs]
    sample = 0
    for number, start in enumerate(chunks, start=1):
        at = bisect_right(firsts, number) - 1
        many = runs[at][1] if at >= 0 else 0
        length = sum(sizes[sample : sample + many])
        sample += many
        if length:
            yield start, start + length


def _lies_in(start: int, end: int, data: Sequence[Box]) -> bool:
    return any(box.body <= start and end <= box.end for box in data)


def _sizes(file: BoxFile, box: Box | None) -> list[int]:
    """Bytes of each sample (8.7.3.2)."""
    head = b"" if box is None else file.content(box, 12)
    if box is None or len(head) < 12:
        return []
    same, many = int.from_bytes(head[4:8], "big"), int.from_bytes(head[8:12], "big")
    _check(many)
    return [same] * many if same else _table(file, box, 12, many, 4)


def _runs(file: BoxFile, box: Box | None) -> list[tuple[int, int]]:
    """From which chunk on, and how many samples each has (8.7.4)."""
    head = b"" if box is None else file.content(box, 8)
    if box is None or len(head) < 8:
        return []
    values = _table(file, box, 8, int.from_bytes(head[4:8], "big") * 3, 4)
    runs = list(zip(values[::3], values[1::3], strict=True))
    if any(after[0] <= before[0] for before, after in pairwise(runs)):
        raise BrokenBoxesError("the table of a track is out of order")
    return runs


def _numbers(file: BoxFile, box: Box | None, width: int) -> list[int]:
    """Where each chunk begins (8.7.5)."""
    head = b"" if box is None else file.content(box, 8)
    if box is None or len(head) < 8:
        return []
    return _table(file, box, 8, int.from_bytes(head[4:8], "big"), width)


def _table(file: BoxFile, box: Box, skip: int, many: int, width: int) -> list[int]:
    _check(many)
    if skip + many * width > box.end - box.body:
        raise BrokenBoxesError("the table of a track is cut off")
    raw = file.read(box.body + skip, many * width)
    return [int.from_bytes(raw[at : at + width], "big") for at in range(0, len(raw), width)]


def _check(many: int) -> None:
    if many > MAX_SAMPLES * 3:
        raise BrokenBoxesError("the table of a track is larger than a video's")
