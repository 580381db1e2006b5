"""From one workspace to another, out of one, and the end, with something under way each time."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from postflow_desktop.domain.post import PostStatus
from postflow_desktop.domain.target import TargetStatus
from postflow_desktop.sandbox.faults import FaultKind
from postflow_desktop.sandbox.server import SandboxServer
from postflow_desktop.services.posts import NewPost
from postflow_desktop.ui.composer.sending import UNDO_SECONDS, Phase
from postflow_desktop.ui.composer.view import ComposerWindow
from tests.conftest import ClusterDb
from tests.desktop.kit import (
    EMAIL,
    PASSWORD,
    Desk,
    MakeDesk,
    add_account,
    instant,
    noon,
    until,
)
from tests.kit.mongod import drop_quietly


@pytest.fixture
def other_address(cluster_db: ClusterDb) -> Iterator[str]:
    """The address of a second database."""
    name = f"{cluster_db.name}_b"
    yield cluster_db.uri.replace("/?", f"/{name}?")
    drop_quietly(cluster_db.client, name, f"{name}_media")


@pytest.fixture
def both(desk: Desk, sandbox: SandboxServer, other_address: str) -> tuple[Desk, str, str]:
    """A window on a machine with two workspaces, at the first; their ids."""
    _plan(desk, sandbox, "Loaf", "bakery.test")
    first = desk.place.workspace_id
    second = desk.create(uri=other_address, name="Flower Shop").workspace_id
    _plan(desk, sandbox, "Rose", "flowers.test")
    _switch(desk, first)
    return desk, first, second


def _plan(desk: Desk, sandbox: SandboxServer, text: str, handle: str) -> None:
    account = add_account(desk, sandbox.url, handle)
    new = NewPost(text=text, account_ids=(account.id,))
    desk.workspace().seat().submit.create(new, instant(noon(1)), now=False)
    until(lambda: desk.titles == [text], "the post")


def _switch(desk: Desk, workspace_id: str) -> None:
    """By the switcher."""
    desk.screens.window.viewmodel.switch(workspace_id)
    until(lambda: desk.screens.window.has_place() and _shown(desk) == workspace_id, "the switch")
    desk.until_live()


def _shown(desk: Desk) -> str:
    place = desk.screens.window.viewmodel.place
    return "" if place is None else place.workspace_id


def test_what_is_being_written_stays_in_its_workspace(both: tuple[Desk, str, str]) -> None:
    desk, first, second = both
    composer = desk.screens.compose()
    until(lambda: composer.model.ready, "the composer")
    QTest.keyClicks(composer.sheet.editor, "Half a sentence")

    _switch(desk, second)
    until(lambda: not desk.screens.composers.all, "the end of the composer")
    until(lambda: desk.titles == ["Rose"], "the other calendar")
    desk.screens.window.show_screen("drafts")
    until(lambda: desk.screens.drafts.stage.value == "ready", "the drafts")
    assert desk.screens.drafts.rows == ()

    _switch(desk, first)
    until(lambda: desk.titles == ["Loaf"], "the first calendar")
    until(lambda: [r.title for r in desk.screens.drafts.rows] == ["Half a sentence"], "the draft")


def test_reading_while_places_change_breaks_nothing(both: tuple[Desk, str, str]) -> None:
    desk, first, second = both
    desk.screens.window.open_post(desk.row("Loaf").post_id)
    for _ in range(3):
        for workspace_id in (second, first):
            desk.screens.window.viewmodel.switch(workspace_id)
            _read_until_there(desk, workspace_id)
    desk.until_live()
    until(lambda: desk.titles == ["Loaf"], "the first calendar")
    assert desk.toasts == []
    assert not desk.crashes
    assert desk.screens.calendar.error is None


def _read_until_there(desk: Desk, workspace_id: str) -> None:
    """Ask for everything again and again until the window has arrived."""
    screens = desk.screens

    def arrived() -> bool:
        for read in (screens.calendar.refresh, screens.inspector.reload, screens.drafts.load):
            read()
        screens.attention.load()
        screens.accounts.load()
        screens.window.viewmodel.search("lo", lambda _hits: None)
        return _shown(desk) == workspace_id

    until(arrived, "the switch")


def test_a_post_of_the_workspace_that_is_not_shown_goes_out_too(
    both: tuple[Desk, str, str], sandbox: SandboxServer
) -> None:
    desk, _, second = both
    composer = _begin(desk, "Fresh from the oven")
    _switch(desk, second)
    assert composer.model.sending.phase is Phase.COUNTDOWN
    _let_pass(composer)
    until(lambda: [e.text for e in sandbox.log] == ["Fresh from the oven"], "the publishing")
    until(lambda: not desk.screens.composers.all, "the end of the composer")


def test_signing_out_goes_on_to_the_other_workspace_and_then_to_the_welcome_page(
    both: tuple[Desk, str, str],
) -> None:
    desk, first, second = both
    desk.screens.settings.sign_out()
    until(lambda: _shown(desk) == second, "the other workspace")
    until(lambda: desk.titles == ["Rose"], "its calendar")
    desk.screens.settings.sign_out()
    until(lambda: not desk.screens.window.has_place(), "the end of it")
    assert desk.screens.welcome_view.isVisible()
    secrets = json.loads((desk.home / "secrets.json").read_text())
    assert not [name for name in _names(secrets) if name.startswith("session/")]

    back = desk.running.backend.sign_in(
        workspace="Corner Bakery", uri="", email=EMAIL, password=PASSWORD, recovery=""
    )
    desk.arrive()
    assert back.workspace_id == first
    until(lambda: desk.titles == ["Loaf"], "the calendar again")


def _names(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield name
            yield from _names(inner)


def test_a_way_that_fails_ends_where_it_began(both: tuple[Desk, str, str]) -> None:
    desk, first, _ = both
    welcome = desk.screens.welcome
    for work in (
        lambda: desk.running.backend.sign_in(
            workspace="Flower Shop", uri="", email=EMAIL, password="wrong password", recovery=""
        ),
        lambda: desk.running.backend.create_place(
            workspace="Third",
            uri="mongodb://127.0.0.1/?tlsInsecure=true",
            email=EMAIL,
            name="Ana",
            password=PASSWORD,
            organization="Third",
        ),
    ):
        welcome._start("sign_in", work, welcome._arrived)
        until(lambda: welcome.problem is not None, "the refusal")
        assert desk.place.workspace_id == first
        assert [c.name for c in desk.running.backend.workspaces() if c.current] == ["Corner Bakery"]
        welcome.forget_problem()
    assert len(desk.running.backend.workspaces()) == 2
    assert desk.titles == ["Loaf"]


def test_closing_with_an_open_composer_keeps_what_is_in_it(desk: Desk, desks: MakeDesk) -> None:
    composer = desk.screens.compose()
    until(lambda: composer.model.ready, "the composer")
    QTest.keyClicks(composer.sheet.editor, "Not finished")
    desk.close()

    again = desks()
    again.screens.window.show_screen("drafts")
    until(lambda: [r.title for r in again.screens.drafts.rows] == ["Not finished"], "the draft")


def test_closing_during_the_countdown_publishes_once(
    desk: Desk, desks: MakeDesk, sandbox: SandboxServer
) -> None:
    add_account(desk, sandbox.url)
    composer = _begin(desk, "Going out")
    desk.screens.close()
    assert desk.screens.composers.all == [composer]
    _let_pass(composer)
    desk.close()

    again = desks()
    again.until_live()
    until(lambda: [e.text for e in sandbox.log] == ["Going out"], "the publishing")
    until(lambda: [r.status for r in again.rows] == [PostStatus.PUBLISHED], "the news of it")


def test_closing_while_a_post_is_sent_waits_for_its_end(
    desk: Desk, desks: MakeDesk, sandbox: SandboxServer
) -> None:
    account = add_account(desk, sandbox.url)
    sandbox.fail(FaultKind.SLOW, delay=0.7)
    new = NewPost(text="On its way", account_ids=(account.id,))
    post = desk.workspace().seat().submit.create(new, None, now=True)
    desk.running.backend._stations.of(desk.place.workspace_id).publisher.wake()
    seat = desk.workspace().seat()

    def is_sending() -> bool:
        return [t.status for t in seat.posts.show(post.id).targets] == [TargetStatus.SENDING]

    until(is_sending, "the sending")
    desk.close()

    assert [e.text for e in sandbox.log] == ["On its way"]
    again = desks()
    again.until_live()
    until(lambda: [r.status for r in again.rows] == [PostStatus.PUBLISHED], "the news of it")
    assert len(sandbox.log) == 1


def _begin(desk: Desk, text: str) -> ComposerWindow:
    """A post that is going to be published in some seconds."""
    composer = desk.screens.compose()
    until(lambda: composer.model.ready, "the composer")
    QTest.keyClicks(composer.sheet.editor, text)
    control = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    QTest.keyClick(composer.sheet.editor, Qt.Key.Key_Return, control)
    assert composer.model.sending.phase is Phase.COUNTDOWN
    return composer


def _let_pass(composer: ComposerWindow) -> None:
    """The seconds in which publishing can be undone."""
    for _ in range(UNDO_SECONDS):
        composer.model.sending._tick()
