"""A day with each network, by command alone: connect, post, read back, measure, delete."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from postflow_desktop.sandbox.state import State
from tests.conftest import ClusterDb
from tests.kit.command import CommandLine, seated
from tests.media import films
from tests.media.pictures import encode, scene

READABLE = {"bluesky": "present", "linkedin": "unreadable", "x": "present"}
"""LinkedIn shows nobody's posts to an app that is not reviewed, not even to their author."""


@pytest.fixture
def command(tmp_path: Path, cluster_db: ClusterDb) -> CommandLine:
    return seated(tmp_path / "home", cluster_db.uri, cluster_db.name)[0]


class Day:
    """A connected account, and what is posted to it."""

    def __init__(self, command: CommandLine, network: str) -> None:
        self.command = command
        self.account = command.ok("account", "connect", network, "--sandbox")["account"]["id"]

    def publish(self, text: str, *more: str) -> dict[str, Any]:
        """Published now; the post as it is afterwards."""
        words = ("post", "create", "--text", text, "--account", self.account, "--now")
        post: dict[str, Any] = self.command.ok(*words, *more)["post"]
        (target,) = post["targets"]
        assert (post["status"], target["status"]) == ("published", "published")
        assert target["url"].startswith("https://")
        return post

    def shown(self) -> list[Any]:
        """What the sandbox showed so far; it does not run between commands."""
        return [entry for entry in State(self.command.home / "sandbox").log if entry.text]


@pytest.mark.parametrize("network", sorted(READABLE))
def test_connect_post_read_back_measure_delete(
    command: CommandLine, tmp_path: Path, network: str
) -> None:
    day = Day(command, network)
    pictures = []
    for number in range(2):
        path = tmp_path / f"{number}.jpg"
        path.write_bytes(encode(scene(640 + number, 480), "JPEG"))
        pictures += ["--media", str(path), "--alt", f"Loaf {number}"]
    film = tmp_path / "film.mp4"
    film.write_bytes(films.film(seconds=8, size=200_000))

    linked = day.publish("Prices (new) & old", "--link", "https://example.com/bread", "--no-card")
    day.publish("Two loaves", *pictures)
    day.publish("It rises", "--media", str(film), "--alt", "A film of dough")
    said = [entry.text for entry in day.shown()]
    assert len(said) == 3
    assert said[0].startswith("Prices (new) & old")
    assert said[1:] == ["Two loaves", "It rises"]

    (copy,) = command.ok("post", "fetch", linked["id"])["copies"]
    assert copy["state"] == READABLE[network]
    (measured,) = command.ok("post", "metrics", linked["id"], "--refresh")["metrics"]
    assert measured["network"] == network
    command.ok("post", "delete", linked["id"], "--at-network", "--yes")
    assert command.run("post", "show", linked["id"]).code == "unknown_post"
    if READABLE[network] == "present":
        left = command.ok("post", "fetch", "--account", day.account)["posts"]
        assert [post["text"] for post in left] == ["It rises", "Two loaves"]
    command.ok("account", "disconnect", day.account, "--yes")
