"""Videos and GIFs go to X in pieces, are waited for, and are uploaded once."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import httpx
import pytest

from postflow_desktop.domain.errors import NotFound
from postflow_desktop.domain.outcome import OutcomeKind
from postflow_desktop.domain.post import Media
from postflow_desktop.domain.validation import problems
from postflow_desktop.platforms.x.api import read_reply
from postflow_desktop.platforms.x.limits import RULES
from postflow_desktop.platforms.x.uploading import LONGEST_WAIT, VIDEO_PIECE_BYTES, _pause
from postflow_desktop.sandbox import x_processing as processing
from postflow_desktop.services.ports.media import HeldStream, MediaStream
from postflow_desktop.services.ports.publisher import PrepareFailed
from tests.kit.films import pretending, read_item
from tests.kit.witness import WitnessedSandbox
from tests.media import films, pictures
from tests.x.world import Seat, payload, send

_BIG = films.film(size=VIDEO_PIECE_BYTES * 2 + 500_000, seed=b"bread rises ")


def film(seat: Seat, folder: Path, data: bytes = _BIG, name: str = "film.mp4") -> Media:
    media, sent = read_item(folder, name, data)
    return seat.pictures.keep(media, sent)


def calls(sandbox: WitnessedSandbox, end: str) -> int:
    return sum(1 for one in sandbox.exchanges if one.call.path.endswith(end))


def failed(seat: Seat, *media: Media) -> PrepareFailed:
    with pytest.raises(PrepareFailed) as caught:
        seat.wire("A film", *media)
    assert caught.value.outcome.message
    assert caught.value.outcome.fix
    return caught.value


def test_a_video_goes_in_pieces_and_is_waited_for(
    seat: Seat, sandbox: WitnessedSandbox, tmp_path: Path
) -> None:
    item = film(seat, tmp_path)
    assert seat.post("A film", item).kind is OutcomeKind.PUBLISHED
    assert calls(sandbox, "/append") == 3
    sizes = [len(one.call.body) for one in sandbox.exchanges if one.call.path.endswith("/append")]
    assert max(sizes) < VIDEO_PIECE_BYTES + 1000
    asked = [one.call.query for one in sandbox.exchanges if one.call.query.get("command")]
    assert [query["command"] for query in asked] == ["STATUS", "STATUS"]
    assert seat.pictures.waits == [1.0]
    (shown,) = sandbox.x.posts()
    assert shown.pictures == ()
    (address,) = shown.films
    answer = httpx.get(f"{sandbox.url}{address}")
    assert answer.content == seat.pictures.bytes[item.sha256]
    assert answer.headers["content-type"] == "video/mp4"
    assert f'<video controls preload="metadata" src="{address}">' in httpx.get(sandbox.url).text


def test_a_mov_of_a_phone_arrives_without_its_places(
    seat: Seat, sandbox: WitnessedSandbox, tmp_path: Path
) -> None:
    item = film(seat, tmp_path, films.phone_film().replace(b"hvc1", b"avc1"), "IMG_1.MOV")
    assert item.mime == "video/quicktime"
    assert seat.post("", item).kind is OutcomeKind.PUBLISHED
    ((address,),) = (post.films for post in sandbox.x.posts())
    assert films.SECRET not in httpx.get(f"{sandbox.url}{address}").content


def test_a_gif_is_one_of_its_own_kind_and_described(
    seat: Seat, sandbox: WitnessedSandbox, tmp_path: Path
) -> None:
    frames = [pictures.scene(), pictures.scene().rotate(90)]
    data = pictures.encode(frames[0], "GIF", save_all=True, append_images=frames[1:], loop=0)
    media, sent = read_item(tmp_path, "turn.gif", data)
    item = seat.pictures.keep(pretending(media, alt="It turns"), sent)
    assert (item.frames, problems(RULES, "", [item])) == (2, [])
    assert seat.post("", item).kind is OutcomeKind.PUBLISHED
    begun = [json.loads(one.call.body) for one in sandbox.exchanges if "initialize" in one.place]
    assert [one["media_category"] for one in begun] == ["tweet_gif"]
    ((shown,),) = (post.pictures for post in sandbox.x.posts())
    assert shown[1] == "It turns"


def test_a_video_is_found_again_by_its_words(seat: Seat, tmp_path: Path) -> None:
    wire = seat.wire("Only once", film(seat, tmp_path))
    assert send(seat.publisher, seat.session, wire).kind is OutcomeKind.PUBLISHED
    assert seat.publisher.find(seat.session, wire).result is not None


def test_another_try_goes_on_with_what_x_has_already(
    seat: Seat, sandbox: WitnessedSandbox, tmp_path: Path
) -> None:
    item = film(seat, tmp_path)
    first, second = seat.wire("A film", item), seat.wire("A film", item)
    assert calls(sandbox, "/initialize") == 1
    assert json.loads(first)["body"] == json.loads(second)["body"]


def test_an_upload_that_x_forgot_is_made_again(
    seat: Seat, sandbox: WitnessedSandbox, tmp_path: Path
) -> None:
    item = film(seat, tmp_path)
    wire = seat.wire("A film", item)
    sandbox.x.forget_media()
    outcome = send(seat.publisher, seat.session, wire)
    assert (outcome.code, outcome.new_wire) == ("media_expired", True)
    again = send(seat.publisher, seat.session, seat.wire("A film", item))
    assert again.kind is OutcomeKind.PUBLISHED
    assert calls(sandbox, "/initialize") == 2


def test_what_x_can_not_use_is_refused_with_a_way_out(seat: Seat, tmp_path: Path) -> None:
    coded = film(seat, tmp_path, films.film(codec=b"hvc1", seed=b"1"))
    assert failed(seat, coded).outcome.code == "video_codec"
    hidden = pretending(coded, codec="avc1")
    outcome = failed(seat, hidden).outcome
    assert (outcome.code, outcome.kind) == ("video_refused", OutcomeKind.REJECTED)
    assert "Unsupported video format" in outcome.message
    assert "H.264" in outcome.fix


def test_a_video_that_the_account_may_not_post_has_a_sentence_of_its_own(
    seat: Seat, tmp_path: Path
) -> None:
    long = film(seat, tmp_path, films.film(seconds=1500, seed=b"2"))
    assert failed(seat, long).outcome.code == "video_too_long"
    outcome = seat.post("Long", pretending(long, duration=100.0))
    assert (outcome.kind, outcome.code) == (OutcomeKind.REJECTED, "video_too_long")
    assert outcome.status == 403
    assert "2 minutes 20 seconds" in outcome.fix


def test_a_film_that_is_gone_or_damaged_is_never_finished(
    seat: Seat, sandbox: WitnessedSandbox, tmp_path: Path
) -> None:
    item = film(seat, tmp_path)
    del seat.pictures.bytes[item.sha256]
    assert failed(seat, item).outcome.code == "media_missing"

    class Damaged(HeldStream):
        def read(self, most: int) -> bytes:
            piece = super().read(most)
            if len(piece) < most:
                raise NotFound("damaged", code="media_gone")
            return piece

    class Source:
        def read(self, sha256: str) -> bytes:
            raise AssertionError(sha256)

        def open(self, sha256: str) -> MediaStream:
            del sha256
            return Damaged(_BIG)

        def wait(self, seconds: float) -> None:
            raise AssertionError(seconds)

    with pytest.raises(PrepareFailed) as caught:
        seat.publisher.prepare(
            seat.session, payload("x", item), Source(), target_id="t", at=seat.now()
        )
    assert caught.value.outcome.code == "media_missing"
    assert calls(sandbox, "/finalize") == 0


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"size": 4_000_000_001}, "video_too_big"),
        ({"duration": 1200.5}, "video_too_long"),
        ({"duration": 0.4}, "video_too_short"),
        ({"width": 3840, "height": 2160}, "video_too_large"),
        ({"width": 1080, "height": 1920}, None),
        ({"width": 1200, "height": 300}, "video_aspect"),
        ({"width": 40, "height": 30}, "video_too_small"),
        ({"codec": "hvc1"}, "video_codec"),
        ({"mime": "video/webm"}, "video_type"),
    ],
)
def test_what_x_would_refuse_is_said_before(
    changes: dict[str, object], code: str | None, tmp_path: Path
) -> None:
    item, _ = read_item(tmp_path, "film.mp4", films.film())
    found = problems(RULES, "", [pretending(item, **changes)])
    assert [problem.code for problem in found] == ([] if code is None else [code])
    assert all(problem.message and problem.fix for problem in found)


def test_a_video_stands_alone(seat: Seat, tmp_path: Path) -> None:
    item, _ = read_item(tmp_path, "film.mp4", films.film())
    picture = seat.pictures.add("red")
    assert [p.code for p in problems(RULES, "", [item, picture])] == ["mixed_media"]
    assert [p.code for p in problems(RULES, "", [item, item])] == ["too_many_videos"]


class Raw:
    """The endpoints as they are, without the adapter's care."""

    def __init__(self, seat: Seat, sandbox: WitnessedSandbox) -> None:
        self._base = f"{sandbox.url}/2"
        self._headers = {"Authorization": f"Bearer {seat.session.access_token}"}

    def begin(self, size: int, category: str = "tweet_video", kind: str = "video/mp4") -> str:
        whole = {"media_type": kind, "total_bytes": size, "media_category": category}
        answer = self.post("media/upload/initialize", json=whole)
        return str(answer.json()["data"]["id"]) if answer.is_success else ""

    def append(self, media_id: str, number: int, data: bytes) -> int:
        fields = {"segment_index": str(number)}
        place = f"media/upload/{media_id}/append"
        return self.post(place, data=fields, files={"media": data}).status_code

    def post(self, place: str, **more: Any) -> httpx.Response:
        return httpx.post(f"{self._base}/{place}", headers=self._headers, **more)


def test_the_sandbox_refuses_what_x_refuses(seat: Seat, sandbox: WitnessedSandbox) -> None:
    raw = Raw(seat, sandbox)
    assert raw.begin(16_000_000, "tweet_gif", "image/gif") == ""
    assert raw.begin(1000, "tweet_video", "video/webm") == ""
    assert raw.begin(1000, "dm_video") == ""
    data = films.film(size=2_000)
    media_id = raw.begin(len(data))
    assert raw.append(media_id, 1, data[1000:]) == 200
    assert raw.post(f"media/upload/{media_id}/finalize").status_code == 400
    assert raw.append(media_id, 1000, b"x") == 400
    assert raw.append(media_id, 2, b"x" * 5_300_000) == 400
    assert raw.append(media_id, 0, data[:1000]) == 200
    answer = raw.post(f"media/upload/{media_id}/finalize").json()["data"]
    assert answer["processing_info"] == {"state": "pending", "check_after_secs": 1}
    body = {"text": "Too soon", "media": {"media_ids": [media_id]}}
    assert raw.post("tweets", json=body).status_code == 400
    assert sandbox.x.posts() == []


def test_a_video_that_x_works_on_for_long_is_asked_about_later(
    seat: Seat, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    item = film(seat, tmp_path)
    monkeypatch.setattr(processing, "state_of", lambda _: "in_progress")
    outcome = failed(seat, item).outcome
    assert (outcome.kind, outcome.code) == (OutcomeKind.REJECTED_FOR_NOW, "still_processing")
    assert LONGEST_WAIT - 60 <= sum(seat.pictures.waits) <= LONGEST_WAIT
    monkeypatch.undo()
    assert seat.post("A film", item).kind is OutcomeKind.PUBLISHED


@pytest.mark.parametrize(
    ("wished", "seconds"),
    [(5, 5.0), (0, 1.0), (-3, 1.0), (1e9, 60.0), (math.nan, 1.0), (math.inf, 1.0), ("9", 1.0)],
)
def test_whatever_pause_x_asks_for_it_ends(wished: object, seconds: float) -> None:
    info = {"state": "in_progress", "check_after_secs": wished}
    raw = json.dumps({"data": {"id": "1", "processing_info": info}}).encode()
    assert _pause(read_reply(200, {}, raw)) == seconds
