"""A video by command to Bluesky: as a blob, and through a video service of one's own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx

from tests.commandline.conftest import Desk
from tests.media.films import film


def record(desk: Desk, external_id: str) -> dict[str, Any]:
    repo, collection, rkey = external_id.removeprefix("at://").split("/")
    query = {"repo": repo, "collection": collection, "rkey": rkey}
    answer = httpx.get(f"{desk.sandbox.url}/xrpc/com.atproto.repo.getRecord", params=query)
    value: dict[str, Any] = answer.raise_for_status().json()["value"]
    return value


def publish(desk: Desk, path: Path, endpoints: Path | None = None) -> dict[str, Any]:
    if endpoints is not None:
        desk.command.environ["POSTFLOW_ENDPOINTS"] = str(endpoints)
    done = desk.command.ok(
        "post",
        "create",
        "--text",
        "Kneading",
        "--account",
        desk.account,
        "--media",
        str(path),
        "--alt",
        "Hands in dough",
        "--now",
    )["post"]
    embed: dict[str, Any] = record(desk, done["targets"][0]["externalId"])["embed"]
    return embed


def test_a_video_goes_out_either_way(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "dough.mp4"
    path.write_bytes(film(size=300_000))
    plain = publish(desk, path)
    assert (plain["$type"], plain["alt"]) == ("app.bsky.embed.video", "Hands in dough")
    assert plain["aspectRatio"] == {"width": 640, "height": 360}
    endpoints = tmp_path / "endpoints.toml"
    endpoints.write_text(f'[bluesky]\nvideo = "{desk.sandbox.url}"\n')
    served = publish(desk, path, endpoints)
    assert served["video"]["mimeType"] == "video/mp4"
    query = {"did": record_owner(desk), "cid": served["video"]["ref"]["$link"]}
    blob = httpx.get(f"{desk.sandbox.url}/xrpc/com.atproto.sync.getBlob", params=query)
    assert len(blob.content) == served["video"]["size"]


def record_owner(desk: Desk) -> str:
    query = {"handle": "bakery.test"}
    answer = httpx.get(f"{desk.sandbox.url}/xrpc/com.atproto.identity.resolveHandle", params=query)
    did: str = answer.raise_for_status().json()["did"]
    return did


def test_a_video_that_is_too_long_is_refused_before_anything_is_sent(
    desk: Desk, tmp_path: Path
) -> None:
    path = tmp_path / "long.mp4"
    path.write_bytes(film(seconds=181))
    answer = desk.command.run(
        "post", "create", "--account", desk.account, "--media", str(path), "--now"
    )
    assert (answer.exit_code, answer.code) == (3, "video_too_long")
    assert desk.texts() == []
