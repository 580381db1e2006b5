"""Pictures of link cards: from a page's bytes to what every network with cards takes (Pillow)."""

from __future__ import annotations

import hashlib
import io

from postflow_desktop.domain.errors import InvalidInput
from postflow_desktop.domain.post import Media, MediaKind
from postflow_desktop.media.kinds import MIME, FileKind, kind_of
from postflow_desktop.media.stripping import BrokenContainerError, strip

MAX_CARD_BYTES = 1_000_000
"""`app.bsky.embed.external#external.thumb` (lexicon of 2026-08-20); LinkedIn takes more."""
_MAX_SIDE = 1_200
"""Wider cards are shown nowhere."""
_KEPT = frozenset({FileKind.JPEG, FileKind.PNG})
_QUALITIES = (85, 75, 60, 45)
_HEAD_BYTES = 4_096


class CardPictureReader:
    """CardPictures port; Pillow is imported with the first picture."""

    def read(self, data: bytes) -> tuple[Media, bytes]:
        """JPEG or PNG without metadata, upright, 1,000,000 bytes and 1,200 pixels a side at most.

        InvalidInput: `media_unreadable`, `media_unsupported`, `media_too_large` (pixels).
        """
        kind = kind_of(data[:_HEAD_BYTES])
        if kind not in MIME:
            raise InvalidInput(
                f"The picture of the page is of a kind that PostFlow does not take ({kind}).",
                code="media_unsupported",
                fix="The card goes out without a picture.",
            )
        from postflow_desktop.media import pixels

        try:
            return _fitting(kind, data)
        except pixels.TooManyPixelsError as error:
            raise InvalidInput(
                "The picture of the page has more pixels than PostFlow takes (50 million).",
                code="media_too_large",
                fix="The card goes out without a picture.",
            ) from error
        except (BrokenContainerError, pixels.BrokenPictureError) as error:
            raise InvalidInput(
                "The picture of the page is damaged or cut off.",
                code="media_unreadable",
                fix="The card goes out without a picture.",
            ) from error


def _fitting(kind: FileKind, data: bytes) -> tuple[Media, bytes]:
    from postflow_desktop.media import pixels

    stripped = strip(kind, data)
    size = pixels.check(kind, stripped.data)
    turn = pixels.orientation(stripped.exif)
    small = max(size.width, size.height) <= _MAX_SIDE and len(stripped.data) <= MAX_CARD_BYTES
    if kind in _KEPT and small and turn == 1:
        return _media(kind, stripped.data, size.width, size.height), stripped.data
    upright = stripped.data if turn == 1 else pixels.turn_upright(kind, stripped.data, turn)
    return _encoded(kind, upright)


def _encoded(kind: FileKind, data: bytes) -> tuple[Media, bytes]:
    """As JPEG on white, as small as it has to be; the first frame of an animation."""
    from PIL import Image

    from postflow_desktop.media import pixels

    with pixels.opened(kind, data) as image:
        image.draft("RGB", (_MAX_SIDE, _MAX_SIDE))
        whole = image.convert("RGBA")
        whole.thumbnail((_MAX_SIDE, _MAX_SIDE), Image.Resampling.LANCZOS)
        flat = Image.new("RGB", whole.size, "white")
        flat.paste(whole, mask=whole.getchannel("A"))
    side = _MAX_SIDE
    while True:
        for quality in _QUALITIES:
            out = io.BytesIO()
            flat.save(out, "JPEG", quality=quality, optimize=True)
            if out.tell() <= MAX_CARD_BYTES:
                clean = strip(FileKind.JPEG, out.getvalue()).data
                return _media(FileKind.JPEG, clean, flat.width, flat.height), clean
        side //= 2
        flat.thumbnail((side, side), Image.Resampling.LANCZOS)


def _media(kind: FileKind, data: bytes, width: int, height: int) -> Media:
    return Media(
        kind=MediaKind.IMAGE,
        sha256=hashlib.sha256(data).hexdigest(),
        mime=MIME[kind],
        size=len(data),
        width=width,
        height=height,
    )
