"""Nothing but the picture leaves the machine."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import ImageChops, ImageSequence

from postflow_desktop.domain.post import MediaKind
from postflow_desktop.media.reader import FileMediaReader
from postflow_desktop.services.ports.media import read_all
from tests.media import pictures

WITH_EVERYTHING: dict[str, Callable[[], bytes]] = {
    "photo.jpg": pictures.jpeg_with_everything,
    "progressive.jpg": lambda: pictures.jpeg_with_everything(progressive=True),
    "drawing.png": pictures.png_with_everything,
    "moving.gif": pictures.gif_with_everything,
    "small.webp": pictures.webp_with_everything,
    "exact.webp": lambda: pictures.webp_with_everything(lossless=True),
}
WITHOUT: dict[str, Callable[[], bytes]] = {
    "photo.jpg": lambda: pictures.encode(pictures.scene(), "JPEG", quality=83),
    "restart.jpg": lambda: pictures.encode(pictures.scene(), "JPEG", restart_marker_rows=1),
    "press.jpg": lambda: pictures.encode(pictures.scene(mode="CMYK"), "JPEG"),
    "gray.jpg": lambda: pictures.encode(
        pictures.scene(mode="L"), "JPEG", progressive=True, icc_profile=pictures.icc_profile()
    ),
    "drawing.png": lambda: pictures.encode(pictures.scene(mode="P"), "PNG"),
    "moving.png": lambda: pictures.animation("PNG"),
    "moving.gif": lambda: pictures.animation("GIF"),
    "still.gif": lambda: pictures.encode(pictures.scene(mode="P"), "GIF"),
    "small.webp": lambda: pictures.encode(pictures.scene(), "WEBP"),
    "moving.webp": lambda: pictures.animation("WEBP"),
}


def read(folder: Path, name: str, data: bytes) -> bytes:
    path = folder / name
    path.write_bytes(data)
    return read_all(FileMediaReader().read(path, "")[1])


@pytest.mark.parametrize("name", WITH_EVERYTHING)
def test_every_kind_of_metadata_is_gone(name: str, tmp_path: Path) -> None:
    original = WITH_EVERYTHING[name]()
    assert pictures.SECRET in original

    clean = read(tmp_path, name, original)

    for trace in (pictures.SECRET, b"xmpmeta", b"Photoshop", b"Exif", b"EXIF", b"tEXt", b"prVt"):
        assert trace not in clean
    image = pictures.opened(clean)
    assert dict(image.getexif()) == {}
    assert not {"exif", "xmp", "comment", "Author", "Comment", "photoshop"} & image.info.keys()


@pytest.mark.parametrize("name", WITH_EVERYTHING)
def test_not_one_pixel_changes_when_metadata_goes(name: str, tmp_path: Path) -> None:
    original = WITH_EVERYTHING[name]()
    before = list(ImageSequence.all_frames(pictures.opened(original)))
    after = list(ImageSequence.all_frames(pictures.opened(read(tmp_path, name, original))))

    assert len(before) == len(after)
    for one, other in zip(before, after, strict=True):
        assert ImageChops.difference(one.convert("RGB"), other.convert("RGB")).getbbox() is None


@pytest.mark.parametrize("name", sorted(set(WITH_EVERYTHING) - {"moving.gif"}))
def test_the_colour_profile_stays(name: str, tmp_path: Path) -> None:
    clean = read(tmp_path, name, WITH_EVERYTHING[name]())
    assert pictures.opened(clean).info["icc_profile"] == pictures.icc_profile()


@pytest.mark.parametrize("name", WITHOUT)
def test_a_file_without_metadata_stays_as_it_is_to_the_byte(name: str, tmp_path: Path) -> None:
    original = WITHOUT[name]()
    assert read(tmp_path, name, original) == original


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG"])
def test_an_animation_goes_on_moving(kind: str, tmp_path: Path) -> None:
    settings = {} if kind == "GIF" else {"exif": pictures.exif(6)}
    original = pictures.animation(kind, **settings)

    image = pictures.opened(read(tmp_path, f"moving.{kind.lower()}", original))

    assert getattr(image, "n_frames", 1) == 3
    assert image.info["loop"] == 0
    for frame in ImageSequence.Iterator(image):
        frame.load()
        assert frame.info["duration"] == 120


def test_the_description_speaks_of_the_bytes_that_will_be_sent(tmp_path: Path) -> None:
    path = tmp_path / "photo.jpg"
    path.write_bytes(pictures.jpeg_with_everything())

    media, content = FileMediaReader().read(path, "Bread on a shelf")
    data = read_all(content)

    assert media.kind is MediaKind.IMAGE
    assert media.sha256 == hashlib.sha256(data).hexdigest()
    assert (media.mime, media.size) == ("image/jpeg", len(data))
    assert (media.width, media.height, media.alt) == (64, 48, "Bread on a shelf")
    assert media.duration is None


def test_reading_a_clean_file_again_gives_the_same_bytes(tmp_path: Path) -> None:
    once = read(tmp_path, "a.jpg", pictures.jpeg_with_everything(orientation=6))
    assert read(tmp_path, "b.jpg", once) == once
