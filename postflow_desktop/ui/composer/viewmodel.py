"""The state behind a composer and everything that can be done with it.

Every change makes a new draft value, which is judged at once and kept on disk soon. Nothing here
knows widgets; nothing here counts, validates or stores by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

from PySide6.QtCore import QObject
from shiboken6 import isValid

from postflow_desktop.domain.account import AccountStatus
from postflow_desktop.domain.errors import PostFlowError
from postflow_desktop.services.ports.replica import AccountRow, Change, PostDetail
from postflow_desktop.ui.backend import PlaceBackend
from postflow_desktop.ui.composer import content
from postflow_desktop.ui.composer.autosave import LOCAL_DRAFTS, Discard, Saved
from postflow_desktop.ui.composer.facts import ACCOUNTS, POSTS
from postflow_desktop.ui.composer.moments import Moments
from postflow_desktop.ui.composer.opening import (
    OpenDraft,
    Opened,
    OpenNew,
    OpenPost,
    locked_because,
)
from postflow_desktop.ui.composer.sending import UNDO_SECONDS, Act, Phase, Sent
from postflow_desktop.ui.composer.teamrules import TeamRules
from postflow_desktop.ui.composer.writing import ComposerWriting
from postflow_desktop.ui.kit.changes import Changes
from postflow_desktop.ui.kit.tasks import Tasks
from postflow_desktop.ui.words import count_of, explain, when


class ComposerViewModel(ComposerWriting):
    """One composer. `open_*` first; everything else does nothing before that has come back."""

    def __init__(
        self,
        backend: PlaceBackend,
        tasks: Tasks,
        changes: Changes,
        parent: QObject | None = None,
        *,
        moments: Moments | None = None,
    ) -> None:
        super().__init__(backend, tasks, changes, parent, moments=moments)
        self._pending_files: tuple[Path, ...] = ()
        self._pending_text = ""
        self._preferred: tuple[str, ...] = ()
        self.autosave.changed.connect(self._saving_changed)
        self.autosave.settled.connect(self._settle)
        self.autosave.kept.connect(self._kept)
        self.sending.changed.connect(self.state_changed)
        self.sending.sent.connect(self._sent)
        self.sending.failed.connect(self._failed)
        self.intake.changed.connect(self._intake_changed)
        self.intake.took.connect(self._took_media)
        self.intake.moved_on.connect(self.media_changed)
        self.awake.changed.connect(self.state_changed)
        self.linking.changed.connect(self.card_changed)
        self.linking.fetched.connect(self._took_card)
        self._changes.changed.connect(self._changed_elsewhere)
        self._changes.sync.connect(self._link_changed)

    # --- opening ----------------------------------------------------------------------------

    def open_new(
        self,
        day: date | None,
        files: Sequence[Path] = (),
        text: str = "",
        *,
        preferred: Sequence[str] = (),
    ) -> None:
        """Begin a post: for a day, with pictures and words, for the accounts used last."""
        if self._place is None:
            return
        self._pending_files, self._pending_text = tuple(files), text
        self._preferred = tuple(preferred)
        at = None if day is None else self._suggest(day).isoformat(timespec="seconds")
        draft = content.blank(self._place.organization_id, timezone=self.timezone, at_local=at)
        self._open(OpenNew(self._backend, draft))

    def open_draft(self, draft_id: str) -> None:
        """Go on with a draft of this machine."""
        if self._place is not None:
            self._open(OpenDraft(self._backend, self._place, draft_id))

    def open_post(self, post_id: str) -> None:
        """Change a draft or a planned post; a published one can be read and used again."""
        if self._place is not None:
            self._open(OpenPost(self._backend, self._place, post_id))

    def use_as_new(self) -> None:
        """The same content for another post."""
        self._locked_because = ""
        self._base = self._theirs = None
        self._draft = self._blank = content.as_new(self._draft)
        self._on_disk = False
        self._failure = None
        self._show_all()
        self._touch()

    def load_theirs(self) -> None:
        """Take the version of the cluster; what was here can be brought back."""
        if self._theirs is None:
            return
        mine, theirs = self._draft, self._theirs
        self._theirs = None
        self._base = theirs
        self._replaced = mine
        self._change(replace(theirs, id=mine.id))
        self._show_all()
        self.offer.emit("That version is loaded", "Bring mine back", self._bring_back)

    def _bring_back(self) -> None:
        if self._replaced is not None:
            self._change(self._replaced)
            self._replaced = None
            self._show_all()

    def _open(self, reading: Callable[[], Opened]) -> None:
        self._tasks.read(lambda: (reading(), self._read_team()), self._opened, self._not_opened)

    def _opened(self, read: tuple[Opened, TeamRules]) -> None:
        if self._gone:
            return
        found, self._team = read
        self._accounts = found.accounts
        self._draft = found.draft
        if found.base is None and not found.on_disk:
            self._draft = content.with_accounts(found.draft, self._first_choice())
        self._blank = self._draft
        self._base = found.base
        self._on_disk = found.on_disk
        self._locked_because = found.locked_because
        self._suggested = self._suggest(None)
        self._ready = True
        self._show_all()
        self.opened.emit()
        self.intake.add_files(self._pending_files)
        if self._pending_text:
            self.insert_text(self._pending_text)
        self._pending_files, self._pending_text = (), ""

    def _not_opened(self, error: PostFlowError) -> None:
        self.toast.emit(explain(error), "error")
        self.finished.emit()

    def _first_choice(self) -> Sequence[str]:
        active = [row.id for row in self._accounts if row.status is AccountStatus.ACTIVE]
        wanted = [account_id for account_id in active if account_id in self._preferred]
        return wanted or active

    # --- on its way -------------------------------------------------------------------------

    def schedule(self) -> bool:
        """Put it to the chosen time; False if something is in the way."""
        self._judge_when()
        self.when_changed.emit()
        self.state_changed.emit()
        if self.why_not(Act.SCHEDULE) or self._when.planned is None:
            return False
        self.autosave.flush()
        self.sending.schedule(content.to_send(self._draft), self._when.planned)
        return True

    def publish(self) -> bool:
        """Publish after eight seconds; False if something is in the way."""
        if self.why_not(Act.PUBLISH):
            return False
        self._failure = None
        self.autosave.flush()
        self.sending.publish_soon(content.to_send(self._draft))
        return True

    def undo_publish(self) -> None:
        """Back to writing; too late, it says so. A window that was closed comes back."""
        if not self.sending.undo():
            self.toast.emit("Too late to undo: it has been handed over to be published.", "info")
        elif self._closing:
            self._closing = False
            self.reopened.emit()

    def save(self) -> bool:
        """Bring it to the workspace as a draft; offline it stays on this machine and says so."""
        if self.why_not(Act.SAVE):
            return False
        self.autosave.flush()
        if self.offline:
            self.toast.emit("Draft kept on this machine; you are offline.", "info")
            return True
        self._failure = None
        self.sending.save(content.to_send(self._draft))
        return True

    def _sent(self, sent: Sent) -> None:
        if sent.act is Act.SAVE:
            self._saved_to_workspace(sent)
            return
        self._base = self._draft
        self._closing = True
        self.scheduled.emit(sent.post.id)
        self.toast.emit(self._success_words(sent), "success")
        self._forget()
        self._settle()

    def _saved_to_workspace(self, sent: Sent) -> None:
        unchanged = content.same_content(self._draft, sent.draft)
        self._draft = replace(self._draft, post_id=sent.post.id)
        self._base = replace(sent.draft, post_id=sent.post.id)
        self._theirs = None
        if unchanged:
            self._forget()
        else:
            self.autosave.touch(self._draft)
        name = self._place.organization_name if self._place else ""
        self.toast.emit(f"Draft saved in {name}", "success")
        self.state_changed.emit()
        self._settle()

    def _success_words(self, sent: Sent) -> str:
        accounts = count_of(len(sent.draft.account_ids), "account", "accounts")
        planned = self._when.planned
        if sent.act is Act.PUBLISH or planned is None:
            return f"Publishing now to {accounts}"
        return f"Scheduled for {when(planned.utc, planned.timezone, self._moments.now())}"

    def _failed(self, error: PostFlowError) -> None:
        self._failure = error
        if self._closing:
            self.toast.emit(f"{explain(error)} Your text is kept as a draft.", "error")
        self.state_changed.emit()
        self._settle()

    # --- from elsewhere ---------------------------------------------------------------------

    def _link_changed(self, _: object) -> None:
        self._look_ahead()
        self._look_at_link()
        self.state_changed.emit()

    def _changed_elsewhere(self, change: Change) -> None:
        if not self._ready or self._place is None:
            return
        if change.noun in ACCOUNTS:
            self._tasks.read(self._read_accounts, self._got_accounts, key=f"accounts {id(self)}")
        if change.noun == "organizations":
            self._tasks.read(self._read_team, self._got_team, key=f"rules {id(self)}")
        mine = self._draft.post_id
        if (mine and change.noun in POSTS and (mine in change.ids or not change.ids)) or (
            mine and change.noun == "schedules"
        ):
            self._look_again()

    def _look_again(self) -> None:
        self._tasks.read(self._read_post, self._got_post, key=f"post {id(self)}")

    def _read_accounts(self) -> tuple[AccountRow, ...]:
        return tuple(self._backend.replica.accounts(self._draft.organization_id))

    def _got_accounts(self, rows: tuple[AccountRow, ...]) -> None:
        if rows != self._accounts:
            self._accounts = rows
            self._judge()
            self.accounts_changed.emit()
            self.tabs_changed.emit()

    def _read_team(self) -> TeamRules:
        place = self._place
        found = None if place is None else self._backend.replica.organization(place.organization_id)
        return TeamRules.of(found, self.timezone)

    def _got_team(self, team: TeamRules) -> None:
        if team != self._team:
            self._team = team
            self._judge()

    def _read_post(self) -> PostDetail | None:
        mine = self._draft.post_id
        return self._backend.replica.post(self._draft.organization_id, mine) if mine else None

    def _got_post(self, detail: PostDetail | None) -> None:
        if detail is None or self._base is None or self.sending.phase is Phase.BUSY:
            return
        theirs = content.from_post(detail.post, timezone=self.timezone)
        self._theirs = None if content.same_words(theirs, self._base) else theirs
        if self._theirs and content.same_words(theirs, self._draft):
            self._base, self._theirs = theirs, None
        self._locked_because = locked_because(detail)
        self.state_changed.emit()

    def _intake_changed(self) -> None:
        self.media_changed.emit()
        self.state_changed.emit()
        self._settle()

    def _saving_changed(self) -> None:
        if self._closing and self.autosave.state is Saved.FAILED:
            self._closing = False
            self.toast.emit(f"The draft can't be kept: {self.autosave.problem}", "error")
            self.reopened.emit()
        self.state_changed.emit()

    # --- closing ----------------------------------------------------------------------------

    def close(self) -> None:
        """The window was closed: nothing is asked, nothing is lost; `finished` when all is done.

        During the countdown the promise stands: it is published after the eight seconds, and can
        be undone until then.
        """
        if self._closing:
            return
        self._closing = True
        if self.sending.phase is Phase.COUNTDOWN:
            words = f"Publishing in {self.sending.seconds_left or UNDO_SECONDS} seconds"
            self.offer.emit(words, "Undo", UndoPublish(self))
        self._settle()

    def _settle(self) -> None:
        """Once closed and nothing is under way: keep or forget the draft, then be finished."""
        under_way = self.sending.phase is not Phase.WRITING or self.intake.waiting
        if not self._closing or self._gone or under_way:
            return
        if self._on_disk and self._nothing_to_keep():
            self._forget()
        self.autosave.flush()
        if self.autosave.idle and not self._gone:
            self._finish()

    def _finish(self) -> None:
        self._gone = True
        self._ready = False
        if self._on_disk and not content.same_content(self._draft, self._blank):
            self._tell_drafts()
            discard = Discard(self._backend, self._tasks, self._changes, self._draft.id)
            self.offer.emit("Draft kept", "Discard", discard)
        self.finished.emit()

    def _nothing_to_keep(self) -> bool:
        if self._base is not None:
            return content.same_content(self._draft, self._base)
        return content.is_empty(self._draft)

    def _forget(self) -> None:
        self._on_disk = self._told = False
        self.autosave.forget(self._draft.id)
        self._tell_drafts()

    def _kept(self, _: str) -> None:
        if not self._told:
            self._told = True
            self._tell_drafts()

    def _tell_drafts(self) -> None:
        self._changes.publish(Change(noun=LOCAL_DRAFTS, ids=frozenset({self._draft.id})))


class UndoPublish:
    """The undo of a composer whose window is closed; too late, it does nothing."""

    def __init__(self, composer: ComposerViewModel) -> None:
        self._composer = composer

    def __call__(self) -> None:
        """Bring the composer back, if it still is there."""
        if isValid(self._composer):
            self._composer.undo_publish()
