"""Documents are told by their content, counted where that is cheap, and refused with a reason."""

from __future__ import annotations

import hashlib
import io
import struct
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from postflow_desktop.domain.errors import InvalidInput
from postflow_desktop.domain.post import Media, MediaKind
from postflow_desktop.media.papers import title_of
from postflow_desktop.media.reader import FileMediaReader
from postflow_desktop.services.ports.media import read_all
from tests.media import papers

_OFFICE = "application/vnd.openxmlformats-officedocument."


def taken(folder: Path, data: bytes, name: str) -> Media:
    path = folder / name
    path.write_bytes(data)
    media, content = FileMediaReader().read(path, "")
    assert read_all(content) == data
    assert media.sha256 == hashlib.sha256(data).hexdigest()
    return media


def refused(folder: Path, data: bytes, name: str = "paper.pdf") -> InvalidInput:
    with pytest.raises(InvalidInput) as caught:
        taken(folder, data, name)
    assert name in caught.value.message
    assert caught.value.fix
    return caught.value


@pytest.mark.parametrize(
    ("data", "name", "mime", "pages"),
    [
        (papers.pdf(3), "Prices 2026.pdf", "application/pdf", 3),
        (papers.office("docx", pages=7), "a.docx", f"{_OFFICE}wordprocessingml.document", 7),
        (papers.office("docx", pages=None), "a.docx", f"{_OFFICE}wordprocessingml.document", None),
        (papers.office("pptx", pages=9), "a.pptx", f"{_OFFICE}presentationml.presentation", 9),
        (papers.compound("1Table", "WordDocument"), "a.doc", "application/msword", None),
        (
            papers.compound("a", "b", "c", "d", "e", "f", "PowerPoint Document"),
            "a.ppt",
            "application/vnd.ms-powerpoint",
            None,
        ),
    ],
)
def test_documents_are_known_by_their_content(
    data: bytes, name: str, mime: str, pages: int | None, tmp_path: Path
) -> None:
    media = taken(tmp_path, data, name)
    assert (media.kind, media.mime, media.pages) == (MediaKind.DOCUMENT, mime, pages)
    assert media.title == Path(name).stem


def test_pages_are_counted_across_the_windows_in_which_a_file_is_read(tmp_path: Path) -> None:
    far = papers.pdf(120, words="w" * 3_500_000)
    assert taken(tmp_path, far, "far.pdf").pages == 120


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (papers.pdf(encrypted=True), "paper.pdf"),
        (papers.compound("EncryptionInfo", "EncryptedPackage"), "a.docx"),
    ],
)
def test_a_password_is_said_and_asked_to_be_taken_off(
    data: bytes, name: str, tmp_path: Path
) -> None:
    error = refused(tmp_path, data, name)
    assert error.code == "media_protected"
    assert "password" in error.message


def test_words_about_encryption_are_no_encryption(tmp_path: Path) -> None:
    words = "In a trailer one writes /Encrypt 5 0 R"
    assert taken(tmp_path, papers.pdf(1, words=words), "about.pdf").pages == 1


@pytest.mark.parametrize(
    ("data", "name", "code"),
    [
        (papers.pdf()[:200], "paper.pdf", "media_unreadable"),
        (papers.office()[:60], "a.docx", "media_unreadable"),
        (papers.office("odt"), "a.docx", "media_unsupported"),
        (papers.compound("Workbook"), "a.doc", "media_unsupported"),
        (papers.compound("WordDocument")[:300], "a.doc", "media_unreadable"),
        (papers.pdf(), "paper.exe", "media_disguised"),
        (papers.pdf(), "paper.mp4", "media_disguised"),
        (b"#!/bin/sh\n", "paper.pdf", "media_disguised"),
    ],
)
def test_what_is_no_sound_document_is_refused(
    data: bytes, name: str, code: str, tmp_path: Path
) -> None:
    assert refused(tmp_path, data, name).code == code


def test_an_archive_of_countless_parts_is_not_listed(tmp_path: Path) -> None:
    data = bytearray(papers.office())
    struct.pack_into("<H", data, data.rindex(b"PK\5\6") + 10, 60_000)
    assert "more parts" in refused(tmp_path, bytes(data), "a.docx").message


def test_properties_that_blow_up_are_not_unpacked(tmp_path: Path) -> None:
    out = io.BytesIO(papers.office(pages=None))
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("docProps/app.xml", b"<Pages>5</Pages>" + bytes(5_000_000))
    assert taken(tmp_path, out.getvalue(), "bomb.docx").pages is None


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("Prices 2026.pdf", "Prices 2026"),
        ("two\nlines\t.pdf", "two lines"),
        ("Gru\u0308ße.pdf", "Grüße"),
        ("x" * 500 + ".pdf", "x" * 400),
        ("half\udce4.pdf", "half?"),
    ],
)
def test_a_title_is_one_line_of_whole_characters(name: str, title: str) -> None:
    assert title_of(Path(name)) == title


_SOUND = (papers.pdf(2), papers.office(), papers.compound("a", "WordDocument"))


@settings(
    max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.sampled_from(_SOUND),
    st.lists(st.tuples(st.integers(0, 2_000), st.binary(min_size=1, max_size=8)), max_size=6),
    st.integers(8, 4_000),
)
def test_damage_anywhere_ends_in_a_refusal_or_in_the_same_bytes(
    tmp_path: Path, whole: bytes, hurts: list[tuple[int, bytes]], length: int
) -> None:
    data = bytearray(whole)
    for at, some in hurts:
        data[at : at + len(some)] = some
    hurt = bytes(data[:length])
    path = tmp_path / "hurt"
    path.write_bytes(hurt)
    try:
        media, content = FileMediaReader().read(path, "")
    except InvalidInput as error:
        assert error.code.startswith("media_")  # noqa: PT017 - both ends are fine
        return
    if media.kind is MediaKind.DOCUMENT:
        assert read_all(content) == hurt
