"""A link's card in the window, from a real page behind a proxy to what the network shows."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from postflow_desktop.domain.post import PostStatus
from postflow_desktop.sandbox.server import SandboxServer
from postflow_desktop.ui.composer.linking import CardState
from tests.conftest import ClusterDb
from tests.desktop.kit import MakeDesk, add_account, until
from tests.kit.pages import PUBLIC, proxy, site

URL = f"http://{PUBLIC}/story"


def test_the_card_that_was_seen_goes_out(
    desks: MakeDesk,
    cluster_db: ClusterDb,
    sandbox: SandboxServer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with site() as pages, proxy(lambda _: pages.port) as (address, _):
        monkeypatch.setenv("http_proxy", address)
        pages.page("/story", "<title>Fresh bread</title><meta property=og:image content=/b.png>")
        pages.picture("/b.png")
        desk = desks()
        desk.create(uri=cluster_db.uri.replace("/?", f"/{cluster_db.name}?"))
        add_account(desk, sandbox.url)
        desk.screens.window.show_screen("calendar")
        until(lambda: desk.screens.calendar.channels.accounts, "the account")
        desk.click_day(desk.screens.calendar.today())
        composer = desk.composer()
        QApplication.clipboard().setText(f"Read {URL}")
        QTest.keyClick(composer.sheet.editor, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
        until(lambda: composer.model.linking.state is CardState.SHOWN, "the card")
        assert composer.sheet.card.face.title.text() == "Fresh bread"
        QTest.mouseClick(composer.sheet.card.change, Qt.MouseButton.LeftButton)
        composer.sheet.card.edit.title.clear()
        QTest.keyClicks(composer.sheet.card.edit.title, "Warm bread")
        pages.things.clear()
        composer.schedule()
        until(lambda: not desk.screens.composers.all, "the end of the composer")
        until(lambda: desk.rows, "the post")
        (row,) = desk.rows
        desk.workspace().seat().submit.publish(row.post_id)
        until(lambda: [r.status for r in desk.rows] == [PostStatus.PUBLISHED], "the publishing")
        external = record(sandbox, desk.workspace().seat().posts.show(row.post_id))
    assert (external["uri"], external["title"]) == (URL, "Warm bread")
    assert external["thumb"]["mimeType"] == "image/png"


def record(sandbox: SandboxServer, view: Any) -> dict[str, Any]:
    """What the network shows under the post's words."""
    (target,) = view.targets
    repo, collection, rkey = target.result.external_id.removeprefix("at://").split("/")
    query = {"repo": repo, "collection": collection, "rkey": rkey}
    answer = httpx.get(
        f"{sandbox.url}/xrpc/com.atproto.repo.getRecord", params=query, trust_env=False
    )
    embed: dict[str, Any] = answer.raise_for_status().json()["value"]["embed"]["external"]
    return embed
