"""What the inspector says of a link's card: what goes out, and nothing where none does."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from pytestqt.qtbot import QtBot

from postflow_desktop.domain.post import LinkCard
from postflow_desktop.ui.inspector.view import InspectorView
from postflow_desktop.ui.inspector.viewmodel import InspectorViewModel
from postflow_desktop.ui.kit.changes import Changes
from postflow_desktop.ui.kit.tasks import Tasks
from tests.fakes.backend import NOW, FakeBackend

URL = "https://news.example/story"
CARD = LinkCard(url=URL, title="Fresh bread")


@pytest.mark.parametrize(
    ("link", "card", "words"),
    [
        (None, CARD, "Fresh bread\nnews.example"),
        (URL, CARD, f"{URL}\nFresh bread\nnews.example"),
        (URL, replace(CARD, hidden=True), URL),
        (URL, None, URL),
        (None, None, ""),
    ],
)
def test_it_says_what_the_card_says(
    qtbot: QtBot, link: str | None, card: LinkCard | None, words: str
) -> None:
    backend = FakeBackend()
    post = backend.add_post("Read this", at=NOW + timedelta(days=1))
    backend.replica.posts[post.id] = replace(post, link_url=link, card=card)
    model = InspectorViewModel(backend, Tasks(immediate=True), Changes(), now=lambda: NOW)
    view = InspectorView(model)
    model.setParent(view)
    qtbot.addWidget(view)
    view.show()
    view.show_post(post.id)
    assert view.body.preview.link.text() == words
