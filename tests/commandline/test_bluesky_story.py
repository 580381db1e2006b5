"""From a fresh home to a post on a real Bluesky server, by the command line alone."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ClusterDb
from tests.kit.command import CommandLine, seated
from tests.kit.pds import Pds
from tests.media.pictures import encode, exif, scene

# The first test that asks for the server may have to build it.
pytestmark = pytest.mark.timeout(1800)

FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466"
LINK = "https://bäckerei.example/märkte?tag=müsli"
TEXT = f"Markttag für die ganze {FAMILY}: {LINK} #Sauerteig"


def test_a_scheduled_post_with_pictures_reaches_a_real_server_once(
    pds: Pds, cluster_db: ClusterDb, tmp_path: Path
) -> None:
    handle = pds.new_handle()
    did, password = pds.create_account(handle)
    app_password = pds.create_app_password(handle, password)
    command, _ = seated(tmp_path / "home", cluster_db.uri, cluster_db.name)
    connect = ("account", "connect", "bluesky", "--handle", handle, "--service", pds.url)
    wrong = command.run(*connect, POSTFLOW_SECRET="aaaa-bbbb-cccc-dddd")
    assert (wrong.exit_code, wrong.code) == (3, "wrong_app_password")
    assert command.ok("account", "list")["accounts"] == []
    connected = command.ok(*connect, POSTFLOW_SECRET=app_password)
    assert "warnings" not in connected.document
    account = connected["account"]["id"]
    wide, tall = _pictures(tmp_path)
    due = datetime.now(UTC) + timedelta(seconds=2)
    created = command.ok(
        "post",
        "create",
        "--text",
        TEXT,
        "--account",
        account,
        "--media",
        str(wide),
        "--alt",
        "Drei Stände auf dem Markt",
        "--media",
        str(tall),
        "--alt",
        f"Ein Laib Brot {FAMILY}",
        "--at",
        due.isoformat().replace("+00:00", "Z"),
    )
    post_id = created["post"]["id"]
    assert created["post"]["status"] == "scheduled"
    assert created["post"]["targets"][0]["status"] == "pending"

    agent = _publish(command, due)
    assert agent == {"published": 1, "failed": 0, "needsAttention": 0}

    shown = command.ok("post", "show", post_id)["post"]
    target = shown["targets"][0]
    assert (shown["status"], target["status"], target["error"]) == ("published", "published", None)
    assert [attempt["outcome"] for attempt in target["attempts"]] == ["published"]
    assert target["publishedAt"] >= target["scheduledAt"]
    records = pds.list_records(did)
    assert [record["uri"] for record in records] == [target["externalId"]]
    assert target["url"].endswith(target["externalId"].rpartition("/")[2])
    _compare_text(records[0]["value"])
    _compare_pictures(pds, did, records[0]["value"], [wide, tall])


def test_the_same_post_twice_with_one_key_is_one_post(
    pds: Pds, cluster_db: ClusterDb, tmp_path: Path
) -> None:
    handle = pds.new_handle()
    did, password = pds.create_account(handle)
    command, _ = seated(tmp_path / "home", cluster_db.uri, cluster_db.name)
    account = command.ok(
        "account",
        "connect",
        "bluesky",
        "--handle",
        handle,
        "--service",
        pds.url,
        POSTFLOW_SECRET=pds.create_app_password(handle, password),
    )["account"]["id"]
    words = ("post", "create", "--text", "Once.", "--account", account, "--now")
    first = command.ok(*words, "--idempotency-key", "monday")
    second = command.ok(*words, "--idempotency-key", "monday")
    assert first["post"]["id"] == second["post"]["id"]
    assert len(pds.list_records(did)) == 1
    deleted = command.run("post", "delete", first["post"]["id"])
    assert (deleted.exit_code, deleted.code) == (3, "published")
    command.ok("post", "delete", first["post"]["id"], "--everywhere")
    assert pds.list_records(did) == []
    assert command.run("post", "show", first["post"]["id"]).code == "unknown_post"


def _publish(command: CommandLine, due: datetime) -> dict[str, Any]:
    """Let the agent wait for the time: it ends when nothing is due, so it may have to run again."""
    counts: dict[str, Any] = {}
    for _ in range(50):
        counts = command.ok("agent", "--until-idle").document
        if counts["published"] or datetime.now(UTC) > due + timedelta(seconds=20):
            break
    return {key: counts[key] for key in ("published", "failed", "needsAttention")}


def _pictures(folder: Path) -> tuple[Path, Path]:
    wide, tall = folder / "wide.png", folder / "tall.jpg"
    wide.write_bytes(encode(scene(1280, 720), "PNG"))
    tall.write_bytes(encode(scene(600, 900), "JPEG", quality=90, exif=exif()))
    return wide, tall


def _compare_text(record: dict[str, Any]) -> None:
    assert record["text"] == TEXT
    raw = TEXT.encode()
    shown = [
        (raw[f["index"]["byteStart"] : f["index"]["byteEnd"]].decode(), f["features"])
        for f in record["facets"]
    ]
    assert shown == [
        (LINK, [{"$type": "app.bsky.richtext.facet#link", "uri": LINK}]),
        ("#Sauerteig", [{"$type": "app.bsky.richtext.facet#tag", "tag": "Sauerteig"}]),
    ]


def _compare_pictures(pds: Pds, did: str, record: dict[str, Any], files: list[Path]) -> None:
    images = record["embed"]["images"]
    assert [image["alt"] for image in images] == [
        "Drei Stände auf dem Markt",
        f"Ein Laib Brot {FAMILY}",
    ]
    assert [image["aspectRatio"] for image in images] == [
        {"width": 1280, "height": 720},
        {"width": 600, "height": 900},
    ]
    stored = [pds.get_blob(did, image["image"]["ref"]["$link"]) for image in images]
    assert [len(data) for data in stored] == [image["image"]["size"] for image in images]
    # The PNG had no metadata and arrives as it was; the JPEG leaves its camera data here.
    assert hashlib.sha256(stored[0]).digest() == hashlib.sha256(files[0].read_bytes()).digest()
    assert b"Anna-at-home" in files[1].read_bytes()
    assert b"Anna-at-home" not in stored[1]
