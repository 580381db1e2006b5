"""What shows a pause of the organization: a bar over every screen, and the board's button."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QWidget

from postflow_desktop.ui.kit.buttons import Button
from postflow_desktop.ui.kit.commands import Command
from postflow_desktop.ui.kit.panels import InfoBar
from postflow_desktop.ui.kit.theme import current_theme
from postflow_desktop.ui.publishers.dialog import PauseDialog, ask_reason
from postflow_desktop.ui.publishers.pausing import Pausing

_HEIGHT = 32


class PauseBanner(InfoBar):
    """There while publishing is paused."""

    def __init__(self, pausing: Pausing, parent: QWidget | None = None) -> None:
        super().__init__("", parent, kind="warning", action="Resume")
        self.setObjectName("pause-banner")
        self.button.setObjectName("pause-banner-resume")
        self.set_icon("pause-circle")
        self.set_wraps()
        self._pausing = pausing
        current_theme().changed.connect(self._fit)
        self._fit()
        self.acted.connect(pausing.resume_all)
        pausing.changed.connect(self.refresh)
        self.refresh()

    @Slot()
    def refresh(self) -> None:
        """Show the pause that stands."""
        pausing = self._pausing
        self.setVisible(pausing.pause is not None)
        self.set_text(f"Publishing is paused: nothing goes out. {pausing.words}")
        self.setAccessibleName(self.text())
        self.button.setEnabled(pausing.can_resume())
        self.button.setToolTip(pausing.why_not)
        self.button.setAccessibleName("Resume publishing")

    @Slot()
    def _fit(self) -> None:
        self.setMinimumHeight(current_theme().px(_HEIGHT))


class PauseButton(Button):
    """Pauses or resumes, whichever is next; for the board's toolbar."""

    def __init__(self, pausing: Pausing, parent: QWidget | None = None) -> None:
        super().__init__("Pause publishing…", parent, icon="pause", name="pause-publishing")
        self._pausing = pausing
        self.clicked.connect(self._act)
        pausing.changed.connect(self.refresh)
        self.refresh()

    @Slot()
    def refresh(self) -> None:
        """Show what it would do, or why it can't."""
        pausing = self._pausing
        paused = pausing.pause is not None
        self.setText("Resume publishing" if paused else "Pause publishing…")
        self.set_icon("play" if paused else "pause")
        self.setEnabled(not pausing.why_not)
        self.setToolTip(pausing.why_not)
        self.setAccessibleDescription(pausing.why_not)

    @Slot()
    def _act(self) -> None:
        if self._pausing.pause is None:
            ask_to_pause(self.window(), self._pausing)
        else:
            self._pausing.resume_all()


def ask_to_pause(parent: QWidget, pausing: Pausing) -> PauseDialog | None:
    """Ask for the reason, then pause; nothing where that can't be done now."""
    if not pausing.can_pause():
        return None
    return ask_reason(
        parent,
        title="Pause publishing?",
        text="Nothing goes out, on any computer of this organization, until somebody resumes it. "
        "What is being sent this moment is finished. What gets late meanwhile is treated by the "
        "rule for late posts.",
        on_accept=pausing.pause_all,
    )


def pause_commands(parent: QWidget, pausing: Pausing) -> tuple[Command, ...]:
    """Pausing and resuming for menus and palette."""
    return (
        Command(
            "publishing.pause", "Pause publishing…", "Post", "",
            partial(ask_to_pause, parent, pausing), pausing.can_pause,
            icon="pause", keywords="stop hold everything",
        ),
        Command(
            "publishing.resume", "Resume publishing", "Post", "",
            pausing.resume_all, pausing.can_resume,
            icon="play", keywords="continue unpause start",
        ),
    )  # fmt: skip
