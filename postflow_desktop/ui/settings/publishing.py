"""The organization's rules of publishing: late posts, tries, how far ahead; owner and admins."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QWidget

from postflow_desktop.domain.errors import PostFlowError
from postflow_desktop.domain.late import LatePolicy
from postflow_desktop.services.permissions import Action, may
from postflow_desktop.services.ports.organizations import OrganizationSettings
from postflow_desktop.services.ports.replica import Change, Link, OrganizationRow
from postflow_desktop.ui.backend import Backend
from postflow_desktop.ui.kit.changes import Changes
from postflow_desktop.ui.kit.tasks import Tasks
from postflow_desktop.ui.kit.widgets import Segments, Select, Text
from postflow_desktop.ui.settings.sections import Section

_NOUNS = frozenset({"organizations", "memberships"})
_POLICIES = (
    (LatePolicy.ASK.value, "Ask"),
    (LatePolicy.PUBLISH.value, "Publish"),
    (LatePolicy.SKIP.value, "Skip"),
)
_MEANINGS = {
    LatePolicy.ASK: "What is later than the grace waits for a person under Needs attention.",
    LatePolicy.PUBLISH: "What is late still goes out, however late.",
    LatePolicy.SKIP: "What is later than the grace stays unpublished and is listed as missed.",
}
_GRACES = (0, 5, 15, 30, 60, 120, 360, 1440)
_TRIES = (1, 2, 3, 5, 8, 12, 20)
_LEADS = (0, 5, 10, 15, 30, 60)
NOT_ALLOWED = "Only the owner or an admin of this organization can change these."
OFFLINE = "Offline: these can be changed when the workspace answers again."


class PublishingSettings(QObject):
    """A change is shown at once, and taken back if the cluster refuses it."""

    changed = Signal()
    problem = Signal(object)
    """A PostFlowError."""

    def __init__(
        self, backend: Backend, tasks: Tasks, changes: Changes, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._backend = backend
        self._tasks = tasks
        self._changes = changes
        self._organization_id = ""
        self._row: OrganizationRow | None = None
        self._wanted: OrganizationSettings | None = None
        """What is shown until the replica has it."""
        self._sent: OrganizationSettings | None = None
        """What the cluster is being asked for."""
        changes.changed.connect(self._on_change)
        changes.sync.connect(self._on_sync)

    @property
    def settings(self) -> OrganizationSettings | None:
        """The rules to show; None before they were read."""
        return self._wanted or (self._row.settings if self._row else None)

    @property
    def why_not(self) -> str:
        """Why this person can't change them now; empty where that can be done."""
        place = self._backend.place()
        role = self._row.roles.get(place.user_id) if place and self._row else None
        if role is None or not may(role, Action.CHANGE_SETTINGS):
            return NOT_ALLOWED
        return OFFLINE if self._changes.state.link is Link.OFFLINE else ""

    @Slot()
    def load(self) -> None:
        """Read the rules again."""
        place = self._backend.place()
        if place is not None:
            if place.organization_id != self._organization_id:
                self._organization_id = place.organization_id
                self._row = self._wanted = self._sent = None
            work = partial(self._backend.replica.organization, place.organization_id)
            done = partial(self._loaded, place.organization_id)
            self._tasks.read(work, done, self.problem.emit, key="settings-publishing")

    def change(self, wanted: OrganizationSettings) -> None:
        """Other rules; what is chosen while the cluster is asked follows after its answer."""
        if self.why_not or wanted == self.settings:
            return
        self._wanted = wanted
        self.changed.emit()
        if self._sent is None:
            self._send(wanted)

    def _send(self, wanted: OrganizationSettings) -> None:
        self._sent = wanted
        self._tasks.run(
            partial(self._backend.change_settings, wanted),
            partial(self._agreed, self._organization_id),
            partial(self._refused, self._organization_id),
        )

    def _agreed(self, organization_id: str, _result: None) -> None:
        if organization_id != self._organization_id:
            return
        sent, self._sent = self._sent, None
        if self._wanted is not None and self._wanted != sent:
            self._send(self._wanted)
        else:
            self.load()

    def _refused(self, organization_id: str, error: PostFlowError) -> None:
        if organization_id == self._organization_id:
            self._sent = self._wanted = None
            self.changed.emit()
        self.problem.emit(error)

    def _loaded(self, organization_id: str, row: OrganizationRow | None) -> None:
        place = self._backend.place()
        if place is None or place.organization_id != organization_id:
            return
        self._row = row
        if self._sent is None and row is not None and row.settings == self._wanted:
            self._wanted = None
        self.changed.emit()

    @Slot(object)
    def _on_change(self, change: Change) -> None:
        if change.noun in _NOUNS and self._row is not None:
            if change.noun == "organizations" and self._sent is None:
                self._wanted = None
            self.load()

    @Slot(object)
    def _on_sync(self, _state: object) -> None:
        self.changed.emit()


class PublishingSection(Section):
    """The rules as a card of the settings."""

    def __init__(self, model: PublishingSettings, parent: QWidget | None = None) -> None:
        super().__init__("Publishing", parent)
        self._model = model
        self.policy = Segments("Late posts", _POLICIES, self, name="late-policy")
        self.grace = Select("Grace", (), self, name="late-grace")
        self.tries = Select("Tries", (), self, name="max-tries")
        self.lead = Select("Earliest time", (), self, name="min-lead")
        self.meaning = Text(role="small", tone="text2", wraps=True, parent=self)
        self.meaning.setObjectName("late-meaning")
        self.meaning.setContentsMargins(16, 10, 16, 10)
        self.note = Text(role="small", tone="warning", wraps=True, parent=self)
        self.note.setObjectName("publishing-note")
        self.note.setContentsMargins(16, 10, 16, 10)
        self.add_row(
            "Late posts",
            self.policy,
            "What becomes of a post whose time passed while no computer could publish it.",
        )
        self.add_wide(self.meaning)
        self.add_row("Grace", self.grace, "Up to this late it goes out without further ado.")
        self.add_row(
            "Tries",
            self.tries,
            "How often a post is tried for what is nobody's fault: a network that is away or busy.",
        )
        self.add_row("Earliest time", self.lead, "How far ahead a post has to be planned at least.")
        self._note_row = self.add_wide(self.note)
        self.policy.chosen.connect(self._choose)
        for select in (self.grace, self.tries, self.lead):
            select.chosen.connect(self._choose)
        model.changed.connect(self.refresh)
        self.refresh()

    @Slot()
    def refresh(self) -> None:
        """Show the rules, and why they can't be changed."""
        settings = self._model.settings
        why_not = self._model.why_not
        self.note.setText(why_not)
        self._note_row.setVisible(settings is not None and bool(why_not))
        for control in (self.policy, self.grace, self.tries, self.lead):
            control.setEnabled(settings is not None and not why_not)
            control.setToolTip(why_not)
            control.setAccessibleDescription(why_not)
        if settings is None:
            return
        late = settings.late
        self.policy.set_value(late.policy.value)
        self.meaning.setText(_MEANINGS[late.policy])
        _show(self.grace, _GRACES, late.grace_minutes, _minutes)
        self.grace.setEnabled(not why_not and late.policy is not LatePolicy.PUBLISH)
        _show(self.tries, _TRIES, settings.max_tries, str)
        _show(self.lead, _LEADS, settings.min_lead_minutes, _ahead)

    @Slot(str)
    def _choose(self, _value: str) -> None:
        settings = self._model.settings
        if settings is None:
            return
        late = replace(
            settings.late,
            policy=LatePolicy(self.policy.value()),
            grace_minutes=int(self.grace.value()),
        )
        self._model.change(
            replace(
                settings,
                late=late,
                max_tries=int(self.tries.value()),
                min_lead_minutes=int(self.lead.value()),
            )
        )


def _show(select: Select, usual: Sequence[int], value: int, words: Callable[[int], str]) -> None:
    """The usual choices, with the one that is set among them."""
    options = [(str(number), words(number)) for number in sorted({*usual, value})]
    if [select.itemData(n) for n in range(select.count())] != [key for key, _ in options]:
        select.set_options(options)
    select.set_value(str(value))


def _minutes(minutes: int) -> str:
    """`None`, `30 min`, `2 h`."""
    if not minutes:
        return "None"
    return f"{minutes} min" if minutes < 60 or minutes % 60 else f"{minutes // 60} h"


def _ahead(minutes: int) -> str:
    return f"{_minutes(minutes)} ahead" if minutes else "At once"
