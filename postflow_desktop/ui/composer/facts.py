"""What a view of a composer may ask: the draft, what is said about it, where it is on its way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from PySide6.QtCore import QObject, Signal

from postflow_desktop.domain.errors import PostFlowError
from postflow_desktop.services.ports.drafts import LocalDraft
from postflow_desktop.services.ports.replica import AccountRow, Link
from postflow_desktop.ui.backend import PlaceBackend
from postflow_desktop.ui.composer import content
from postflow_desktop.ui.composer.autosave import Autosave, Saved
from postflow_desktop.ui.composer.awake import Awake
from postflow_desktop.ui.composer.intake import Intake
from postflow_desktop.ui.composer.judgement import Item, Judgement, Level
from postflow_desktop.ui.composer.linking import Linking
from postflow_desktop.ui.composer.moments import Moments
from postflow_desktop.ui.composer.optionlist import AccountOptions, options_of
from postflow_desktop.ui.composer.sending import Act, Phase, Sending
from postflow_desktop.ui.composer.teamrules import PLAIN
from postflow_desktop.ui.composer.when import When
from postflow_desktop.ui.kit.changes import Changes
from postflow_desktop.ui.kit.tasks import Tasks
from postflow_desktop.ui.words import explain

ACCOUNTS = frozenset({"accounts", "socialAccounts"})
POSTS = frozenset({"posts", "schedules"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Tab:
    """One tab over the editor."""

    account: AccountRow | None
    """None: the original."""
    customised: bool = False
    marked: bool = False
    """Something is wrong with what goes to this account."""
    left: int | None = None
    """Characters left; None for the original."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A bar over the editor; `act` is `use_as_new`, `load_theirs` or empty."""

    kind: str
    text: str
    action: str = ""
    act: str = ""


class ComposerFacts(QObject):
    """The state of one composer with its signals; changed by the view model alone."""

    opened = Signal()
    text_replaced = Signal()
    """The editor has to show another text than what was typed."""
    judged = Signal()
    accounts_changed = Signal()
    tabs_changed = Signal()
    media_changed = Signal()
    card_changed = Signal()
    """Another card of the link, or another state of it."""
    thread_changed = Signal()
    """There are other parts, or a comment, than what was typed."""
    options_changed = Signal()
    """Other accounts are in front, or something else was chosen for one."""
    when_changed = Signal()
    state_changed = Signal()
    """Saving, sending, notices, what can be done now."""
    scheduled = Signal(str)
    toast = Signal(str, str)
    offer = Signal(str, str, object)
    """Text, the name of an act, and the act."""
    reopened = Signal()
    """Publishing was undone after the window had been closed."""
    finished = Signal()
    """Closed, and everything is on disk or handed over."""

    def __init__(
        self,
        backend: PlaceBackend,
        tasks: Tasks,
        changes: Changes,
        parent: QObject | None = None,
        *,
        moments: Moments | None = None,
    ) -> None:
        super().__init__(parent)
        self._backend = backend
        self._tasks = tasks
        self._changes = changes
        self._moments = moments or Moments()
        self.autosave = Autosave(backend, tasks, self._moments, self)
        self.sending = Sending(backend, tasks, self._moments, self)
        self.intake = Intake(backend, tasks, self, moments=self._moments)
        self.awake = Awake(backend, tasks, self._moments, self)
        self.linking = Linking(backend, tasks, self._moments, self)
        self._place = backend.place()
        self._draft = content.blank("", timezone=self.timezone)
        self._base: LocalDraft | None = None
        self._theirs: LocalDraft | None = None
        self._replaced: LocalDraft | None = None
        self._blank = self._draft
        self._on_disk = False
        self._ready = False
        self._closing = False
        self._gone = False
        self._told = False
        self._accounts: tuple[AccountRow, ...] = ()
        self._tab: str | None = None
        self._locked_because = ""
        self._failure: PostFlowError | None = None
        self._suggested = datetime.combine(date.min, datetime.min.time())
        self._when = When(wall=self._suggested, zone=self.timezone)
        self._judgement = Judgement()
        self._team = PLAIN

    # --- what is shown ----------------------------------------------------------------------

    @property
    def timezone(self) -> str:
        """The organization's zone."""
        return self._place.timezone if self._place else "UTC"

    @property
    def draft(self) -> LocalDraft:
        """The content as it stands."""
        return self._draft

    @property
    def ready(self) -> bool:
        """Whether what was asked for has been read."""
        return self._ready

    @property
    def accounts(self) -> Sequence[AccountRow]:
        """All connected accounts."""
        return self._accounts

    @property
    def chosen(self) -> Sequence[AccountRow]:
        """The accounts it goes to."""
        return [row for row in self._accounts if row.id in self._draft.account_ids]

    @property
    def tab(self) -> str | None:
        """The account whose text is in front, None for the original."""
        return self._tab

    @property
    def tabs(self) -> Sequence[Tab]:
        """The original and one for each chosen account."""
        marked = self._judgement.marked
        own = self._draft.variants
        return [
            Tab(account=None),
            *(
                Tab(
                    account=row,
                    customised=row.id in own,
                    marked=row.id in marked,
                    left=self._judgement.left.get(row.id),
                )
                for row in self.chosen
            ),
        ]

    @property
    def text(self) -> str:
        """The text in front."""
        return content.text_for(self._draft, self._tab)

    @property
    def judgement(self) -> Judgement:
        """Counters and what the validator says."""
        return self._judgement

    @property
    def options(self) -> Sequence[AccountOptions]:
        """What may be chosen for the accounts in front, beside the content."""
        front = self.chosen if self._tab is None else [r for r in self.chosen if r.id == self._tab]
        return options_of(self._backend, self._draft, front)

    @property
    def when(self) -> When:
        """The time in the fields and what it means."""
        return self._when

    @property
    def checklist(self) -> Sequence[Item]:
        """Everything in the way, and what should be better."""
        items = list(self._judgement.items)
        goes_now = self.sending.phase is not Phase.WRITING and self.sending.act is Act.PUBLISH
        if self._when.problem and not goes_now:
            late = Item(level=Level.ERROR, code="time", text=self._when.problem, fix=self._when.fix)
            items.append(late)
        if self._when.note:
            items.append(Item(level=Level.NOTE, code="clock_change", text=self._when.note))
        return sorted(items, key=lambda item: list(Level).index(item.level))

    @property
    def offline(self) -> bool:
        """Whether the workspace can't be reached."""
        return self._changes.state.link is Link.OFFLINE

    @property
    def locked(self) -> bool:
        """Whether nothing can be typed now."""
        busy = self.sending.phase is Phase.BUSY and self.sending.act is not Act.SAVE
        counting = self.sending.phase is Phase.COUNTDOWN
        return not self._ready or bool(self._locked_because) or busy or counting

    @property
    def closing(self) -> bool:
        """Whether the window is gone, or about to go, for the person."""
        return self._closing or self._gone

    @property
    def read_only(self) -> bool:
        """Whether the post can't be changed any more."""
        return bool(self._locked_because)

    @property
    def notice(self) -> Notice | None:
        """The bar over the editor, the most important one."""
        if self._locked_because:
            return Notice(
                kind="info", text=self._locked_because, action="Use as new", act="use_as_new"
            )
        if self._failure is not None:
            text = f"{explain(self._failure)} Your text is kept."
            return Notice(kind="danger", text=text)
        if self._theirs is not None:
            return Notice(
                kind="warning",
                text="This post was changed elsewhere meanwhile. What you save replaces that.",
                action="Load that version",
                act="load_theirs",
            )
        if self.offline:
            return Notice(
                kind="warning",
                text="You are offline. What you write is kept on this machine; "
                "scheduling and publishing wait for the workspace.",
            )
        return None

    @property
    def saved_words(self) -> tuple[str, str]:
        """How the text is kept: a kind (neutral, success, danger) and words."""
        state = self.autosave.state
        if state is Saved.FAILED:
            return "danger", f"Not saved: {self.autosave.problem}"
        if state is Saved.SAVING:
            return "neutral", "Saving…"
        if state is Saved.SAVED or self._on_disk:
            return "success", "Saved on this machine"
        if self._base is not None and self._draft.post_id:
            return "success", "Saved in the workspace"
        return "neutral", ""

    def why_not(self, act: Act) -> str:
        """Why this can't be done now; empty if it can."""
        for reason in (self._why_not_now(), self._why_not_content(act)):
            if reason:
                return reason
        if act is Act.SCHEDULE:
            return self._when.problem
        return ""

    def _why_not_now(self) -> str:
        if not self._ready:
            return "It is being opened."
        if self._locked_because:
            return self._locked_because
        if self.sending.phase is not Phase.WRITING:
            return "It is being handed over."
        if self.intake.waiting:
            return "A file is still being read."
        return ""

    def _why_not_content(self, act: Act) -> str:
        if act is Act.SAVE:
            return "Nothing is written yet." if content.is_empty(self._draft) else ""
        if self.offline:
            return "You are offline; the draft is kept on this machine."
        errors = self._judgement.errors
        return errors[0].text if errors else ""
