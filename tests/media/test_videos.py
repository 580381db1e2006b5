"""What a video file says is read from its boxes; what must not leave is blanked out in place."""

from __future__ import annotations

import hashlib
import struct
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from postflow_desktop.domain.errors import InvalidInput, Refused
from postflow_desktop.domain.post import Media, MediaKind
from postflow_desktop.media.boxes import MAX_BOXES
from postflow_desktop.media.reader import FileMediaReader
from postflow_desktop.services.ports.media import MediaContent, Progress, pieces, read_all
from tests.media import films


def taken(folder: Path, data: bytes, name: str = "film.mp4") -> tuple[Media, MediaContent]:
    path = folder / name
    path.write_bytes(data)
    return FileMediaReader().read(path, "A loaf rises")


def refused(folder: Path, data: bytes, name: str = "film.mp4") -> InvalidInput:
    with pytest.raises(InvalidInput) as caught:
        taken(folder, data, name)
    assert name in caught.value.message
    assert caught.value.fix
    return caught.value


@pytest.mark.parametrize("moov_first", [True, False])
def test_length_size_and_coding_stand_in_the_file(moov_first: bool, tmp_path: Path) -> None:
    data = films.film(seconds=12.5, width=640, height=360, moov_first=moov_first)
    media, content = taken(tmp_path, data)
    assert (media.kind, media.mime) == (MediaKind.VIDEO, "video/mp4")
    assert (media.width, media.height, media.duration) == (640, 360, 12.5)
    assert (media.codec, media.alt) == ("avc1", "A loaf rises")
    assert (media.size, content.size) == (len(data), len(data))
    assert media.sha256 == hashlib.sha256(data).hexdigest()
    assert read_all(content) == data


def test_a_film_of_a_phone_is_upright_and_forgets_where_it_was_made(tmp_path: Path) -> None:
    data = films.phone_film()
    assert data.count(films.SECRET) == 8
    media, content = taken(tmp_path, data, "IMG_1.MOV")
    clean = read_all(content)
    assert (media.mime, media.codec) == ("video/quicktime", "hvc1")
    assert (media.width, media.height, media.duration) == (1080, 1920, 8.0)
    assert films.SECRET not in clean
    assert b"ISO6709" not in clean
    assert len(clean) == len(data)
    assert clean.count(b"P" * 500) == 1
    assert clean.count(b"S" * 500) == 1
    assert hashlib.sha256(clean).hexdigest() == media.sha256


def test_what_was_cleaned_reads_the_same_and_has_nothing_left_to_clean(tmp_path: Path) -> None:
    first, content = taken(tmp_path, films.phone_film(), "one.mov")
    again, _ = taken(tmp_path, read_all(content), "two.mov")
    assert again == first


@pytest.mark.parametrize("size", [1, 7, 64, 1000, 4096])
def test_pieces_of_any_size_are_the_same_bytes(size: int, tmp_path: Path) -> None:
    _, content = taken(tmp_path, films.phone_film(), "a.mov")
    with content.open() as stream:
        assert b"".join(pieces(stream, size)) == read_all(content)


def test_heads_of_64_bits_are_read(tmp_path: Path) -> None:
    video = films.track(b"vide", b"av01", width=320, height=320)
    moov = films.box(b"moov", films.mvhd(7200.25, wide=True), video, large=True)
    mdat = films.box(b"mdat", b"x" * 50, large=True)
    media, _ = taken(tmp_path, films.box(b"ftyp", b"isom", bytes(4)) + mdat + moov)
    assert (media.duration, media.codec) == (7200.25, "av01")


def test_a_last_box_without_a_length_goes_to_the_end(tmp_path: Path) -> None:
    data = films.film()
    at = data.index(b"mdat") - 4
    media, _ = taken(tmp_path, data[:at] + bytes(4) + data[at + 4 :])
    assert media.duration == 12.5


def test_a_film_without_an_own_length_takes_that_of_its_track(tmp_path: Path) -> None:
    video = films.track(b"vide", b"avc1", width=64, height=64, seconds=4.5)
    data = films.box(b"ftyp", b"isom", bytes(4)) + films.box(b"moov", films.mvhd(0), video)
    media, _ = taken(tmp_path, data + films.box(b"mdat", b"x"))
    assert media.duration == 4.5


def test_pieces_of_a_stream_give_their_length_in_one_place(tmp_path: Path) -> None:
    video = films.track(b"vide", b"avc1", width=64, height=64)
    extends = films.box(b"mvex", films.full(b"mehd", struct.pack(">I", 3000)))
    start = films.box(b"ftyp", b"iso5", bytes(4))
    known = films.box(b"moov", films.mvhd(0), video, extends)
    unknown = films.box(b"moov", films.mvhd(0), video, films.box(b"mvex"))
    rest = films.box(b"moof") + films.box(b"mdat", b"x")
    assert taken(tmp_path, start + known + rest)[0].duration == 3.0
    assert refused(tmp_path, start + unknown + rest).code == "media_unsupported"


@pytest.mark.parametrize(
    ("data", "code", "words"),
    [
        (films.film()[:200], "media_unreadable", "cut off"),
        (films.film()[:-10], "media_unreadable", "cut off"),
        (films.film(moov_first=False)[:400], "media_unreadable", ""),
        (films.box(b"ftyp", b"isom") + films.box(b"mdat", b"x"), "media_unreadable", "index"),
        (films.box(b"ftyp", b"isom") + films.box(b"moov"), "media_unreadable", "only their index"),
        (films.film(codec=b"encv"), "media_protected", "protected"),
        (films.film(width=0), "media_unreadable", "size"),
        (films.film(seconds=90_000), "media_unreadable", "length"),
        (films.film().replace(b"vide", b"soun"), "media_unsupported", "sound"),
        (films.film().replace(b"mvhd", b"free"), "media_unreadable", "head"),
    ],
)
def test_what_is_no_sound_video_is_refused_with_the_reason(
    data: bytes, code: str, words: str, tmp_path: Path
) -> None:
    error = refused(tmp_path, data)
    assert error.code == code
    assert words in error.message


def test_a_time_scale_of_zero_divides_nothing(tmp_path: Path) -> None:
    moov = films.box(b"moov", films.mvhd(0, 0), films.track(b"vide", b"avc1", width=64, height=64))
    data = films.box(b"ftyp", b"isom", bytes(4)) + moov + films.box(b"mdat", b"x")
    assert refused(tmp_path, data).code == "media_unsupported"


def test_millions_of_boxes_end_soon(tmp_path: Path) -> None:
    many = films.box(b"free") * (MAX_BOXES + 5)
    assert "more parts" in refused(tmp_path, films.box(b"ftyp", b"isom") + many).message


def test_a_table_that_claims_billions_of_samples_is_refused(tmp_path: Path) -> None:
    table = films.full(b"stsz", struct.pack(">II", 1, 0xFFFF_FFFF))
    more = films.track(b"meta", b"gpmd", tables=table)
    assert refused(tmp_path, films.film(more=more)).code == "media_unreadable"


def test_positions_that_point_beside_the_data_blank_nothing_else(tmp_path: Path) -> None:
    more = films.track(b"meta", b"gpmd", tables=films.samples(0, (8, 8)))
    _, content = taken(tmp_path, films.film(more=more))
    assert read_all(content).startswith(b"\0\0\0\x18ftyp") or read_all(content)[4:8] == b"ftyp"


@pytest.mark.parametrize("name", ["film.jpg", "film.pdf", "film.txt", "film.exe"])
def test_a_video_with_the_name_of_something_else_is_disguised(name: str, tmp_path: Path) -> None:
    assert refused(tmp_path, films.film(), name).code == "media_disguised"


def test_a_program_with_the_name_of_a_video_is_disguised(tmp_path: Path) -> None:
    assert refused(tmp_path, b"MZ\x90\0\3\0\0\0" + b"\0" * 60).code == "media_disguised"


def test_a_file_that_grows_or_changes_meanwhile_is_noticed(tmp_path: Path) -> None:
    _, content = taken(tmp_path, films.film(seed=b"one"))
    (tmp_path / "film.mp4").write_bytes(films.film(seed=b"two"))
    with pytest.raises(InvalidInput) as caught:
        read_all(content)
    assert caught.value.code == "media_changed"
    (tmp_path / "film.mp4").unlink()
    with pytest.raises(InvalidInput) as caught:
        read_all(content)
    assert caught.value.code == "media_unreadable"


def test_reading_can_be_watched_and_stopped(tmp_path: Path) -> None:
    path = tmp_path / "film.mp4"
    path.write_bytes(films.film(size=3_000_000))
    progress = Progress()
    FileMediaReader().read(path, "", progress)
    assert progress.done == progress.total == path.stat().st_size
    progress.stop()
    with pytest.raises(Refused) as caught:
        FileMediaReader().read(path, "", progress)
    assert caught.value.code == "stopped"


_WHOLE = films.phone_film()


@settings(
    max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.lists(
        st.tuples(st.integers(0, len(_WHOLE) - 1), st.binary(min_size=1, max_size=8)), max_size=6
    ),
    st.integers(0, len(_WHOLE)),
)
def test_damage_anywhere_ends_in_a_refusal_or_the_same_number_of_bytes(
    tmp_path: Path, hurts: list[tuple[int, bytes]], length: int
) -> None:
    data = bytearray(_WHOLE)
    for at, some in hurts:
        data[at : at + len(some)] = some
    hurt = bytes(data[: max(16, length)])
    path = tmp_path / "hurt.mov"
    path.write_bytes(hurt)
    try:
        media, content = FileMediaReader().read(path, "")
    except InvalidInput as error:
        assert error.code.startswith("media_")  # noqa: PT017 - both ends are fine
        return
    assert len(read_all(content)) == media.size == len(hurt)
