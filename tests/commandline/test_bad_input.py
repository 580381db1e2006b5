"""Bad input: each with its message, its fix and its exit code; nothing is stored, nothing sent."""

from __future__ import annotations

import socket
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.commandline.conftest import Desk
from tests.kit.command import CommandLine
from tests.kit.mongod import TestMongod
from tests.media.pictures import encode, scene

SOON = (datetime.now(UTC) + timedelta(hours=2)).isoformat()


def test_texts_that_cannot_go_out(desk: Desk) -> None:
    create = ("post", "create", "--account", desk.account)
    empty = desk.command.run(*create, "--text", "  ")
    assert (empty.exit_code, empty.code) == (3, "empty_post")
    long = desk.command.run(*create, "--text", "a" * 301, "--at", SOON)
    assert (long.exit_code, long.code) == (3, "text_too_long")
    assert "301" in long["error"]["message"]
    assert "1" in long["error"]["fix"]
    exact = desk.command.ok(*create, "--text", "\U0001f469\u200d\U0001f680" * 250, "--at", SOON)
    assert exact["post"]["status"] == "scheduled"
    over = desk.command.run(*create, "--text", "\U0001f469\u200d\U0001f680" * 290, "--at", SOON)
    assert over.code == "text_too_many_bytes"
    posts = desk.command.ok("post", "list")["posts"]
    assert [post["id"] for post in posts] == [exact["post"]["id"]]


def test_what_cannot_be_kept_is_refused_before_anything_is_stored(desk: Desk) -> None:
    create = ("post", "create", "--text", "Hello", "--account", desk.account)
    foreign = b"\xff bytes of another encoding".decode("utf-8", "surrogateescape")
    cases: list[tuple[str, tuple[str, ...]]] = [
        ("bad_link", (*create, "--link", "not an address")),
        ("bad_idempotency_key", (*create, "--idempotency-key", "k" * 400)),
        ("broken_text", ("post", "create", "--text", foreign)),
        ("media_unreadable", (*create, "--media", f"/nowhere/{foreign}.png")),
        ("bad_name", ("workspace", "create", "--name", foreign)),
    ]
    for code, words in cases:
        answer = desk.command.run(*words)
        assert (answer.exit_code, answer.code) == (3, code), words
        assert answer["error"]["fix"]
    assert desk.command.ok("post", "list")["posts"] == []
    assert not list(desk.command.home.glob("crashes/*"))


def test_workspaces_that_cannot_be_are_refused(tmp_path: Path, mongod_uri: str) -> None:
    command = CommandLine(tmp_path / "home")
    create = ("workspace", "create", "--uri", mongod_uri, "--name")
    for name in ("  ", "n" * 101):
        answer = command.run(*create, name)
        assert (answer.exit_code, answer.code) == (3, "bad_name"), name
    for database in ("admin", "team_media"):
        answer = command.run(*create, "Team", "--db", database)
        assert (answer.exit_code, answer.code) == (3, "bad_database"), database
        assert answer["error"]["fix"]
    assert command.run("workspace", "show").code == "no_workspace"


def test_pictures_that_cannot_go_out(desk: Desk, tmp_path: Path) -> None:
    files = {
        "media_unreadable": tmp_path / "missing.png",
        "media_disguised": tmp_path / "page.png",
        "media_unsupported": tmp_path / "old.bmp",
    }
    files["media_disguised"].write_text("<html><script>alert(1)</script></html>")
    files["media_unsupported"].write_bytes(encode(scene(), "BMP"))
    broken = tmp_path / "broken.jpg"
    broken.write_bytes(encode(scene(200, 200), "JPEG")[:900])
    cases = [*files.items(), ("media_unreadable", broken), ("media_unreadable", tmp_path)]
    for code, file in cases:
        answer = desk.command.run(
            "post", "create", "--account", desk.account, "--text", "x", "--media", str(file)
        )
        assert (answer.exit_code, answer.code) == (3, code), file
        assert answer["error"]["fix"]
    big = tmp_path / "big.png"
    big.write_bytes(_noise(1100))
    assert big.stat().st_size > 2_000_000
    answer = desk.command.run(
        "post", "create", "--account", desk.account, "--media", str(big), "--at", SOON
    )
    assert (answer.exit_code, answer.code) == (3, "image_too_big")
    assert desk.command.ok("post", "list")["posts"] == []


def test_times_and_accounts_that_are_wrong(desk: Desk) -> None:
    create = ("post", "create", "--text", "Hello", "--account", desk.account)
    past = desk.command.run(*create, "--at", "2020-01-01T09:00")
    assert (past.exit_code, past.code) == (3, "time_in_past")
    assert desk.command.run(*create, "--at", "tomorrow").code == "bad_time"
    assert desk.command.run(*create, "--at", SOON, "--zone", "Mars/Base").code == "unknown_zone"
    desk.command.ok("org", "set", "minLeadMinutes", "30")
    near = (datetime.now(UTC) + timedelta(minutes=10)).isoformat()
    assert desk.command.run(*create, "--at", near).code == "too_soon"
    unknown = desk.command.run("post", "create", "--text", "x", "--account", "nobody")
    assert (unknown.exit_code, unknown.code) == (3, "unknown_account")
    nowhere = desk.command.run("post", "create", "--text", "x", "--at", SOON)
    assert nowhere.code == "no_account"
    assert desk.command.run("post", "show", "6" * 24).code == "unknown_post"
    assert desk.command.ok("post", "list")["posts"] == []


def test_wrong_usage_is_exit_two_in_json(desk: Desk) -> None:
    cases: list[tuple[str, ...]] = [
        ("post",),
        ("post", "create", "--alt", "before any media"),
        ("post", "create", "--at", SOON, "--now"),
        ("post", "create", "--zone", "UTC", "--text", "x"),
        ("post", "list", "--limit", "many"),
        ("nonsense",),
        ("account", "connect", "myspace", "--handle", "x"),
        ("post", "create", "--variant", "no separator", "--text", "x"),
    ]
    for words in cases:
        answer = desk.command.run(*words)
        assert (answer.exit_code, answer.code) == (2, "usage"), words


def test_a_wrong_app_password_and_a_bad_service(desk: Desk, pds_less_port: int) -> None:
    # The sandbox takes any password, so the refusal is the real server's (see tests/bluesky);
    # here: nobody listens, and an address that would leak the password.
    connect = ("account", "connect", "bluesky", "--handle", "a.test", "--service")
    dead = desk.command.run(*connect, f"http://127.0.0.1:{pds_less_port}", POSTFLOW_SECRET="x")
    assert dead.exit_code == 4
    assert dead["error"]["fix"]
    plain = desk.command.run(*connect, "http://example.com", POSTFLOW_SECRET="x")
    assert (plain.exit_code, plain.code) == (3, "bad_service")


def test_no_network_keeps_the_post_and_says_so(desk: Desk) -> None:
    desk.sandbox.stop()
    answer = desk.command.run(
        "post",
        "create",
        "--text",
        "x",
        "--account",
        desk.account,
        "--at",
        datetime.now(UTC).isoformat(),
    )
    assert answer.exit_code == 0
    target = answer["post"]["targets"][0]["id"]
    process = desk.command.start("agent")
    schedules = desk.cluster.db["schedules"]
    from bson import ObjectId

    from tests.kit.wait import wait_for

    def tried() -> bool:
        found = schedules.find_one({"_id": ObjectId(target)})
        if found is None or found["status"] != "pending" or not found.get("lastError"):
            return False
        # A line that is down is the post's fault least of all.
        return bool(found["tries"] == 0)

    wait_for(tried)
    process.terminate()
    out, _ = process.communicate(timeout=60)
    assert process.returncode == 0, out
    shown = desk.command.ok("post", "show", answer["post"]["id"])["post"]
    error = shown["targets"][0]["error"]
    assert error["message"]
    assert {a["class"] for a in shown["targets"][0]["attempts"]} == {"A"}
    assert shown["status"] == "scheduled"


def test_a_wrong_database_password_and_no_database(tmp_path: Path, mongod_uri: str) -> None:
    command = CommandLine(tmp_path / "home")
    words = ("workspace", "create", "--name", "T", "--db", "nowhere")
    wrong = mongod_uri.replace(quote("throw away + password", safe=""), "wrong")
    assert wrong != mongod_uri
    refused = command.run(*words, "--uri", wrong)
    assert (refused.exit_code, refused.code) == (4, "cluster_auth_failed")
    assert "wrong" not in str(refused.document).replace("wrong password", "")
    nobody = command.run(
        *words, "--uri", f"mongodb://127.0.0.1:{_free_port()}/?serverSelectionTimeoutMS=500"
    )
    assert (nobody.exit_code, nobody.code) == (4, "cluster_unreachable")
    assert command.run(*words, "--uri", "http://example.com").code == "bad_cluster_address"
    assert command.run("workspace", "show").code == "no_workspace"


def test_the_database_goes_away_in_the_middle_and_comes_back(tmp_path: Path) -> None:
    from postflow_desktop.sandbox.server import SandboxServer
    from tests.commandline.conftest import connect
    from tests.kit.command import seated

    server = TestMongod(tmp_path / "mongod")
    server.start()
    try:
        with SandboxServer() as sandbox:
            command, _ = seated(tmp_path / "home", server.uri, "middle")
            account = connect(command, sandbox.url)
            made = command.ok("post", "create", "--text", "Later", "--account", account)
            server.kill9()
            gone = command.run("post", "show", made["post"]["id"])
            assert (gone.exit_code, gone.code) == (4, "cluster_unreachable")
            assert gone["error"]["fix"]
            server.restart()
            post = made["post"]["id"]
            assert command.ok("post", "publish", post)["post"]["status"] == "published"
            assert [entry.text for entry in sandbox.log] == ["Later"]
    finally:
        server.stop()


@pytest.fixture
def pds_less_port() -> int:
    return _free_port()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def _noise(side: int) -> bytes:
    """A picture that can't be compressed."""
    import random

    from PIL import Image

    data = random.Random(1).randbytes(side * side * 3)
    return encode(Image.frombytes("RGB", (side, side), data), "PNG")
