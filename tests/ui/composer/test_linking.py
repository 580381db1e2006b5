"""The card of a link in a composer: fetched after a moment, changed, left out, missing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from postflow_desktop.domain.network import Network
from postflow_desktop.domain.post import LinkCard, Media, MediaKind
from postflow_desktop.services.ports.replica import Link, SyncState
from postflow_desktop.ui.composer.linking import ASK_MS, CardState
from postflow_desktop.ui.composer.preview import looks_of
from postflow_desktop.ui.composer.view import ComposerWindow
from postflow_desktop.ui.kit.changes import Changes
from postflow_desktop.ui.kit.tasks import Tasks
from tests.fakes.backend import NOW, FakeBackend, account_row
from tests.ui.composer.conftest import Desk, make_desk
from tests.ui.composer.held import HeldMoments, HeldTasks

URL = "https://news.example/story"
PICTURE = Media(
    kind=MediaKind.IMAGE, sha256="a" * 64, mime="image/png", size=9, width=600, height=315
)
CARD = LinkCard(
    url=URL,
    title="Fresh bread",
    description="At six",
    picture=PICTURE,
    fetched_at=datetime(2026, 11, 20, tzinfo=UTC),
)


@pytest.fixture
def desk(qapp: object) -> Desk:
    made = make_desk()
    made.backend.cards[URL] = CARD
    made.model.open_new(None)
    return made


def state(desk: Desk) -> CardState:
    return desk.model.linking.state


def asked(desk: Desk) -> int:
    return [call[0] for call in desk.backend.calls].count("fetch_card")


def type_link(desk: Desk) -> None:
    desk.model.set_text(f"Read {URL}.")
    desk.moments.pass_ms(ASK_MS)


def test_a_link_gets_its_card_a_moment_after_it_was_typed(desk: Desk) -> None:
    for length in range(len("Read https://n"), len(f"Read {URL}") + 1):
        desk.model.set_text(f"Read {URL}"[:length])
        desk.moments.pass_ms(50)
    assert (state(desk), asked(desk)) == (CardState.WAITING, 0)
    desk.moments.pass_ms(ASK_MS)
    assert (state(desk), asked(desk)) == (CardState.SHOWN, 1)
    assert desk.model.draft.card == CARD
    desk.model.set_text(f"Read {URL} now")
    desk.moments.pass_ms(ASK_MS)
    assert asked(desk) == 1


def test_another_link_gets_another_card(desk: Desk) -> None:
    other = "https://other.example/"
    desk.backend.cards[other] = LinkCard(url=other, title="Other")
    type_link(desk)
    desk.model.set_text(f"Read {other}")
    assert state(desk) is CardState.WAITING
    assert looks_of(desk.model.draft, desk.model.accounts, None)[0].card is None
    desk.moments.pass_ms(ASK_MS)
    assert desk.model.draft.card == LinkCard(url=other, title="Other")
    desk.model.set_text("No link any more")
    assert state(desk) is CardState.NONE


def test_a_late_answer_about_a_former_link_is_dropped(qapp: object) -> None:
    tasks = HeldTasks()
    desk = make_desk(tasks=tasks)
    desk.backend.cards[URL] = CARD
    desk.model.open_new(None)
    while tasks.waiting:
        tasks.let_one_run()
    type_link(desk)
    desk.model.set_text("Read https://other.example/")
    while tasks.waiting:
        tasks.let_one_run()
    assert desk.model.draft.card is None


def test_a_page_that_can_not_be_read_is_said_and_tried_again(desk: Desk) -> None:
    desk.backend.cards.clear()
    type_link(desk)
    assert state(desk) is CardState.FAILED
    assert "can't be reached" in desk.model.linking.note
    assert not desk.model.judgement.errors
    desk.model.set_text(f"Do read {URL}")
    desk.moments.pass_ms(ASK_MS)
    assert asked(desk) == 1
    desk.backend.cards[URL] = CARD
    desk.model.linking.again()
    assert state(desk) is CardState.SHOWN
    assert desk.backend.calls[-1] == ("fetch_card", URL, True)


def test_offline_it_waits_for_the_line(desk: Desk) -> None:
    desk.changes._take_state(SyncState(link=Link.OFFLINE, since=NOW))
    type_link(desk)
    assert (state(desk), asked(desk)) == (CardState.OFFLINE, 0)
    desk.changes._take_state(SyncState(link=Link.LIVE, since=NOW))
    desk.moments.pass_ms(ASK_MS)
    assert state(desk) is CardState.SHOWN


def test_the_card_can_be_changed_left_out_and_brought_back(desk: Desk) -> None:
    type_link(desk)
    desk.model.set_card_words("Mine", "Own words")
    desk.model.remove_card_picture()
    mine = replace(CARD, title="Mine", description="Own words", picture=None)
    assert desk.model.draft.card == mine
    desk.model.hide_card()
    assert state(desk) is CardState.HIDDEN
    assert desk.model.draft.card == replace(mine, hidden=True)
    desk.model.set_text(f"Still {URL}")
    desk.moments.pass_ms(ASK_MS)
    assert (state(desk), asked(desk)) == (CardState.HIDDEN, 1)
    desk.model.hide_card(hidden=False)
    assert (state(desk), desk.model.draft.card) == (CardState.SHOWN, mine)
    desk.moments.pass_ms(1000)
    assert desk.backend.drafts.kept[desk.model.draft.id].card == mine


def test_only_networks_without_cards_of_their_own_ask(desk: Desk) -> None:
    desk.model.choose(["a2"])
    type_link(desk)
    assert (state(desk), asked(desk)) == (CardState.NONE, 0)
    desk.model.choose(["a1", "a2"])
    desk.moments.pass_ms(ASK_MS)
    assert state(desk) is CardState.SHOWN
    looks = looks_of(desk.model.draft, desk.model.accounts, None)
    assert {look.account.network: look.card for look in looks} == {
        Network.BLUESKY: CARD,
        Network.X: None,
    }


def test_pictures_leave_no_place_for_a_card(desk: Desk) -> None:
    type_link(desk)
    desk.model._took_media(replace(PICTURE, sha256="b" * 64))
    assert state(desk) is CardState.NONE
    assert looks_of(desk.model.draft, desk.model.accounts, None)[0].card is None
    desk.model.remove_media(0)
    assert state(desk) is CardState.SHOWN


def test_a_link_with_a_card_takes_no_room_where_the_card_is_shown(desk: Desk) -> None:
    desk.model.set_text("Read this")
    desk.model._change(replace(desk.model.draft, link_url=URL))
    desk.moments.pass_ms(ASK_MS)
    lengths = {c.network: c.length for c in desk.model.judgement.counts}
    assert lengths[Network.BLUESKY] == len("Read this")
    assert lengths[Network.X] == len(f"Read this\n\n{URL}")


def test_a_planned_post_without_a_card_is_not_changed_unasked(desk: Desk) -> None:
    desk.model.set_text(f"Read {URL}")
    post = desk.backend.save_draft(desk.model.draft)
    desk.backend.replica.posts[post.id] = replace(
        post, scheduled_at=NOW + timedelta(days=1), timezone="Europe/Berlin"
    )
    again = make_desk(desk.backend)
    again.model.open_post(post.id)
    again.moments.pass_ms(ASK_MS)
    assert state(again) is CardState.OFFERED
    assert again.model.draft.card is None
    again.model.linking.again()
    assert again.model.draft.card == CARD


def test_a_stored_draft_gets_the_card_that_it_lacks(desk: Desk) -> None:
    desk.model.set_text(f"Read {URL}")
    post = desk.backend.save_draft(desk.model.draft)
    again = make_desk(desk.backend)
    again.model.open_post(post.id)
    again.moments.pass_ms(ASK_MS)
    assert again.model.draft.card == CARD


def test_what_is_handed_over_has_the_card(desk: Desk) -> None:
    type_link(desk)
    assert desk.model.save()
    (post,) = desk.backend.replica.posts.values()
    assert post.card == CARD


@pytest.fixture
def window(qapp: object, tmp_path: Path) -> Iterator[ComposerWindow]:
    backend = FakeBackend()
    backend.replica.account_rows = [account_row(1)]
    backend.cards[URL] = CARD
    made = ComposerWindow(
        backend, Tasks(immediate=True), Changes(), tmp_path / "s.ini", moments=HeldMoments()
    )
    made.open_new(None)
    yield made
    made.close()
    made.deleteLater()


def let_pass(window: ComposerWindow) -> None:
    moments = window.model._moments
    assert isinstance(moments, HeldMoments)
    moments.pass_ms(ASK_MS)


def test_the_window_shows_the_card_and_takes_what_is_done_to_it(window: ComposerWindow) -> None:
    panel = window.sheet.card
    assert panel.isHidden()
    window.sheet.editor.setPlainText(f"Read {URL}")
    assert panel.line.text() == "Looking at news.example…"
    let_pass(window)
    assert (panel.face.title.text(), panel.face.host.text()) == ("Fresh bread", "news.example")
    assert panel.face.accessibleName() == "Link card: Fresh bread, news.example"
    assert panel.line.isHidden()
    QTest.mouseClick(panel.change, Qt.MouseButton.LeftButton)
    panel.edit.title.clear()
    QTest.keyClicks(panel.edit.title, "Mine")
    panel.edit.about.setPlainText("x" * 3000)
    card = window.model.draft.card
    assert card is not None
    assert (card.title, len(card.description)) == ("Mine", 2000)
    QTest.mouseClick(panel.bare, Qt.MouseButton.LeftButton)
    assert panel.face.picture.isHidden()
    assert panel.bare.isHidden()
    QTest.mouseClick(panel.hide_card, Qt.MouseButton.LeftButton)
    assert panel.face.isHidden()
    assert (panel.line.text(), panel.act.text()) == ("No card for news.example.", "Show it")
    QTest.mouseClick(panel.act, Qt.MouseButton.LeftButton)
    assert panel.face.title.text() == "Mine"


def test_the_preview_shows_the_card_too(window: ComposerWindow) -> None:
    window.sheet.editor.setPlainText(f"Read {URL}")
    let_pass(window)
    window.side.show_previews()
    (card,) = window.side.previews.cards()
    assert card.card.title.text() == "Fresh bread"
    assert not card.card.isHidden()


def test_a_failure_is_one_line_with_a_way_on(window: ComposerWindow) -> None:
    window.sheet.editor.setPlainText("Read https://gone.example/")
    let_pass(window)
    panel = window.sheet.card
    assert "can't be reached" in panel.line.text()
    assert "without a card" in panel.line.text()
    assert panel.act.accessibleName() == "Try again: link card"
    assert panel.act.focusPolicy() != Qt.FocusPolicy.NoFocus
