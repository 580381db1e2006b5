"""Small MP4 and MOV files, written box by box (ISO/IEC 14496-12), with and without what must go."""

from __future__ import annotations

import struct

SECRET = b"+52.5200+013.4050/ Anna's phone"
"""Stands in every kind of metadata that these films carry."""
UPRIGHT = (0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x4000_0000)
TURNED = (0, 0x10000, 0, -0x10000, 0, 0, 0, 0, 0x4000_0000)


def box(kind: bytes, *parts: bytes, large: bool = False) -> bytes:
    """A box around its content; `large` with a length of 64 bits."""
    body = b"".join(parts)
    if large:
        return struct.pack(">I4sQ", 1, kind, len(body) + 16) + body
    return struct.pack(">I4s", len(body) + 8, kind) + body


def full(kind: bytes, *parts: bytes, version: int = 0) -> bytes:
    """A box with version and flags."""
    return box(kind, struct.pack(">I", version << 24), *parts)


def mvhd(seconds: float, scale: int = 1000, *, wide: bool = False) -> bytes:
    """The head of a movie."""
    units = round(seconds * scale)
    times = (
        struct.pack(">QQIQ", 0, 0, scale, units)
        if wide
        else struct.pack(">IIII", 0, 0, scale, units)
    )
    return full(b"mvhd", times, bytes(80), version=1 if wide else 0)


def tkhd(width: int, height: int, matrix: tuple[int, ...] = UPRIGHT) -> bytes:
    """The head of a track."""
    sides = struct.pack(">II", width << 16, height << 16)
    return full(b"tkhd", struct.pack(">IIIII", 0, 0, 1, 0, 0), bytes(16), _matrix(matrix), sides)


def stsd(codec: bytes, width: int = 0, height: int = 0) -> bytes:
    """How samples are coded."""
    entry = bytes(6) + b"\0\1" + bytes(16) + struct.pack(">HH", width, height) + bytes(50)
    return full(b"stsd", struct.pack(">I", 1), box(codec, entry))


def track(
    handler: bytes,
    codec: bytes,
    *,
    width: int = 0,
    height: int = 0,
    seconds: float = 0.0,
    matrix: tuple[int, ...] = UPRIGHT,
    more: bytes = b"",
    tables: bytes = b"",
) -> bytes:
    """A track; `more` stands behind its media, `tables` beside its coding."""
    mdhd = full(b"mdhd", struct.pack(">IIII", 0, 0, 1000, round(seconds * 1000)), bytes(4))
    hdlr = full(b"hdlr", bytes(4), handler, bytes(13))
    minf = box(b"minf", box(b"stbl", stsd(codec, width, height), tables))
    media = box(b"mdia", mdhd, hdlr, minf)
    return box(b"trak", tkhd(width, height, matrix), media, more)


def samples(offset: int, sizes: tuple[int, ...]) -> bytes:
    """Tables of samples that lie one behind the other in one chunk."""
    return (
        full(b"stsz", struct.pack(">II", 0, len(sizes)), *(struct.pack(">I", n) for n in sizes))
        + full(b"stsc", struct.pack(">IIII", 1, 1, len(sizes), 1))
        + full(b"stco", struct.pack(">II", 1, offset))
    )


def film(
    *,
    seconds: float = 12.5,
    width: int = 640,
    height: int = 360,
    codec: bytes = b"avc1",
    brand: bytes = b"isom",
    matrix: tuple[int, ...] = UPRIGHT,
    size: int = 0,
    seed: bytes = b"film",
    more: bytes = b"",
    moov_first: bool = True,
) -> bytes:
    """A whole film with a picture and a sound track; nothing in it can be decoded.

    It is filled up to `size` bytes; `more` stands at the end of its index.
    """
    video = track(b"vide", codec, width=width, height=height, seconds=seconds, matrix=matrix)
    sound = track(b"soun", b"mp4a", seconds=seconds)
    moov = box(b"moov", mvhd(seconds), video, sound, more)
    ftyp = box(b"ftyp", brand, struct.pack(">I", 512), brand, b"mp42")
    fill = max(64, size - len(ftyp) - len(moov) - 8)
    mdat = box(b"mdat", (seed * (fill // len(seed) + 1))[:fill])
    return ftyp + (moov + mdat if moov_first else mdat + moov)


def phone_film() -> bytes:
    """A MOV as phones write them: places in user data, in keys, and as a track of positions."""
    ftyp = box(b"ftyp", b"qt  ", struct.pack(">I", 0), b"qt  ")
    positions = SECRET * 3
    mdat = box(b"mdat", b"P" * 500, positions, b"S" * 500)
    user_data = box(b"udta", box(b"\xa9xyz", struct.pack(">HH", len(SECRET), 0), SECRET), bytes(4))
    keys = full(
        b"keys", struct.pack(">I", 1), box(b"mdta", b"com.apple.quicktime.location.ISO6709")
    )
    values = box(b"ilst", box(b"\0\0\0\1", box(b"data", bytes(8), SECRET)))
    meta = box(b"meta", full(b"hdlr", bytes(4), b"mdta", bytes(13)), keys, values)
    tables = samples(len(ftyp) + 8 + 500, (len(SECRET),) * 3)
    moov = box(
        b"moov",
        mvhd(8.0),
        track(b"vide", b"hvc1", width=1920, height=1080, seconds=8, matrix=TURNED, more=user_data),
        track(b"soun", b"mp4a", seconds=8),
        track(b"meta", b"mebx", seconds=8, tables=tables),
        user_data,
        meta,
    )
    return ftyp + mdat + moov + box(b"uuid", bytes(16), SECRET, large=True) + box(b"free", SECRET)


def _matrix(values: tuple[int, ...]) -> bytes:
    return struct.pack(">9i", *values)
