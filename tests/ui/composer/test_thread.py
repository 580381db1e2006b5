"""What follows the post: parts of a thread and the first comment, typed, checked, sent, kept."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from postflow_desktop.domain.network import Network, NetworkRules
from postflow_desktop.replica.drafts_json import dump_draft, load_draft
from postflow_desktop.services.ports.drafts import LocalDraft
from postflow_desktop.ui.composer import content
from postflow_desktop.ui.composer.sending import Act
from postflow_desktop.ui.composer.view import ComposerWindow
from postflow_desktop.ui.kit.changes import Changes
from postflow_desktop.ui.kit.tasks import Tasks
from tests.fakes.backend import FakeBackend
from tests.ui.composer.held import HeldMoments
from tests.ui.kit.walk import unnamed

PATIENCE = 5000


class TwoNetworks(FakeBackend):
    """Threads on Bluesky alone."""

    def rules(self, network: Network) -> NetworkRules:
        found = super().rules(network)
        if network is Network.BLUESKY:
            return replace(found, max_parts=3, max_comment=10)
        return replace(found, max_parts=1, max_comment=None)


@pytest.fixture
def backend() -> FakeBackend:
    return TwoNetworks()


@pytest.fixture
def composer(backend: FakeBackend, tmp_path: Path, qtbot: QtBot) -> Iterator[ComposerWindow]:
    window = ComposerWindow(
        backend, Tasks(immediate=True), Changes(), tmp_path / "w.ini", moments=HeldMoments()
    )
    window.open_new(None, [], "One")
    qtbot.waitUntil(window.isActiveWindow, timeout=PATIENCE)
    window.model.choose(["a1"])
    yield window
    window.close()


def press(composer: ComposerWindow, what: str) -> None:
    button = getattr(composer.sheet, what)
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def type_thread(composer: ComposerWindow, *parts: str, comment: str | None = None) -> None:
    for text in parts:
        press(composer, "add_part")
        QTest.keyClicks(composer.focusWidget(), text)
    if comment is not None:
        press(composer, "add_comment")
        QTest.keyClicks(composer.focusWidget(), comment)


def codes(composer: ComposerWindow) -> list[str]:
    return [item.code for item in composer.model.judgement.errors]


def test_nothing_of_it_is_there_until_it_is_asked_for(composer: ComposerWindow) -> None:
    assert not composer.sheet.rest.isVisible()
    assert (composer.model.draft.parts, composer.model.draft.first_comment) == ((), None)


def test_parts_and_a_comment_are_typed_and_sent(
    composer: ComposerWindow, backend: FakeBackend
) -> None:
    type_thread(composer, "Two", "Three", comment="More")
    assert composer.sheet.rest.isVisible()
    draft = composer.model.draft
    assert (draft.parts, draft.first_comment) == (("Two", "Three"), "More")
    assert codes(composer) == []
    assert unnamed(composer) == []
    composer.save()
    saved = next(call[1] for call in backend.calls if call[0] == "save_draft")
    assert isinstance(saved, LocalDraft)
    assert (saved.parts, saved.first_comment) == (("Two", "Three"), "More")


def test_a_part_in_the_middle_is_taken_away(composer: ComposerWindow) -> None:
    type_thread(composer, "Two", "Three")
    QTest.mouseClick(composer.sheet.rest.parts[0].remove, Qt.MouseButton.LeftButton)
    assert composer.model.draft.parts == ("Three",)
    assert [row.edit.toPlainText() for row in composer.sheet.rest.parts] == ["Three"]
    type_thread(composer, comment="More")
    QTest.mouseClick(composer.sheet.rest.comment.remove, Qt.MouseButton.LeftButton)
    assert composer.model.draft.first_comment is None
    assert not composer.sheet.rest.comment.isVisible()


@pytest.mark.parametrize(
    ("parts", "comment", "code"),
    [
        (("",), None, "empty_part"),
        (("x" * 301,), None, "text_too_long"),
        (("2", "3", "4"), None, "too_many_parts"),
        ((), "x" * 11, "text_too_long"),
        ((), "", "empty_part"),
    ],
)
def test_what_the_network_does_not_take_blocks(
    composer: ComposerWindow, parts: tuple[str, ...], comment: str | None, code: str
) -> None:
    type_thread(composer, *parts, comment=comment)
    assert codes(composer) == [code]
    assert composer.model.why_not(Act.SCHEDULE)


def test_a_network_without_threads_is_named(composer: ComposerWindow) -> None:
    type_thread(composer, "Two", comment="More")
    composer.model.choose(["a1", "a2"])
    found = {item.code: item.where for item in composer.model.judgement.errors}
    assert set(found) == {"threads_unsupported", "comments_unsupported"}
    assert set(found.values()) == {"@bakery2.test"}


def test_a_locked_post_can_not_be_continued(composer: ComposerWindow) -> None:
    type_thread(composer, "Two")
    composer.sheet.set_locked(True)
    assert not composer.sheet.add_part.isEnabled()
    assert not composer.sheet.rest.isEnabled()


def test_a_stored_post_comes_with_its_thread(
    composer: ComposerWindow, backend: FakeBackend
) -> None:
    made = backend.add_post("One")
    post = replace(made, parts=("Two",), first_comment="More")
    draft = content.from_post(post, timezone="UTC")
    assert (draft.parts, draft.first_comment) == (("Two",), "More")
    assert load_draft(dump_draft(draft)) == draft
    backend.replica.posts[post.id] = post
    composer.open_post(post.id)
    assert composer.sheet.rest.parts[0].edit.toPlainText() == "Two"
    assert composer.sheet.rest.comment.edit.toPlainText() == "More"
