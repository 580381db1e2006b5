"""Pictures lie as they were seen, in the pixels and not in a tag."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import ImageOps, JpegImagePlugin

from postflow_desktop.media.reader import FileMediaReader
from postflow_desktop.services.ports.media import read_all
from tests.media import pictures

KINDS: dict[str, Callable[[int], bytes]] = {
    "photo.jpg": pictures.jpeg_with_everything,
    "drawing.png": pictures.png_with_everything,
    "small.webp": pictures.webp_with_everything,
}


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("name", KINDS)
def test_a_turned_picture_comes_out_upright(name: str, orientation: int, tmp_path: Path) -> None:
    original = KINDS[name](orientation)
    path = tmp_path / name
    path.write_bytes(original)
    expected = ImageOps.exif_transpose(pictures.opened(original))

    media, content = FileMediaReader().read(path, "")
    data = read_all(content)

    image = pictures.opened(data)
    assert pictures.corners(image) == pictures.corners(expected)
    assert (media.width, media.height) == image.size == expected.size
    assert pictures.SECRET not in data
    assert dict(image.getexif()) == {}
    assert image.info["icc_profile"] == pictures.icc_profile()


def test_turning_keeps_the_quality_of_a_jpeg(tmp_path: Path) -> None:
    path = tmp_path / "photo.jpg"
    original = pictures.jpeg_with_everything(6, subsampling=0)
    path.write_bytes(original)

    _, content = FileMediaReader().read(path, "")
    data = read_all(content)

    before, after = pictures.opened(original), pictures.opened(data)
    assert isinstance(before, JpegImagePlugin.JpegImageFile)
    assert isinstance(after, JpegImagePlugin.JpegImageFile)
    assert after.quantization == before.quantization
    assert JpegImagePlugin.get_sampling(after) == 0


def test_a_lossless_webp_is_turned_without_loss(tmp_path: Path) -> None:
    path = tmp_path / "exact.webp"
    original = pictures.webp_with_everything(3, lossless=True)
    path.write_bytes(original)

    _, content = FileMediaReader().read(path, "")
    data = read_all(content)

    turned = ImageOps.exif_transpose(pictures.opened(original)).convert("RGB")
    assert pictures.opened(data).convert("RGB").tobytes() == turned.tobytes()


def test_a_damaged_exif_block_counts_as_upright(tmp_path: Path) -> None:
    plain = pictures.encode(pictures.scene(), "JPEG")
    path = tmp_path / "photo.jpg"
    path.write_bytes(plain[:2] + pictures.jpeg_segment(0xE1, b"Exif\0\0II*\0\xff\xff") + plain[2:])

    assert read_all(FileMediaReader().read(path, "")[1]) == plain
