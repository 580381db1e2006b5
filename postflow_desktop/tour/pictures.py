"""Pictures for the tour's post: drawn here, so that none has to be shipped."""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path

from postflow_desktop.sandbox.sample_pictures import draw

CAMERA = "Tour Camera"
_MAKER, _PLACE = 0x010F, 0x8825
"""EXIF: who made the camera, and where the picture was taken."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A picture file with what it shows in words."""

    path: Path
    alt: str


def draw_pictures(folder: Path) -> tuple[Drawn, Drawn]:
    """A JPEG with camera data that must not leave, and a PNG."""
    from PIL import Image

    camera = Image.Exif()
    camera[_MAKER] = CAMERA
    camera[_PLACE] = {1: "N", 2: (52.0, 31.0, 12.0), 3: "E", 4: (13.0, 24.0, 36.0)}
    first, second = folder / "shop.jpg", folder / "loaf.png"
    with Image.open(io.BytesIO(draw("shop"))) as picture:
        picture.convert("RGB").save(first, quality=90, exif=camera)
    second.write_bytes(draw("loaf"))
    return (
        Drawn(first, "The shop's front with its striped awning"),
        Drawn(second, "A round loaf on a table"),
    )


def look_alike(one: bytes, other: bytes) -> bool:
    """Whether two picture files show exactly the same pixels."""
    from PIL import Image, ImageChops

    with Image.open(io.BytesIO(one)) as first, Image.open(io.BytesIO(other)) as second:
        if first.size != second.size:
            return False
        left, right = first.convert("RGB"), second.convert("RGB")
        return ImageChops.difference(left, right).getbbox() is None


def has_camera_data(data: bytes) -> bool:
    """Whether a picture file tells about its camera or its place."""
    from PIL import Image

    with Image.open(io.BytesIO(data)) as picture:
        return bool(picture.getexif()) or CAMERA.encode() in data
