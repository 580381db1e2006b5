"""What was chosen beside the content stands with its account."""

from __future__ import annotations

from dataclasses import replace

import pytest
from pytestqt.qtbot import QtBot

from postflow_desktop.domain.network import Network, NetworkRules
from postflow_desktop.domain.post import PostStatus, Variant
from postflow_desktop.platforms.x.options import OPTIONS
from postflow_desktop.ui.inspector.view import InspectorView
from postflow_desktop.ui.inspector.viewmodel import InspectorViewModel
from postflow_desktop.ui.kit.changes import Changes
from postflow_desktop.ui.kit.tasks import Tasks
from tests.fakes.backend import NOW, FakeBackend
from tests.ui.inspector.names import nameless


class Choosy(FakeBackend):
    """With the choices of X."""

    def rules(self, network: Network) -> NetworkRules:
        return replace(super().rules(network), options=OPTIONS if network is Network.X else ())


@pytest.fixture
def view(qtbot: QtBot) -> InspectorView:
    backend = Choosy()
    for status in (PostStatus.SCHEDULED, PostStatus.DRAFT):
        made = backend.add_post(status=status, accounts=("a1", "a2"))
        options = (("made_with_ai", "true"), ("reply_settings", "verified"))
        variants = (Variant(account_id="a2", options=options),)
        backend.replica.posts[made.id] = replace(made, variants=variants)
    model = InspectorViewModel(backend, Tasks(immediate=True), Changes(), now=lambda: NOW)
    shown = InspectorView(model)
    model.setParent(shown)
    qtbot.addWidget(shown)
    shown.resize(320, 800)
    shown.show()
    return shown


@pytest.mark.parametrize("post_id", ["p1", "p2"])
def test_it_is_read_as_a_sentence(view: InspectorView, post_id: str) -> None:
    view.show_post(post_id)
    first, second = view.body.target_items
    assert not first.chosen.isVisible()
    assert second.chosen.isVisible()
    assert second.chosen.text() == "Made with AI · Who can reply: Verified accounts"
    assert nameless(view) == []
