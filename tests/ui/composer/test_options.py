"""What is chosen beside the content: the area is built from data alone, and what is chosen is kept,
checked, summed up and sent.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QCheckBox, QComboBox, QLineEdit
from pytestqt.qtbot import QtBot

from postflow_desktop.domain.network import Network, NetworkRules
from postflow_desktop.domain.options import AccountKind, Choice, OptionKind, OptionSpec
from postflow_desktop.domain.own_rules import OwnRules
from postflow_desktop.domain.post import Variant
from postflow_desktop.replica.drafts_json import dump_draft, load_draft
from postflow_desktop.services.ports.drafts import LocalDraft
from postflow_desktop.services.ports.replica import Change
from postflow_desktop.ui.composer import content
from postflow_desktop.ui.composer.sending import Act
from postflow_desktop.ui.composer.view import ComposerWindow
from postflow_desktop.ui.kit.changes import Changes
from postflow_desktop.ui.kit.tasks import Tasks
from postflow_desktop.ui.kit.widgets import Button, Select, Switch
from tests.fakes.backend import FakeBackend, MemoryReplica
from tests.ui.composer.held import HeldMoments
from tests.ui.kit.walk import unnamed

PATIENCE = 5000
SEEN_BY = OptionSpec(
    key="seen_by",
    title="Seen by",
    help="Who sees it.",
    kind=OptionKind.CHOICE,
    choices=(
        Choice(value="all", title="All"),
        Choice(value="few", title="A few"),
        Choice(value="friends", title="Friends", only=AccountKind.PERSON),
    ),
    default="all",
    source="of 2026-11-21",
)
QUIET = OptionSpec(
    key="quiet", title="Quiet", help="No bell.", kind=OptionKind.FLAG, source="of 2026-11-21"
)
MARKS = OptionSpec(
    key="marks",
    title="Marks",
    help="What it is.",
    kind=OptionKind.SEVERAL,
    choices=(Choice(value="loud", title="Loud"), Choice(value="long", title="Long")),
    most=2,
    source="of 2026-11-21",
)
TONGUES = OptionSpec(
    key="tongues",
    title="Tongues",
    help="Spoken.",
    kind=OptionKind.WORDS,
    form="[a-z]{2}",
    most=2,
    example="en, de",
    source="of 2026-11-21",
)


class Choosy(FakeBackend):
    """All kinds of choices on the first account, one on the second, none elsewhere."""

    def rules(self, network: Network) -> NetworkRules:
        found = super().rules(network)
        if network is Network.BLUESKY:
            return replace(found, options=(SEEN_BY, QUIET, MARKS, TONGUES))
        if network is Network.X:
            kinds = (("page:", AccountKind.ORGANIZATION),)
            return replace(found, options=(SEEN_BY,), account_kinds=kinds)
        return found


@pytest.fixture
def backend() -> FakeBackend:
    replica = MemoryReplica()
    replica.account_rows[1] = replace(replica.account_rows[1], user_id="page:2")
    return Choosy(replica=replica)


@pytest.fixture
def changes() -> Changes:
    return Changes()


@pytest.fixture
def composer(
    backend: FakeBackend, changes: Changes, tmp_path: Path, qtbot: QtBot
) -> Iterator[ComposerWindow]:
    window = ComposerWindow(
        backend, Tasks(immediate=True), changes, tmp_path / "w.ini", moments=HeldMoments()
    )
    window.open_new(None, [], "One")
    qtbot.waitUntil(window.isActiveWindow, timeout=PATIENCE)
    window.model.choose(["a1"])
    yield window
    window.close()


def expand(composer: ComposerWindow) -> None:
    toggle = composer.findChild(Button, "composer-options-toggle")
    assert toggle is not None
    toggle.setFocus()
    QTest.keyClick(toggle, Qt.Key.Key_Space)
    assert composer.sheet.options.is_open()


def summary(composer: ComposerWindow) -> str:
    return composer.sheet.options.summary.full_text()


def codes(composer: ComposerWindow) -> list[str]:
    return [item.code for item in composer.model.judgement.errors]


def test_it_is_one_line_until_it_is_asked_for(composer: ComposerWindow) -> None:
    area = composer.sheet.options
    assert area.isVisible()
    assert not area.area.isVisible()
    assert summary(composer) == "all as usual"
    assert area.toggle.accessibleName() == "Options: all as usual"
    assert area.toggle.accessibleDescription() == "Collapsed"
    expand(composer)
    assert area.area.isVisible()
    assert area.toggle.accessibleDescription() == "Expanded"
    assert unnamed(composer) == []


def test_every_kind_of_choice_is_made_with_the_keyboard(
    composer: ComposerWindow, backend: FakeBackend
) -> None:
    expand(composer)
    seen_by = composer.findChild(Select, "composer-option-a1-seen_by")
    quiet = composer.findChild(Switch, "composer-option-a1-quiet")
    loud = composer.findChild(QCheckBox, "composer-option-a1-marks-loud")
    tongues = composer.findChild(QLineEdit, "composer-option-a1-tongues")
    assert seen_by
    assert quiet
    assert loud
    assert tongues
    QTest.keyClick(seen_by, Qt.Key.Key_Down)
    QTest.keyClick(quiet, Qt.Key.Key_Space)
    QTest.keyClick(loud, Qt.Key.Key_Space)
    QTest.keyClicks(tongues, "en, de")
    chosen = {"marks": "loud", "quiet": "true", "seen_by": "few", "tongues": "en,de"}
    assert composer.model.draft.options == {"a1": chosen}
    assert tongues.text() == "en, de", "what was typed stays as it was typed"
    assert summary(composer) == "Marks: Loud · Quiet · Seen by: A few · Tongues: en, de"
    assert codes(composer) == []
    composer.save()
    saved = next(call[1] for call in backend.calls if call[0] == "save_draft")
    assert isinstance(saved, LocalDraft)
    assert saved.options == {"a1": chosen}
    assert load_draft(dump_draft(saved)) == saved
    reset = composer.findChild(Button, "composer-options-reset-a1")
    assert reset is not None
    QTest.keyClick(reset, Qt.Key.Key_Space)
    assert composer.model.draft.options == {}
    assert (seen_by.value(), quiet.isChecked(), loud.isChecked()) == ("all", False, False)
    assert (tongues.text(), reset.isVisible()) == ("", False)


def test_the_usual_choice_is_no_choice(composer: ComposerWindow) -> None:
    expand(composer)
    seen_by = composer.findChild(Select, "composer-option-a1-seen_by")
    assert seen_by is not None
    QTest.keyClick(seen_by, Qt.Key.Key_Down)
    QTest.keyClick(seen_by, Qt.Key.Key_Up)
    assert composer.model.draft.options == {}


def test_an_account_has_the_choices_of_its_kind_and_tabs_show_one(
    composer: ComposerWindow,
) -> None:
    composer.model.choose(["a1", "a2"])
    expand(composer)
    for number, expected in ((1, 3), (2, 2)):
        select = composer.findChild(QComboBox, f"composer-option-a{number}-seen_by")
        assert select is not None
        assert select.count() == expected
    composer.model.set_option("a2", "seen_by", "few")
    assert summary(composer) == "@bakery2.test: Seen by: A few"
    composer.model.show_tab("a2")
    assert [panel.title.text() for panel in composer.sheet.options.panels] == ["@bakery2.test on X"]
    assert summary(composer) == "Seen by: A few"
    assert unnamed(composer) == []


def test_what_the_network_would_refuse_blocks(composer: ComposerWindow) -> None:
    expand(composer)
    tongues = composer.findChild(QLineEdit, "composer-option-a1-tongues")
    assert tongues is not None
    QTest.keyClicks(tongues, "en,de,fr")
    assert codes(composer) == ["option_too_many"]
    tongues.selectAll()
    QTest.keyClicks(tongues, "E")
    assert codes(composer) == ["option_value"]
    assert composer.model.why_not(Act.SCHEDULE)


def test_an_unknown_choice_is_kept_named_and_can_be_taken_back(
    composer: ComposerWindow, backend: FakeBackend
) -> None:
    made = backend.add_post("One")
    variants = (Variant(account_id="a1", options=(("zeal", "much"),)),)
    backend.replica.posts[made.id] = replace(made, variants=variants)
    composer.open_post(made.id)
    assert composer.model.draft.options == {"a1": {"zeal": "much"}}
    assert codes(composer) == ["option_unknown"]
    assert summary(composer) == "zeal: much"
    reset = composer.findChild(Button, "composer-options-reset-a1")
    assert reset is not None
    reset.click()
    assert (composer.model.draft.options, codes(composer)) == ({}, [])


def test_the_choice_of_an_account_that_is_taken_off_comes_back_with_it(
    composer: ComposerWindow,
) -> None:
    composer.model.choose(["a1", "a2"])
    composer.model.set_option("a2", "seen_by", "few")
    composer.model.choose(["a1"])
    assert content.to_send(composer.model.draft).options == {}
    composer.model.choose(["a1", "a2"])
    assert composer.model.draft.options == {"a2": {"seen_by": "few"}}


def test_nothing_is_there_where_there_is_nothing_to_choose(
    composer: ComposerWindow, backend: FakeBackend
) -> None:
    backend.replica.account_rows[0] = replace(
        backend.replica.account_rows[0], network=Network.MASTODON
    )
    composer.open_new(None)
    composer.model.choose(["a1"])
    assert not composer.sheet.options.isVisible()


def test_a_long_summary_asks_for_no_more_room(composer: ComposerWindow) -> None:
    before = composer.sheet.minimumSizeHint().width()
    for key, value in (("seen_by", "few"), ("marks", "loud,long"), ("tongues", "en,de")):
        composer.model.set_option("a1", key, value)
    line = composer.sheet.options.summary
    assert composer.sheet.minimumSizeHint().width() == before
    composer.resize(composer.minimumSize())
    line.resize(80, line.height())
    assert line.text().endswith("…")
    assert line.toolTip() == line.full_text()


def test_a_locked_post_shows_what_was_chosen_and_takes_nothing(composer: ComposerWindow) -> None:
    expand(composer)
    composer.sheet.set_locked(True)
    seen_by = composer.findChild(Select, "composer-option-a1-seen_by")
    assert seen_by is not None
    assert not seen_by.isEnabled()
    assert composer.sheet.options.toggle.isEnabled()


def test_the_teams_rules_count_here_and_say_so(
    composer: ComposerWindow, backend: FakeBackend, changes: Changes, qtbot: QtBot
) -> None:
    (ring,) = composer.sheet.counters.rings()
    assert ring.count is not None
    assert ring.count.limit == 300
    own = OwnRules(
        values={"textLength": 2},
        note="They shortened it.",
        by="u1",
        at=datetime(2026, 11, 20, 23, 30, tzinfo=UTC),
    )
    backend.replica.own_rules = {Network.BLUESKY: own}
    changes.publish(Change(noun="organizations", ids=frozenset({"o1"})))
    qtbot.waitUntil(lambda: codes(composer) == ["text_too_long"], timeout=PATIENCE)
    (ring,) = composer.sheet.counters.rings()
    assert ring.count is not None
    assert ring.count.limit == 2
    # By the organization's day, which is Berlin's.
    told = "Limit: your team's rules, changed by Ana on 2026-11-21: They shortened it."
    assert ring.toolTip().endswith(told)
    assert ring.accessibleDescription() == told
    backend.replica.own_rules = {}
    changes.publish(Change(noun="organizations", ids=frozenset({"o1"})))
    qtbot.waitUntil(lambda: codes(composer) == [], timeout=PATIENCE)
    assert "your team" not in composer.sheet.counters.rings()[0].toolTip()
