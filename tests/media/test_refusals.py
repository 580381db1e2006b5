"""What is no picture, or no sound one, is refused with a reason and a way out."""

from __future__ import annotations

import os
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from postflow_desktop.domain.errors import InvalidInput
from postflow_desktop.media.reader import MAX_FILE_BYTES, FileMediaReader
from postflow_desktop.services.ports.media import read_all
from tests.media import pictures


def refusal(path: Path) -> InvalidInput:
    with pytest.raises(InvalidInput) as caught:
        FileMediaReader().read(path, "")
    assert str(path) in caught.value.message
    assert caught.value.fix
    return caught.value


def refused(folder: Path, name: str, data: bytes) -> str:
    path = folder / name
    path.write_bytes(data)
    return refusal(path).code


@pytest.mark.parametrize(
    "data",
    [
        b"Dear Anna, this is a letter.",
        "Grüße aus Köln, ".encode() * 400,
        b"<!doctype html><html><script>alert(1)</script></html>",
        b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"></svg>',
        b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n",
        b"\x7fELF\2\1\1\0" + b"\0" * 60,
        b"MZ\x90\0\3\0\0\0" + b"\0" * 60,
        b"#!/bin/sh\nrm -rf x\n",
        b"PK\3\4" + b"\0" * 60,
        b"\0\0\0\x18ftypmp42" + b"\0" * 60,
    ],
    ids=["text", "umlauts", "html", "svg", "pdf", "elf", "exe", "script", "zip", "video"],
)
@pytest.mark.parametrize("ending", [".jpg", ".PNG"])
def test_something_else_with_the_name_of_a_picture_is_disguised(
    data: bytes, ending: str, tmp_path: Path
) -> None:
    assert refused(tmp_path, f"holiday{ending}", data) == "media_disguised"


@pytest.mark.parametrize("name", ["notes.txt", "setup.exe", "page.html"])
def test_a_picture_with_the_name_of_something_else_is_disguised(name: str, tmp_path: Path) -> None:
    data = pictures.encode(pictures.scene(), "PNG")
    assert refused(tmp_path, name, data) == "media_disguised"


@pytest.mark.parametrize("name", ["renamed.jpg", "renamed.webp", "renamed.HEIC", "without"])
def test_a_renamed_picture_is_taken_as_what_it_is(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(pictures.encode(pictures.scene(), "PNG"))
    assert FileMediaReader().read(path, "")[0].mime == "image/png"


@pytest.mark.parametrize(
    ("name", "make"),
    [
        ("scan.tiff", lambda: pictures.encode(pictures.scene(), "TIFF")),
        ("scan.jpg", lambda: pictures.encode(pictures.scene(), "TIFF")),
        ("old.bmp", lambda: pictures.encode(pictures.scene(), "BMP")),
        ("new.avif", lambda: pictures.encode(pictures.scene(), "AVIF")),
        ("phone.heic", lambda: b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + b"\0" * 40),
        ("phone.jpg", lambda: b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + b"\0" * 40),
        ("logo.svg", lambda: b'<svg xmlns="http://www.w3.org/2000/svg"/>'),
        ("film.mkv", lambda: b"\x1aE\xdf\xa3" + b"\0" * 60),
        ("film.avi", lambda: b"RIFF\0\0\0\0AVI " + b"\0" * 60),
        ("paper.odt", lambda: b"PK\3\4" + b"\0" * 60),
        ("notes.txt", lambda: b"Dear Anna"),
        ("data.bin", lambda: bytes(range(256))),
    ],
)
def test_other_kinds_are_named_and_a_way_out_is_shown(
    name: str, make: Callable[[], bytes], tmp_path: Path
) -> None:
    path = tmp_path / name
    path.write_bytes(make())
    error = refusal(path)
    assert error.code == "media_unsupported"
    assert "JPEG or PNG" in error.fix
    assert "MP4" in error.fix


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "WEBP"])
@pytest.mark.parametrize("share", [0.02, 0.5, 0.98])
def test_a_file_that_was_cut_off_is_unreadable(kind: str, share: float, tmp_path: Path) -> None:
    data = pictures.encode(pictures.scene(), kind)
    short = data[: max(13, int(len(data) * share))]
    assert refused(tmp_path, f"cut.{kind.lower()}", short) == "media_unreadable"


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "WEBP"])
def test_random_damage_never_raises_anything_but_a_refusal(kind: str, tmp_path: Path) -> None:
    data = bytearray(pictures.encode(pictures.scene(), kind))
    path = tmp_path / f"hurt.{kind.lower()}"
    for at in range(8, len(data), max(1, len(data) // 150)):
        hurt = bytearray(data)
        hurt[at] ^= 0xA5
        path.write_bytes(hurt)
        try:
            FileMediaReader().read(path, "")
        except InvalidInput as error:
            assert error.code.startswith("media_")  # noqa: PT017 - both ends are fine


def test_missing_empty_and_odd_files_are_unreadable_with_the_reason(tmp_path: Path) -> None:
    empty = tmp_path / "empty.jpg"
    empty.touch()
    pipe = tmp_path / "pipe.jpg"
    os.mkfifo(pipe)

    assert "no such file" in refusal(tmp_path / "gone.jpg").message
    assert "a folder" in refusal(tmp_path).message
    assert "empty" in refusal(empty).message
    assert "not a file" in refusal(pipe).message
    assert refusal(tmp_path / "nul\0.jpg").code == "media_unreadable"
    assert refusal(tmp_path / ("x" * 300 + ".jpg")).code == "media_unreadable"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_permission_is_unreadable(tmp_path: Path) -> None:
    path = tmp_path / "private.jpg"
    path.write_bytes(pictures.encode(pictures.scene(), "JPEG"))
    path.chmod(0)
    assert "permission" in refusal(path).message


def test_a_broken_picture_of_zeros_is_unreadable(tmp_path: Path) -> None:
    assert refused(tmp_path, "zeros.jpg", b"\0" * 5000) == "media_unreadable"


@pytest.mark.parametrize("side", [7_100, 12_000, 40_000])
def test_a_small_file_with_too_many_pixels_is_refused_before_it_is_decoded(
    side: int, tmp_path: Path
) -> None:
    assert refused(tmp_path, "bomb.png", pictures.png_of_size(side, side)) == "media_too_large"


def test_an_animation_with_too_many_pixels_in_all_is_refused(tmp_path: Path) -> None:
    side = 7_000
    screen = b"GIF89a" + struct.pack("<HHBBB", side, side, 0x80, 0, 0) + b"\0\0\0\xff\xff\xff"
    frame = b"\x2c" + struct.pack("<HHHHB", 0, 0, 1, 1, 0) + b"\2\2\x44\1\0"
    assert refused(tmp_path, "bomb.gif", screen + frame * 30 + b";") == "media_too_large"


def test_a_file_above_the_limit_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "huge.jpg"
    with path.open("wb") as file:
        file.truncate(MAX_FILE_BYTES + 1)
    assert refusal(path).code == "media_too_large"


def test_a_picture_with_a_web_page_behind_it_leaves_that_behind(tmp_path: Path) -> None:
    path = tmp_path / "both.png"
    plain = pictures.encode(pictures.scene(), "PNG")
    path.write_bytes(plain)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("page.html", "<script>alert(1)</script>")

    assert read_all(FileMediaReader().read(path, "")[1]) == plain
