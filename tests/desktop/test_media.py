"""A video from a file to the network by the window: kept here, brought to the workspace, sent."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import httpx

from postflow_desktop.domain.network import Network
from postflow_desktop.domain.post import MediaKind, PostStatus
from postflow_desktop.sandbox.server import SandboxServer
from postflow_desktop.transport.client import HttpClient
from tests.desktop.kit import MakeDesk, until
from tests.media import films
from tests.x.world import grant


def test_a_video_goes_from_the_composer_to_x(
    desks: MakeDesk, address: str, sandbox: SandboxServer, tmp_path: Path
) -> None:
    film = tmp_path / "IMG_1.MOV"
    film.write_bytes(films.phone_film().replace(b"hvc1", b"avc1"))
    desk = desks()
    desk.create(address)
    backend = desk.running.backend
    with HttpClient() as http:
        secret = grant(http, sandbox.url)
    account, _ = backend.connect(Network.X, sandbox.url, "", secret)
    desk.screens.window.show_screen("calendar")
    until(lambda: desk.screens.calendar.channels.accounts, "the account")
    desk.click_day(datetime.now(UTC).date())
    model = desk.composer().model
    model.choose([account.id])
    model.set_text("A loaf rises")
    model.intake.add_files([film])
    until(lambda: model.draft.media, "the video")
    (media,) = model.draft.media
    assert (media.kind, media.width, media.height) == (MediaKind.VIDEO, 1080, 1920)
    film.unlink()
    here = list(desk.home.rglob(media.sha256))
    assert len(here) == 1
    assert films.SECRET not in here[0].read_bytes()
    assert model.save()
    until(lambda: model.draft.post_id, "the saving")
    store = desk.workspace().cluster.media
    with store.open(media.sha256) as stream:
        assert stream.size == media.size
    post_id = model.draft.post_id
    assert post_id is not None
    backend.publish_now(post_id)
    until(lambda: [row.status for row in desk.rows] == [PostStatus.PUBLISHED], "the publishing")
    ((shown,),) = (found.films for found in sandbox.x.posts())
    sent = httpx.get(f"{sandbox.url}{shown}").content
    assert len(sent) == media.size
    assert films.SECRET not in sent
