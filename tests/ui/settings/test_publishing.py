"""The rules of publishing in the settings: who may change them, at once, taken back if refused."""

from __future__ import annotations

from dataclasses import replace

import pytest
from pytestqt.qtbot import QtBot

from postflow_desktop.domain.errors import ClusterUnreachable
from postflow_desktop.domain.late import LatePolicy, LateRule
from postflow_desktop.services.ports.organizations import OrganizationSettings, Role
from postflow_desktop.services.ports.replica import Change, Link, SyncState
from postflow_desktop.ui.kit.changes import Changes
from postflow_desktop.ui.kit.tasks import Tasks
from postflow_desktop.ui.settings.publishing import (
    NOT_ALLOWED,
    OFFLINE,
    PublishingSection,
    PublishingSettings,
)
from tests.fakes.backend import NOW, PLACE, FakeBackend
from tests.ui.composer.held import HeldTasks
from tests.ui.kit.walk import unnamed


@pytest.fixture
def backend() -> FakeBackend:
    return FakeBackend()


@pytest.fixture
def changes(qapp: object) -> Changes:
    return Changes()


def make(backend: FakeBackend, changes: Changes, tasks: Tasks | None = None) -> PublishingSettings:
    model = PublishingSettings(backend, tasks or Tasks(immediate=True), changes)
    model.load()
    return model


@pytest.fixture
def section(backend: FakeBackend, changes: Changes, qtbot: QtBot) -> PublishingSection:
    model = make(backend, changes)
    made = PublishingSection(model)
    model.setParent(made)
    qtbot.addWidget(made)
    made.resize(700, 500)
    made.show()
    return made


def test_the_rules_are_shown(section: PublishingSection) -> None:
    assert section.policy.value() == "ask"
    assert section.grace.currentText() == "30 min"
    assert section.tries.currentText() == "8"
    assert section.lead.currentText() == "At once"
    assert "Needs attention" in section.meaning.text()
    assert section.note.isHidden() or not section.note.isVisible()
    assert unnamed(section) == []


def test_unusual_values_are_shown_as_they_are(
    section: PublishingSection, backend: FakeBackend, changes: Changes
) -> None:
    backend.replica.settings = OrganizationSettings(
        min_lead_minutes=7, late=LateRule(grace_minutes=90), max_tries=4
    )
    changes.changed.emit(Change(noun="organizations", ids=frozenset({"o1"})))
    shown = [s.currentText() for s in (section.grace, section.tries, section.lead)]
    assert shown == ["90 min", "4", "7 min ahead"]


def test_every_choice_reaches_the_cluster(section: PublishingSection, backend: FakeBackend) -> None:
    button = section.policy.findChild(type(section.policy._buttons["skip"]), "late-policy-skip")
    assert button is not None
    button.click()
    for select, value in ((section.grace, "60"), (section.tries, "3"), (section.lead, "15")):
        select.set_value(value)
        select.activated.emit(select.currentIndex())
    assert backend.replica.settings == OrganizationSettings(
        min_lead_minutes=15,
        late=LateRule(policy=LatePolicy.SKIP, grace_minutes=60),
        max_tries=3,
    )
    assert "listed as missed" in section.meaning.text()


def test_where_everything_goes_out_there_is_no_grace(
    section: PublishingSection, backend: FakeBackend
) -> None:
    section.policy._buttons["publish"].click()
    assert not section.grace.isEnabled()
    assert backend.replica.settings.late.policy is LatePolicy.PUBLISH


def test_a_refusal_takes_the_choice_back(backend: FakeBackend, changes: Changes) -> None:
    model = make(backend, changes)
    problems: list[object] = []
    model.problem.connect(problems.append)
    before = model.settings
    assert before is not None
    backend.failure = ClusterUnreachable("Away.", fix="Try again.")
    model.change(replace(before, max_tries=3))
    assert model.settings == before
    assert len(problems) == 1


def test_what_is_chosen_while_the_cluster_is_asked_follows(
    backend: FakeBackend, changes: Changes
) -> None:
    tasks = HeldTasks()
    model = make(backend, changes, tasks)
    assert model.settings is not None
    model.change(replace(model.settings, max_tries=3))
    model.change(replace(model.settings, min_lead_minutes=10))
    assert (model.settings.max_tries, model.settings.min_lead_minutes) == (3, 10)
    tasks.let_one_run()
    assert backend.replica.settings.min_lead_minutes == 0
    tasks.let_one_run()
    assert backend.replica.settings == model.settings
    assert tasks.waiting == []


@pytest.mark.parametrize("role", [Role.MEMBER, Role.VIEWER])
def test_others_see_why_not(
    section: PublishingSection, backend: FakeBackend, changes: Changes, role: Role
) -> None:
    backend.replica.roles["u1"] = role
    changes.changed.emit(Change(noun="memberships", ids=frozenset()))
    assert section.note.text() == NOT_ALLOWED
    assert section.note.isVisible()
    assert not section.policy.isEnabled()
    assert not section.tries.isEnabled()


def test_offline_they_can_be_read(
    section: PublishingSection, changes: Changes, qtbot: QtBot
) -> None:
    with qtbot.waitSignal(changes.sync):
        changes.publish_sync(SyncState(link=Link.OFFLINE, since=NOW))
    assert section.note.text() == OFFLINE
    assert section.tries.currentText() == "8"
    assert not section.lead.isEnabled()


def test_another_place_has_its_own(backend: FakeBackend, changes: Changes) -> None:
    tasks = HeldTasks()
    model = make(backend, changes, tasks)
    assert model.settings is not None
    model.change(replace(model.settings, max_tries=3))
    backend.here = replace(PLACE, organization_id="o2")
    model.load()
    assert model.settings.max_tries == 8
    tasks.let_one_run()
    assert model.settings.max_tries == 8
