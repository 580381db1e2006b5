"""What the settings screen shows and does: appearance at once, workspace, account, licences."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import QObject, Signal, Slot

from postflow_desktop.domain.errors import PostFlowError
from postflow_desktop.ui.backend import Backend, Place
from postflow_desktop.ui.kit.changes import Changes
from postflow_desktop.ui.kit.memory import Memory
from postflow_desktop.ui.kit.tasks import Tasks
from postflow_desktop.ui.kit.theme import Density, Look, Mode, Motion, current_theme
from postflow_desktop.ui.settings.licences import Library, libraries
from postflow_desktop.ui.settings.publishing import PublishingSettings
from postflow_desktop.ui.tray.closing import HABIT_KEY, Habit

CONTRASTS: dict[str, bool | None] = {"system": None, "on": True, "off": False}


class SettingsViewModel(QObject):
    """The settings screen's state; it asks nothing before `refresh`."""

    place_changed = Signal()
    """The place that is shown is another one."""
    look_changed = Signal()
    libraries_changed = Signal()
    busy_changed = Signal()
    left = Signal()
    """Signed out, or the sample is removed: the shell should look where we are."""
    toast = Signal(str, str)
    """Text and kind."""
    problem = Signal(object)
    """A PostFlowError."""

    def __init__(
        self,
        backend: Backend,
        tasks: Tasks,
        changes: Changes,
        parent: QObject | None = None,
        *,
        memory: Memory,
    ) -> None:
        super().__init__(parent)
        self._backend = backend
        self._tasks = tasks
        self._changes = changes
        self._memory = memory
        self.publishing = PublishingSettings(backend, tasks, changes, self)
        self.publishing.problem.connect(self.problem)
        self.place: Place | None = None
        self.libraries: Sequence[Library] = ()
        self.busy = False
        current_theme().changed.connect(self._on_theme)

    # --- appearance -------------------------------------------------------------------------

    def look(self) -> Look:
        """The appearance in force."""
        return current_theme().look

    def set_mode(self, mode: Mode) -> None:
        """Light, dark, or as the system."""
        self._choose(replace(self.look(), mode=mode))

    def set_contrast(self, choice: str) -> None:
        """`system`, `on` or `off`."""
        self._choose(replace(self.look(), contrast=CONTRASTS[choice]))

    def set_density(self, density: Density) -> None:
        """How tightly rows stand."""
        self._choose(replace(self.look(), density=density))

    def set_scale(self, scale: float) -> None:
        """Text size as a factor."""
        self._choose(replace(self.look(), scale=scale))

    def set_motion(self, motion: Motion) -> None:
        """Motion full, reduced, or as the system."""
        self._choose(replace(self.look(), motion=motion))

    # --- the window and the tray ------------------------------------------------------------

    def closing_habit(self) -> Habit:
        """What closing the window does while posts are due."""
        return "quit" if self._memory.text(HABIT_KEY) == "quit" else "keep"

    def set_closing_habit(self, habit: Habit) -> None:
        """Run on in the tray, or quit."""
        self._memory.keep(HABIT_KEY, habit)
        self._memory.save()

    # --- place and person -------------------------------------------------------------------

    @Slot()
    def refresh(self) -> None:
        """Look where we are, and read the licences once."""
        self.place = self._backend.place()
        self.place_changed.emit()
        self.publishing.load()
        if not self.libraries:
            self._tasks.run(libraries, self._take_libraries, self.problem.emit, key="licences")

    def database(self) -> str:
        """Where the workspace's data lies, in words."""
        if self.place is not None and self.place.is_sample:
            return "Sample data on this computer; nothing of it is ever published"
        return "MongoDB; " + ("connected" if self._is_live() else "not connected now")

    def remove_sample(self) -> None:
        """Remove the sample workspace with everything in it."""
        self._run(self._backend.remove_sample, self._sample_removed)

    def sign_out(self) -> None:
        """Forget the keys on this machine."""
        self._run(self._backend.sign_out, self._signed_out)

    # --- inside -----------------------------------------------------------------------------

    def _choose(self, look: Look) -> None:
        current_theme().set_look(look)
        self._memory.keep_look(look)

    @Slot()
    def _on_theme(self) -> None:
        self.look_changed.emit()

    def _is_live(self) -> bool:
        from postflow_desktop.services.ports.replica import Link

        return self._changes.state.link in (Link.LIVE, Link.SYNCING)

    def _run(self, work: object, done: object) -> None:
        if self.busy:
            return
        self._set_busy(True)
        self._tasks.run(work, done, self._failed)  # type: ignore[arg-type]  # own methods only

    def _set_busy(self, busy: bool) -> None:
        self.busy = busy
        self.busy_changed.emit()

    def _sample_removed(self, result: None) -> None:  # noqa: ARG002 - nothing comes back
        self._leave("The sample workspace is removed.")

    def _signed_out(self, result: None) -> None:  # noqa: ARG002 - nothing comes back
        self._leave("You are signed out on this computer.")

    def _leave(self, text: str) -> None:
        self._set_busy(False)
        self.left.emit()
        self.toast.emit(text, "success")

    def _failed(self, error: PostFlowError) -> None:
        self._set_busy(False)
        self.problem.emit(error)

    def _take_libraries(self, found: Sequence[Library]) -> None:
        self.libraries = found
        self.libraries_changed.emit()
