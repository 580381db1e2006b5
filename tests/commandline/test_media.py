"""Videos and documents from a file to the network, by the command line alone."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from postflow_desktop.sandbox.state import State
from tests.conftest import ClusterDb
from tests.kit.command import CommandLine, seated
from tests.media import films, papers
from tests.media.pictures import encode, scene


@pytest.fixture
def command(tmp_path: Path, cluster_db: ClusterDb) -> CommandLine:
    return seated(tmp_path / "home", cluster_db.uri, cluster_db.name)[0]


def account(command: CommandLine, network: str) -> str:
    made: str = command.ok("account", "connect", network, "--sandbox")["account"]["id"]
    return made


def kept(command: CommandLine, kind: str) -> list[dict[str, object]]:
    """What the sandbox keeps of a kind; it does not run between commands."""
    return [value for _, value in State(command.home / "sandbox").items(kind)]


def test_a_video_of_a_phone_reaches_x_without_its_places(
    command: CommandLine, tmp_path: Path, cluster_db: ClusterDb
) -> None:
    film = tmp_path / "IMG_1.MOV"
    data = films.phone_film().replace(b"hvc1", b"avc1")
    film.write_bytes(data)
    words = ("post", "create", "--text", "A loaf", "--account", account(command, "x"), "--now")
    post = command.ok(*words, "--media", str(film), "--alt", "It rises")["post"]
    assert post["status"] == "published"
    (media,) = post["media"]
    assert (media["type"], media["mime"], media["duration"]) == ("video", "video/quicktime", 8.0)
    assert (media["width"], media["height"], media["codec"]) == (1080, 1920, "avc1")
    assert film.read_bytes() == data
    (stored,) = cluster_db.client[cluster_db.media_name]["fs.files"].find()
    assert (stored["filename"], stored["length"]) == (media["sha256"], len(data))
    (there,) = kept(command, "x-media")
    state = State(command.home / "sandbox")
    names = there["blobs"]
    assert isinstance(names, list)
    sent = b"".join(state.blob(name) or b"" for name in names)
    assert len(sent) == len(data)
    assert films.SECRET not in sent


def test_a_document_reaches_linkedin_under_its_title(command: CommandLine, tmp_path: Path) -> None:
    paper = tmp_path / "prices.pdf"
    paper.write_bytes(papers.pdf(4))
    words = ("post", "create", "--text", "Ours", "--account", account(command, "linkedin"), "--now")
    first = command.ok(*words, "--media", str(paper))["post"]
    words = (*words[:3], "Ours again", *words[4:])
    second = command.ok(*words, "--media", str(paper), "--title", " Prices 2026 ")["post"]
    assert [post["status"] for post in (first, second)] == ["published"] * 2
    assert (first["media"][0]["title"], first["media"][0]["pages"]) == ("prices", 4)
    posts = [json.dumps(one["post"]) for one in kept(command, "linkedin-posts")]
    assert ['"title": "prices"' in text for text in posts] == [True, False]
    assert ['"title": "Prices 2026"' in text for text in posts] == [False, True]


def test_what_a_network_does_not_take_is_said_before_anything_is_stored(
    command: CommandLine, tmp_path: Path, cluster_db: ClusterDb
) -> None:
    files = {
        "film.mp4": films.film(seconds=2000, size=80_000),
        "paper.pdf": papers.pdf(),
        "cut.mp4": films.film()[:-5],
        "locked.pdf": papers.pdf(encrypted=True),
        "picture.png": encode(scene(), "PNG"),
    }
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
    x = account(command, "x")
    cases: list[tuple[tuple[str, ...], str]] = [
        (("film.mp4",), "video_too_long"),
        (("paper.pdf",), "document_unsupported"),
        (("cut.mp4",), "media_unreadable"),
        (("locked.pdf",), "media_protected"),
        (("film.mp4", "picture.png"), "mixed_media"),
    ]
    for names, code in cases:
        media = [word for name in names for word in ("--media", str(tmp_path / name))]
        answer = command.run("post", "create", "--text", "x", "--account", x, *media, "--now")
        assert (answer.exit_code, answer.code) == (3, code)
        assert answer["error"]["fix"]
    title = ("--media", str(tmp_path / "picture.png"), "--title", "No")
    assert command.run("post", "create", "--account", x, *title).code == "stray_title"
    assert cluster_db.db["posts"].count_documents({}) == 0
    assert "fs.files" not in cluster_db.client[cluster_db.media_name].list_collection_names()
