"""What needs a decoder: checking that a picture is whole, and turning it upright (Pillow)."""

from __future__ import annotations

import io
import struct
import warnings
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from PIL import Image, ImageFile, ImageSequence, JpegImagePlugin

from postflow_desktop.media.kinds import FileKind
from postflow_desktop.media.stripping import is_lossless_webp

MAX_PIXELS = 50_000_000
"""Above every camera sold as such; a decoder needs four bytes for each."""
MAX_ANIMATION_PIXELS = 1_000_000_000
"""All frames together: what decodes in seconds."""

_PILLOW_NAMES = {FileKind.WEBP: "WEBP"}
_ORIENTATION = 0x0112
"""EXIF tag (CIPA DC-008, 4.6.4.A); 1 is upright, 2 to 8 are turned or mirrored."""
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_BROKEN = (OSError, SyntaxError, ValueError, EOFError, IndexError, struct.error, zlib.error)
"""What Pillow's decoders raise for files that are not what they say."""


class BrokenPictureError(Exception):
    """The pixels can't be decoded."""


class TooManyPixelsError(Exception):
    """The picture would need more memory or time than it is worth."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """Width and height in pixels, upright."""

    width: int
    height: int
    frames: int = 1


def check(kind: FileKind, data: bytes) -> Size:
    """Decode every frame once, in little memory; BrokenPictureError, TooManyPixelsError."""
    with opened(kind, data) as image:
        frames = getattr(image, "n_frames", 1)
        size = Size(width=image.width, height=image.height, frames=frames)
        if isinstance(image, JpegImagePlugin.JpegImageFile):
            # An eighth of the size reads every byte of the file all the same.
            image.draft(None, (max(1, size.width // 8), max(1, size.height // 8)))
        for frame in ImageSequence.Iterator(image):
            frame.load()
        return size


def orientation(exif: bytes) -> int:
    """How the picture has to be turned, 1 to 8; 1 where the block is missing or damaged."""
    if not exif:
        return 1
    block = Image.Exif()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            block.load(exif)
        found = block.get(_ORIENTATION, 1)
    except _BROKEN:
        return 1
    return found if isinstance(found, int) and found in _UPRIGHT else 1


def turn_upright(kind: FileKind, data: bytes, how: int) -> bytes:
    """Encode the picture again, turned; quality and colours as near as the format allows.

    Animations come back as they are: viewers don't turn them.
    """
    with opened(kind, data) as image:
        if getattr(image, "is_animated", False):
            return data
        settings = _encoder_settings(image, data)
        out = io.BytesIO()
        image.transpose(_UPRIGHT[how]).save(out, format=_pillow_name(kind), **settings)
        return out.getvalue()


def _encoder_settings(image: ImageFile.ImageFile, data: bytes) -> dict[str, Any]:
    settings: dict[str, Any] = {"icc_profile": image.info.get("icc_profile")}
    if isinstance(image, JpegImagePlugin.JpegImageFile):
        sampling = JpegImagePlugin.get_sampling(image)
        settings |= {"qtables": image.quantization, "progressive": "progressive" in image.info}
        settings |= {"subsampling": sampling} if sampling >= 0 else {}
    if image.format == "WEBP":
        settings |= {"lossless": is_lossless_webp(data), "quality": 95, "exact": True}
    return settings


def _pillow_name(kind: FileKind) -> str:
    return _PILLOW_NAMES.get(kind, kind.value)


@contextmanager
def opened(kind: FileKind, data: bytes) -> Iterator[ImageFile.ImageFile]:
    """The opened picture, within the limits, with Pillow's warnings as errors."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            image = Image.open(io.BytesIO(data), formats=[_pillow_name(kind)])
        with image:
            if not _is_within_limits(image):
                raise TooManyPixelsError
            yield image
    except (Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
        raise TooManyPixelsError from error
    except _BROKEN as error:
        raise BrokenPictureError from error


def _is_within_limits(image: ImageFile.ImageFile) -> bool:
    pixels = image.width * image.height
    return pixels <= MAX_PIXELS and pixels * getattr(image, "n_frames", 1) <= MAX_ANIMATION_PIXELS
