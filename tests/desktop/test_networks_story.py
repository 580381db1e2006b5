"""A day with X, LinkedIn and Bluesky by the window: post, look, read numbers, delete."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from postflow_desktop.bootstrap.sandbox import connect_sandbox_account
from postflow_desktop.domain.network import Network
from postflow_desktop.domain.post import PostStatus
from postflow_desktop.sandbox.server import SandboxServer
from postflow_desktop.ui.composer.viewmodel import ComposerViewModel
from tests.desktop.kit import Desk, MakeDesk, add_account, until
from tests.media import films
from tests.media.pictures import encode, scene

NETWORKS = (Network.BLUESKY, Network.LINKEDIN, Network.X)
TEXT = "Two loaves (new) & warm https://example.com/bread"


def test_a_post_with_pictures_and_one_with_a_video_on_three_networks(
    desks: MakeDesk, address: str, sandbox: SandboxServer, tmp_path: Path
) -> None:
    desk = desks()
    desk.create(uri=address)
    seat = desk.workspace().seat()
    desk.screens.window.show_screen("calendar")
    add_account(desk, sandbox.url)
    for network in (Network.LINKEDIN, Network.X):
        connect_sandbox_account(seat, sandbox.url, network, "bakery")
    until(lambda: len(desk.screens.calendar.channels.accounts) == len(NETWORKS), "the accounts")

    first = _publish(desk, TEXT, _pictures(tmp_path))
    assert [entry.text for entry in sandbox.log] == [TEXT] * len(NETWORKS)
    film = tmp_path / "film.mp4"
    film.write_bytes(films.film(seconds=8, size=200_000))
    _publish(desk, "It rises", [film])
    assert [entry.text for entry in sandbox.log][len(NETWORKS) :] == ["It rises"] * len(NETWORKS)

    desk.screens._show_post(first)
    body = desk.screens.inspector_view.body
    until(lambda: len(body.numbers.items) == len(NETWORKS), "the section of numbers")
    desk.click("inspector-refresh-numbers")
    until(
        lambda: all("As of" in item.accessibleName() for item in body.numbers.items), "the numbers"
    )
    desk.click("inspector-look")
    until(lambda: body.copies.lines, "the answers")
    said = {line.partition(",")[0]: line for line in body.copies.lines}
    assert f"it is there: “{TEXT}”" in said["Bluesky"]
    assert f"it is there: “{TEXT}”" in said["X"]
    assert "LinkedIn does not allow this" in said["LinkedIn"]

    desk.screens.inspector.delete()
    until(lambda: len(desk.rows) == 1, "the deletion")
    assert sorted(post.text for post in sandbox.x.posts()) == ["It rises"]


def _pictures(folder: Path) -> list[Path]:
    paths = [folder / "crust.jpg", folder / "crumb.jpg"]
    for number, path in enumerate(paths):
        path.write_bytes(encode(scene(640 + number, 480), "JPEG"))
    return paths


def _publish(desk: Desk, text: str, files: list[Path]) -> str:
    """Written, described and published from the composer; the post's id."""
    out = len([row for row in desk.rows if row.status is PostStatus.PUBLISHED])
    desk.click_day(datetime.now(UTC).date())
    model: ComposerViewModel = desk.composer().model
    model.choose([account.id for account in desk.screens.calendar.channels.accounts])
    model.set_text(text)
    model.intake.add_files(files)
    until(lambda: len(model.draft.media) == len(files), "the files")
    for place, file in enumerate(files):
        model.set_alt(place, f"What {file.stem} shows")
    assert model.save()
    until(lambda: model.draft.post_id, "the saving")
    post_id = model.draft.post_id
    assert post_id is not None
    desk.running.backend.publish_now(post_id)
    until(
        lambda: len([r for r in desk.rows if r.status is PostStatus.PUBLISHED]) == out + 1,
        "the publishing",
    )
    desk.composer().close()
    return post_id
