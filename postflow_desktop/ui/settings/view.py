"""The settings screen: one page, every choice takes effect at once."""

from __future__ import annotations

from typing import cast

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QListWidget, QScrollArea, QVBoxLayout, QWidget

from postflow_desktop import __version__
from postflow_desktop.ui.kit.dialogs import confirm
from postflow_desktop.ui.kit.panels import Column
from postflow_desktop.ui.kit.theme import SCALES, Density, Mode, Motion
from postflow_desktop.ui.kit.widgets import Button, Segments, Select, Text
from postflow_desktop.ui.settings.publishing import PublishingSection
from postflow_desktop.ui.settings.sections import Section, plain_frame
from postflow_desktop.ui.settings.viewmodel import CONTRASTS, SettingsViewModel
from postflow_desktop.ui.tray.closing import Habit

_WIDEST = 720
_MODES = (("system", "System"), ("light", "Light"), ("dark", "Dark"))
_CONTRASTS = (("system", "System"), ("off", "Normal"), ("on", "High"))
_DENSITIES = (("compact", "Compact"), ("default", "Default"), ("relaxed", "Relaxed"))
_HABITS = (("keep", "Keep running"), ("quit", "Quit"))
_MOTIONS = (("system", "System"), ("full", "Full"), ("reduced", "Reduced"))


class SettingsView(QWidget):
    """Appearance, workspace, account, about."""

    def __init__(self, viewmodel: SettingsViewModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._viewmodel = viewmodel
        self.setObjectName("settings")
        self.setAccessibleName("Settings")
        scroll = QScrollArea(self)
        scroll.setObjectName("settings-scroll")
        scroll.setAccessibleName("Settings")
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(self._make_page(scroll))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(scroll)
        viewmodel.look_changed.connect(self._show_look)
        viewmodel.place_changed.connect(self._show_place)
        viewmodel.libraries_changed.connect(self._show_libraries)
        viewmodel.busy_changed.connect(self._show_busy)
        self._show_look()
        self._show_place()

    def showEvent(self, event: QShowEvent) -> None:
        """Look again where we are."""
        super().showEvent(event)
        self._viewmodel.refresh()

    def _make_page(self, parent: QWidget) -> QWidget:
        page = plain_frame(parent)
        middle = Column(_WIDEST, page)
        inner = middle.content
        column = QVBoxLayout(inner)
        column.setContentsMargins(0, 0, 0, 8)
        column.setSpacing(24)
        for section in (
            self._make_appearance(inner),
            self._make_window(inner),
            self._make_publishing(inner),
            self._make_workspace(inner),
            self._make_account(inner),
            self._make_about(inner),
        ):
            column.addWidget(section)
        column.addStretch(1)
        row = QHBoxLayout(page)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(middle)
        return page

    def _make_appearance(self, parent: QWidget) -> Section:
        section = Section("Appearance", parent)
        self._mode = Segments("Theme", _MODES, section, name="theme")
        self._contrast = Segments("Contrast", _CONTRASTS, section, name="contrast")
        sizes = tuple((str(scale), f"{scale:.0%}") for scale in SCALES)
        self._scale = Select("Text size", sizes, section, name="text-size")
        self._density = Segments("Density", _DENSITIES, section, name="density")
        self._motion = Segments("Motion", _MOTIONS, section, name="motion")
        section.add_row("Theme", self._mode, "As the system, or always the same.")
        section.add_row("Contrast", self._contrast, "High: stronger lines, no tinted grounds.")
        section.add_row("Text size", self._scale, "Letters and everything around them.")
        section.add_row("Density", self._density, "How tightly the rows of lists stand.")
        section.add_row("Motion", self._motion, "Reduced: things are there at once.")
        self._mode.chosen.connect(self._choose_mode)
        self._contrast.chosen.connect(self._viewmodel.set_contrast)
        self._density.chosen.connect(self._choose_density)
        self._motion.chosen.connect(self._choose_motion)
        self._scale.chosen.connect(self._choose_scale)
        return section

    def _make_window(self, parent: QWidget) -> Section:
        section = Section("Window and tray", parent)
        self._habit = Segments("When I close the window", _HABITS, section, name="closing-habit")
        self._habit.set_value(self._viewmodel.closing_habit())
        section.add_row(
            "When I close the window",
            self._habit,
            "Keep running: while posts are due within two days PostFlow stays in the tray, where "
            "the system has one, and publishes them.",
        )
        self._habit.chosen.connect(self._choose_habit)
        return section

    def _make_publishing(self, parent: QWidget) -> Section:
        self.publishing = PublishingSection(self._viewmodel.publishing, parent)
        return self.publishing

    def _make_workspace(self, parent: QWidget) -> Section:
        section = Section("Workspace", parent)
        self._organization = section.add_fact("Organization")
        self._workspace = section.add_fact("Workspace")
        self._database = section.add_fact("Database")
        self._zone = section.add_fact("Time zone")
        self._remove = Button(
            "Remove sample data…", section, kind="danger", icon="trash", name="remove-sample"
        )
        self._remove.clicked.connect(self.ask_to_remove_sample)
        wide = QWidget(section)
        row = QHBoxLayout(wide)
        row.setContentsMargins(16, 12, 16, 12)
        hint = "Takes the sample workspace away with everything in it."
        row.addWidget(Text(hint, role="small", tone="text2", wraps=True, parent=section), 1)
        row.addWidget(self._remove)
        self._remove_row = section.add_wide(wide)
        return section

    def _make_account(self, parent: QWidget) -> Section:
        section = Section("Account", parent)
        self._person = section.add_fact("Name")
        self._email = section.add_fact("E-mail")
        self._sign_out = Button("Sign out…", section, icon="sign-out", name="sign-out")
        self._sign_out.clicked.connect(self._ask_to_sign_out)
        hint = "Forgets your keys on this computer. What is planned is kept in the workspace."
        section.add_row("This computer", self._sign_out, hint)
        return section

    def _make_about(self, parent: QWidget) -> Section:
        section = Section("About", parent)
        section.add_fact("PostFlow").setText(f"Version {__version__}")
        self._libraries = QListWidget(section)
        self._libraries.setObjectName("libraries")
        self._libraries.setAccessibleName("Libraries that PostFlow uses, and their licences")
        self._libraries.setSelectionMode(QListWidget.SelectionMode.SingleSelection)
        self._libraries.setUniformItemSizes(True)
        self._libraries.setFixedHeight(240)
        self._about_hint = section.add_fact("Made with")
        self._about_hint.setText("Reading what is installed…")
        section.add_wide(self._libraries)
        return section

    # --- what a person does -----------------------------------------------------------------

    @Slot(str)
    def _choose_mode(self, value: str) -> None:
        self._viewmodel.set_mode(cast("Mode", value))

    @Slot(str)
    def _choose_density(self, value: str) -> None:
        self._viewmodel.set_density(cast("Density", value))

    @Slot(str)
    def _choose_motion(self, value: str) -> None:
        self._viewmodel.set_motion(cast("Motion", value))

    @Slot(str)
    def _choose_habit(self, value: str) -> None:
        self._viewmodel.set_closing_habit(cast("Habit", value))

    @Slot(str)
    def _choose_scale(self, value: str) -> None:
        self._viewmodel.set_scale(float(value))

    @Slot()
    def ask_to_remove_sample(self) -> None:
        """Ask once more; the rest happens by itself."""
        confirm(
            self.window(),
            title="Remove the sample workspace?",
            text="Its posts, drafts and channels go. Nothing of it was ever published.",
            action="Remove sample data",
            on_accept=self._viewmodel.remove_sample,
        )

    @Slot()
    def _ask_to_sign_out(self) -> None:
        confirm(
            self.window(),
            title="Sign out on this computer?",
            text="To come back you need your e-mail, your password and your recovery code. "
            "Posts are not published from this computer while you are signed out.",
            action="Sign out",
            on_accept=self._viewmodel.sign_out,
        )

    # --- what is shown ----------------------------------------------------------------------

    @Slot()
    def _show_look(self) -> None:
        look = self._viewmodel.look()
        self._mode.set_value(look.mode)
        contrast = next(name for name, value in CONTRASTS.items() if value is look.contrast)
        self._contrast.set_value(contrast)
        self._density.set_value(look.density)
        self._motion.set_value(look.motion)
        self._scale.set_value(str(look.scale))

    @Slot()
    def _show_place(self) -> None:
        place = self._viewmodel.place
        self._remove_row.setVisible(place is not None and place.is_sample)
        self._sign_out.setEnabled(place is not None and not place.is_sample)
        if place is None:
            return
        self._organization.setText(place.organization_name)
        self._workspace.setText(place.workspace_name)
        self._database.setText(self._viewmodel.database())
        self._zone.setText(place.timezone)
        self._person.setText(place.user_name or "–")
        self._email.setText(place.user_email)

    @Slot()
    def _show_libraries(self) -> None:
        found = self._viewmodel.libraries
        self._about_hint.setText(f"{len(found)} libraries, each under its own licence")
        self._libraries.clear()
        self._libraries.addItems([f"{lib.name} {lib.version}  ·  {lib.licence}" for lib in found])

    @Slot()
    def _show_busy(self) -> None:
        place = self._viewmodel.place
        self._remove.setEnabled(not self._viewmodel.busy)
        can_sign_out = place is not None and not place.is_sample
        self._sign_out.setEnabled(can_sign_out and not self._viewmodel.busy)
