"""Pictures made on the spot, with and without what must not leave a machine."""

from __future__ import annotations

import io
import struct
import zlib
from functools import cache
from typing import Any

from PIL import Image, ImageCms, ImageDraw, PngImagePlugin

SECRET = b"Anna-at-home-52.5200N"
"""Stands in every kind of metadata that these pictures carry."""


def scene(width: int = 64, height: int = 48, mode: str = "RGB") -> Image.Image:
    """A picture whose four corners differ: red, green, blue, white (clockwise from top left)."""
    image = Image.new("RGB", (width, height), "gray")
    draw = ImageDraw.Draw(image)
    half_x, half_y = width // 2, height // 2
    draw.rectangle((0, 0, half_x - 1, half_y - 1), fill="red")
    draw.rectangle((half_x, 0, width, half_y - 1), fill="green")
    draw.rectangle((half_x, half_y, width, height), fill="blue")
    draw.rectangle((0, half_y, half_x - 1, height), fill="white")
    return image.convert(mode)


def encode(image: Image.Image, kind: str, **settings: Any) -> bytes:
    """The bytes of a picture in one of Pillow's formats."""
    out = io.BytesIO()
    image.save(out, format=kind, **settings)
    return out.getvalue()


def exif(orientation: int = 1) -> bytes:
    """An EXIF block with a position, a name and an orientation."""
    block = Image.Exif()
    block[0x0112] = orientation
    block[0x010E] = SECRET.decode()
    gps = block.get_ifd(0x8825)
    gps[1], gps[2] = "N", (52.0, 31.0, 12.0)
    gps[29] = SECRET.decode()
    return block.tobytes()


def xmp() -> bytes:
    """An XMP packet with a name in it."""
    return b'<x:xmpmeta xmlns:x="adobe:ns:meta/">' + SECRET + b"</x:xmpmeta>"


@cache
def icc_profile() -> bytes:
    """A colour profile; made once, since it holds the second it was made in."""
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def jpeg_segment(marker: int, body: bytes) -> bytes:
    """One marker segment (T.81 B.1.1.4)."""
    return b"\xff" + bytes([marker]) + struct.pack(">H", len(body) + 2) + body


def jpeg_with_everything(orientation: int = 1, **settings: Any) -> bytes:
    """EXIF, GPS, XMP, IPTC, a comment, content credentials, a profile, and bytes after the end."""
    data = encode(
        scene(), "JPEG", quality=90, exif=exif(orientation), icc_profile=icc_profile(), **settings
    )
    extra = (
        jpeg_segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + xmp())
        + jpeg_segment(0xED, b"Photoshop 3.0\0" + SECRET)
        + jpeg_segment(0xEB, b"JP\0\1" + SECRET)
        + jpeg_segment(0xFE, SECRET)
    )
    return data[:2] + extra + data[2:] + b"\xff\xd8" + SECRET


def png_with_everything(orientation: int = 1) -> bytes:
    """eXIf, text of all three kinds, a time, a profile, a private chunk, bytes after the end."""
    texts = PngImagePlugin.PngInfo()
    texts.add_text("Author", SECRET.decode())
    texts.add_text("Comment", SECRET.decode(), zip=True)
    texts.add_itxt("XML:com.adobe.xmp", xmp().decode())
    texts.add(b"tIME", struct.pack(">HBBBBB", 2026, 11, 20, 12, 0, 0))
    texts.add(b"prVt", SECRET)
    data = encode(
        scene(),
        "PNG",
        pnginfo=texts,
        exif=exif(orientation),
        icc_profile=icc_profile(),
        dpi=(72, 72),
    )
    return data + SECRET


def frames(count: int = 3) -> list[Image.Image]:
    """Frames that differ."""
    return [scene().rotate(90 * number) for number in range(count)]


def animation(kind: str, **settings: Any) -> bytes:
    """An endless animation of three frames of 120 ms."""
    first, *rest = frames()
    return encode(first, kind, save_all=True, append_images=rest, duration=120, loop=0, **settings)


def gif_with_everything() -> bytes:
    """An animation with a comment and an XMP block (its magic trailer included)."""
    data = animation("GIF")
    comment = b"\x21\xfe" + bytes([len(SECRET)]) + SECRET + b"\0"
    trailer = b"\1" + bytes(range(0xFF, -1, -1)) + b"\0"
    application = b"\x21\xff\x0bXMP DataXMP" + xmp() + trailer
    return data[:-1] + comment + application + data[-1:] + SECRET


def webp_with_everything(orientation: int = 1, **settings: Any) -> bytes:
    """EXIF, XMP, a profile, a private chunk, bytes after the end."""
    data = encode(
        scene(), "WEBP", exif=exif(orientation), xmp=xmp(), icc_profile=icc_profile(), **settings
    )
    body = data[8:] + b"prVt" + struct.pack("<I", len(SECRET)) + SECRET + b"\0" * (len(SECRET) % 2)
    return b"RIFF" + struct.pack("<I", len(body)) + body + SECRET


def png_of_size(width: int, height: int) -> bytes:
    """A small file that claims many pixels: one row of zeros, packed."""
    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    row = b"\0" * (1 + (width + 7) // 8)
    packer = zlib.compressobj()
    packed = b"".join(packer.compress(row) for _ in range(height)) + packer.flush()
    chunks = ((b"IHDR", header), (b"IDAT", packed), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        for name, body in chunks
    )


def opened(data: bytes) -> Image.Image:
    """The picture again."""
    return Image.open(io.BytesIO(data))


def corners(image: Image.Image) -> list[str]:
    """The colour names of the four corners, clockwise from top left."""
    names = {"red": (255, 0, 0), "green": (0, 128, 0), "blue": (0, 0, 255), "white": (255,) * 3}
    image = image.convert("RGB")
    right, bottom = image.width - 5, image.height - 5
    found = []
    for place in ((4, 4), (right, 4), (right, bottom), (4, bottom)):
        pixel = image.getpixel(place)
        assert isinstance(pixel, tuple)
        found.append(
            min(names, key=lambda n: sum(abs(a - b) for a, b in zip(names[n], pixel, strict=True)))
        )
    return found
