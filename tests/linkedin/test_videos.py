"""Videos go to LinkedIn in the parts it asks for, documents in one; both are waited for."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from postflow_desktop.domain.outcome import OutcomeKind
from postflow_desktop.domain.post import Media
from postflow_desktop.domain.validation import problems
from postflow_desktop.platforms.linkedin.limits import RULES
from postflow_desktop.platforms.linkedin.parts import MAX_PART_BYTES, Part, upload_parts
from postflow_desktop.sandbox.linkedin_uploads import PART_BYTES
from postflow_desktop.services.ports.publisher import PrepareFailed
from tests.kit.films import pretending, read_item
from tests.kit.witness import WitnessedSandbox
from tests.linkedin.world import Seat, send
from tests.media import films, papers

_BIG = films.film(size=PART_BYTES * 2 + 300_000, seed=b"bread rises ")


def taken(seat: Seat, folder: Path, name: str, data: bytes) -> Media:
    media, sent = read_item(folder, name, data)
    return seat.pictures.keep(media, sent)


def bodies(sandbox: WitnessedSandbox, action: str) -> list[dict[str, Any]]:
    return [
        json.loads(one.call.body)
        for one in sandbox.exchanges
        if one.call.query.get("action") == action
    ]


def failed(seat: Seat, media: Media) -> PrepareFailed:
    with pytest.raises(PrepareFailed) as caught:
        seat.wire("See this", media)
    assert caught.value.outcome.message
    assert caught.value.outcome.fix
    return caught.value


def test_a_video_goes_in_the_parts_that_were_asked_for(
    organization: Seat, sandbox: WitnessedSandbox, tmp_path: Path
) -> None:
    item = taken(organization, tmp_path, "film.mp4", _BIG)
    outcome = organization.post("A film", item)
    assert outcome.kind is OutcomeKind.PUBLISHED
    assert outcome.result is not None
    assert outcome.result.external_id.startswith("urn:li:ugcPost:")
    puts = [one for one in sandbox.exchanges if one.call.method == "PUT"]
    assert [len(one.call.body) for one in puts] == [
        PART_BYTES,
        PART_BYTES,
        item.size - 2 * PART_BYTES,
    ]
    assert not any("authorization" in one.call.headers for one in puts)
    marks = [one.answer.headers["ETag"].strip('"') for one in puts if one.answer is not None]
    (final,) = bodies(sandbox, "finalizeUpload")
    assert final["finalizeUploadRequest"]["uploadedPartIds"] == marks
    assert organization.pictures.waits == [1.0]
    ((address,),) = (post.films for post in sandbox.linkedin.posts())
    assert httpx.get(f"{sandbox.url}{address}").content == organization.pictures.bytes[item.sha256]


def test_who_may_not_ask_waits_a_while_and_asks_for_another_try(
    person: Seat, sandbox: WitnessedSandbox, tmp_path: Path
) -> None:
    item = taken(person, tmp_path, "film.mp4", _BIG)
    wire = person.wire("A film", item)
    assert sum(person.pictures.waits) >= 1.0
    assert len(bodies(sandbox, "finalizeUpload")) == 1
    assert send(person.publisher, person.session, wire).kind in {
        OutcomeKind.PUBLISHED,
        OutcomeKind.REJECTED_FOR_NOW,
    }


def test_a_document_keeps_its_name_and_its_bytes(
    organization: Seat, sandbox: WitnessedSandbox, tmp_path: Path
) -> None:
    data = papers.pdf(12, words="w" * 3_000_000)
    item = taken(organization, tmp_path, "Prices <2026>.pdf", data)
    assert organization.post("Our prices", item).kind is OutcomeKind.PUBLISHED
    (put,) = [one for one in sandbox.exchanges if one.call.method == "PUT"]
    assert put.call.headers["content-length"] == str(len(data))
    assert put.call.headers["authorization"].startswith("Bearer ")
    (((address, title),),) = (post.papers for post in sandbox.linkedin.posts())
    assert title == "Prices <2026>"
    answer = httpx.get(f"{sandbox.url}{address}")
    assert answer.content == data
    assert answer.headers["content-disposition"] == "attachment"
    assert "Prices &lt;2026&gt;" in httpx.get(sandbox.url).text


def test_a_post_with_a_film_is_found_again(organization: Seat, tmp_path: Path) -> None:
    wire = organization.wire("Only once", taken(organization, tmp_path, "film.mp4", _BIG))
    assert send(organization.publisher, organization.session, wire).kind is OutcomeKind.PUBLISHED
    found = organization.publisher.find(organization.session, wire)
    assert found.result is not None
    bare = organization.wire("Only once")
    assert organization.publisher.find(organization.session, bare).result is None


@pytest.mark.parametrize(
    ("name", "data", "code", "fix"),
    [
        ("film.mp4", films.film(seconds=2000, size=90_000, seed=b"1"), "video_refused", "H.264"),
        ("paper.pdf", papers.pdf(2), "document_refused", "PDF"),
    ],
)
def test_what_linkedin_can_not_use_is_said_with_a_way_out(
    organization: Seat, name: str, data: bytes, code: str, fix: str, tmp_path: Path
) -> None:
    item = taken(organization, tmp_path, name, data)
    if name.endswith("pdf"):
        organization.pictures.bytes[item.sha256] = b"something else"
    outcome = failed(organization, pretending(item, duration=10.0)).outcome
    assert (outcome.kind, outcome.code) == (OutcomeKind.REJECTED, code)
    assert "not supported" in outcome.message
    assert fix in outcome.fix


def test_a_video_that_linkedin_forgot_needs_a_new_wire_form(
    organization: Seat, sandbox: WitnessedSandbox, tmp_path: Path
) -> None:
    item = taken(organization, tmp_path, "film.mp4", _BIG)
    del organization.pictures.bytes[item.sha256]
    assert failed(organization, item).outcome.code == "media_missing"
    assert bodies(sandbox, "initializeUpload") == []


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"mime": "video/quicktime"}, "video_type"),
        ({"size": 74_999}, "video_too_small"),
        ({"size": 500_000_001}, "video_too_big"),
        ({"duration": 2.9}, "video_too_short"),
        ({"duration": 1800.5}, "video_too_long"),
        ({}, None),
    ],
)
def test_what_linkedin_would_refuse_of_a_video(
    changes: dict[str, object], code: str | None, tmp_path: Path
) -> None:
    item, _ = read_item(tmp_path, "film.mp4", films.film(size=80_000))
    found = problems(RULES, "", [pretending(item, **changes)])
    assert [problem.code for problem in found] == ([] if code is None else [code])
    assert all(problem.message and problem.fix for problem in found)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"pages": 301}, "document_too_long"),
        ({"size": 100_000_001}, "document_too_big"),
        ({"title": " "}, "document_title"),
        ({"title": "x" * 401}, "document_title"),
        ({"mime": "application/zip"}, "document_type"),
        ({}, None),
    ],
)
def test_what_linkedin_would_refuse_of_a_document(
    changes: dict[str, object], code: str | None, tmp_path: Path
) -> None:
    item, _ = read_item(tmp_path, "paper.pdf", papers.pdf())
    found = problems(RULES, "", [pretending(item, **changes)])
    assert [problem.code for problem in found] == ([] if code is None else [code])
    assert all(problem.message and problem.fix for problem in found)


def test_a_document_stands_alone(organization: Seat, tmp_path: Path) -> None:
    item, _ = read_item(tmp_path, "paper.pdf", papers.pdf())
    picture = organization.pictures.add("red")
    assert [p.code for p in problems(RULES, "", [item, picture])] == ["mixed_media"]


def _instruction(first: object, last: object) -> dict[str, object]:
    return {"uploadUrl": f"https://www.linkedin.com/{first}", "firstByte": first, "lastByte": last}


@pytest.mark.parametrize(
    "instructions",
    [
        [],
        [_instruction(0, 8)],
        [_instruction(1, 9)],
        [_instruction(0, 4), _instruction(4, 9)],
        [_instruction(0, 4), _instruction(6, 9)],
        [_instruction(0, 10)],
        [_instruction(0, "9")],
        [_instruction("0", 9)],
        [_instruction(0, -1), _instruction(0, 9)],
        ["nonsense", 7],
    ],
)
def test_instructions_that_do_not_cover_the_file_once_are_not_followed(
    instructions: list[object],
) -> None:
    assert upload_parts({"uploadInstructions": instructions}, 10) is None


def test_instructions_are_followed_in_the_order_of_the_file() -> None:
    value = {"uploadInstructions": [_instruction(4, 9), _instruction(0, 3)]}
    assert upload_parts(value, 10) == [
        Part("https://www.linkedin.com/0", 4),
        Part("https://www.linkedin.com/4", 6),
    ]
    huge = {"uploadInstructions": [_instruction(0, MAX_PART_BYTES)]}
    assert upload_parts(huge, MAX_PART_BYTES + 1) is None
