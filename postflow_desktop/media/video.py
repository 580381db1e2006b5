"""What an MP4 or MOV file says about its video, and what of it must not leave the machine.

Read: `mvhd` (duration), `tkhd` (size and rotation), `hdlr`, `stsd` (coding) of ISO/IEC 14496-12 and
the QuickTime File Format. Nothing is decoded and nothing is encoded again. Boxes with metadata
(place, device, names, tracks with positions) become `free` boxes of the same length, filled with
zeros, so that every offset in the file stays true; the readings of such a track become zeros too.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from postflow_desktop.media.boxes import Box, BoxFile, BrokenBoxesError
from postflow_desktop.media.content import Blank
from postflow_desktop.media.samples import sample_blanks

_METADATA = frozenset({b"udta", b"meta", b"uuid", b"free", b"skip"})
"""User data with `\xa9xyz` and `loci`, keys such as com.apple.quicktime.location.ISO6709, XMP, and
what editors left in unused space."""
_PICTURES, _SOUND = b"vide", b"soun"
_KEPT_TRACKS = frozenset({_PICTURES, _SOUND, b"subt", b"text", b"sbtl", b"clcp", b"tmcd", b"auxv"})
"""Handlers that are shown or heard; others carry positions and readings of a camera's sensors."""
_ENCRYPTED = b"encv"
_UNKNOWN_32, _UNKNOWN_64 = 0xFFFF_FFFF, 0xFFFF_FFFF_FFFF_FFFF


class ProtectedVideoError(Exception):
    """It is encrypted; no network could show it."""


class NoVideoError(Exception):
    """It holds no moving picture."""


class EndlessVideoError(Exception):
    """Its length does not stand in it, as in pieces of a live stream."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VideoFacts:
    """A video as it is shown."""

    width: int
    """Pixels, upright."""
    height: int
    seconds: float
    codec: str
    blanks: tuple[Blank, ...]
    """Metadata, to be replaced."""


def probe(file: BoxFile) -> VideoFacts:
    """The facts; BrokenBoxesError, ProtectedVideoError, NoVideoError, EndlessVideoError."""
    top = list(file.top())
    moov = next((box for box in top if box.kind == b"moov"), None)
    if moov is None:
        raise BrokenBoxesError("its index is missing: the recording or the download broke off")
    if not any(box.kind in {b"mdat", b"moof"} for box in top):
        raise BrokenBoxesError("it has no pictures in it, only their index")
    inside = list(file.inside(moov))
    tracks = [_track(file, box) for box in inside if box.kind == b"trak"]
    shown = [track for track in tracks if track.handler == _PICTURES]
    if not shown:
        raise NoVideoError
    largest = max(shown, key=lambda track: track.width * track.height)
    if largest.codec == _ENCRYPTED:
        raise ProtectedVideoError
    if not largest.width or not largest.height:
        raise BrokenBoxesError("the size of its picture is missing")
    return VideoFacts(
        width=largest.width,
        height=largest.height,
        seconds=_seconds(file, inside, shown),
        codec=largest.codec.decode("latin-1"),
        blanks=_blanks(file, top, inside, tracks),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Track:
    box: Box
    handler: bytes
    codec: bytes
    width: int
    height: int
    seconds: float


def _track(file: BoxFile, box: Box) -> _Track:
    handler = file.first(box, b"mdia", b"hdlr")
    header = file.first(box, b"tkhd")
    kind = b"" if handler is None else file.content(handler, 12)[8:12]
    if kind != _PICTURES or header is None:
        return _Track(box=box, handler=kind, codec=b"", width=0, height=0, seconds=0.0)
    codec, coded_width, coded_height = _coding(file, box)
    width, height, turned = _size(file.content(header, 96))
    width, height = (width, height) if width and height else (coded_width, coded_height)
    return _Track(
        box=box,
        handler=kind,
        codec=codec,
        width=height if turned else width,
        height=width if turned else height,
        seconds=_duration(file, file.first(box, b"mdia", b"mdhd")),
    )


def _coding(file: BoxFile, track: Box) -> tuple[bytes, int, int]:
    """Name, width and height of the first sample entry (8.5.2, 12.1.3)."""
    table = file.first(track, b"mdia", b"minf", b"stbl", b"stsd")
    content = b"" if table is None else file.content(table, 8 + 36)
    if len(content) < 8 + 36:
        raise BrokenBoxesError("it does not say how its pictures are coded")
    width, height = int.from_bytes(content[40:42], "big"), int.from_bytes(content[42:44], "big")
    return content[12:16], width, height


def _size(header: bytes) -> tuple[int, int, bool]:
    """Width, height and whether it is shown turned by a quarter (8.3.2; 16.16 numbers)."""
    at = 88 if header[:1] == b"\1" else 76
    if len(header) < at + 8:
        raise BrokenBoxesError("the head of a track is too short")
    matrix = header[at - 36 : at]
    a, b = _signed(matrix, 0), _signed(matrix, 4)
    width, height = (int.from_bytes(header[at + n : at + n + 4], "big") >> 16 for n in (0, 4))
    return width, height, abs(b) > abs(a)


def _signed(data: bytes, at: int) -> int:
    return int.from_bytes(data[at : at + 4], "big", signed=True)


def _seconds(file: BoxFile, inside: Iterable[Box], shown: Iterable[_Track]) -> float:
    """Of the whole; where the head does not say it, of its pictures, else of its pieces."""
    boxes = {box.kind: box for box in inside}
    if b"mvhd" not in boxes:
        raise BrokenBoxesError("its head is missing")
    found = _duration(file, boxes[b"mvhd"]) or max(track.seconds for track in shown)
    if not found and b"mvex" in boxes:
        found = _fragments(file, boxes[b"mvex"], boxes[b"mvhd"])
    if not found:
        raise EndlessVideoError
    return found


def _duration(file: BoxFile, header: Box | None) -> float:
    """Seconds by a movie or media header (8.2.2, 8.4.2); 0 where it does not say."""
    content = b"" if header is None else file.content(header, 32)
    if len(content) < 20:
        return 0.0
    if content[0] == 1:
        scale, units = content[20:24], content[24:32]
    else:
        scale, units = content[12:16], content[16:20]
    return _in_seconds(int.from_bytes(units, "big"), int.from_bytes(scale, "big"))


def _fragments(file: BoxFile, extends: Box, header: Box) -> float:
    """Seconds by `mehd` (8.8.2)."""
    total = file.first(extends, b"mehd")
    content = b"" if total is None else file.content(total, 12)
    units = content[4:12] if content[:1] == b"\1" else content[4:8]
    head = file.content(header, 32)
    scale = head[20:24] if head[0] == 1 else head[12:16]
    return _in_seconds(int.from_bytes(units, "big"), int.from_bytes(scale, "big"))


def _in_seconds(units: int, scale: int) -> float:
    if not scale or units in {_UNKNOWN_32, _UNKNOWN_64}:
        return 0.0
    return units / scale


def _blanks(
    file: BoxFile, top: Iterable[Box], inside: Iterable[Box], tracks: Iterable[_Track]
) -> tuple[Blank, ...]:
    """In the order in which they stand in the file."""
    hidden = [track.box for track in tracks if track.handler not in _KEPT_TRACKS]
    kept = [track.box for track in tracks if track.handler in _KEPT_TRACKS]
    found = [box for box in (*top, *inside) if box.kind in _METADATA]
    for track in kept:
        found += [box for box in file.inside(track) if box.kind in _METADATA]
    blanks = [_blank(box) for box in (*found, *hidden)]
    data = [box for box in top if box.kind == b"mdat"]
    for track in hidden:
        blanks += sample_blanks(file, track, data)
    return tuple(sorted(blanks, key=lambda blank: (blank.start, blank.end)))


def _blank(box: Box) -> Blank:
    """It keeps its length and gets another name; what is in it becomes zeros."""
    # A length of 64 bits stands behind the name.
    large = (box.end - box.start).to_bytes(8, "big") if box.body - box.start == 16 else b""
    return Blank(box.start + 4, box.end, b"free" + large)
