"""What may be chosen for the accounts in front: a line that sums it up, and controls below it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QObject, QSize, Qt, Signal, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from postflow_desktop.ui.composer.optionlist import AccountOptions
from postflow_desktop.ui.composer.optionrows import OptionRow
from postflow_desktop.ui.composer.writing import ComposerWriting
from postflow_desktop.ui.kit.marks import ElidedText
from postflow_desktop.ui.kit.theme import current_theme
from postflow_desktop.ui.kit.widgets import Button, Text
from postflow_desktop.ui.words import network_title

_HIGHEST = 190
AS_USUAL = "all as usual"


class AccountPanel(QWidget):
    """One account with its rows."""

    chosen = Signal(str, str)
    reset = Signal()

    def __init__(self, options: AccountOptions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        title = f"@{options.username} on {network_title(options.network)}"
        self.setAccessibleName(f"Options of {title}")
        self.title = Text(title, role="strong", parent=self)
        self.undo = Button(
            "Reset",
            self,
            kind="link",
            size="small",
            name=f"composer-options-reset-{options.account_id}",
        )
        self.undo.setAccessibleName(f"Reset the options of {title}")
        self.undo.clicked.connect(self.reset)
        head = QHBoxLayout()
        head.addWidget(self.title, 1)
        head.addWidget(self.undo)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addLayout(head)
        self.rows = [
            OptionRow(options.account_id, options.username, offer, self) for offer in options.offers
        ]
        for row in self.rows:
            row.chosen.connect(self.chosen)
            column.addWidget(row)
        self.show_options(options)

    def show_options(self, options: AccountOptions) -> None:
        """What is chosen now; the rows are the same."""
        self.undo.setVisible(bool(options.summary))
        for row, offer in zip(self.rows, options.offers, strict=True):
            row.show_offer(offer)


class OptionArea(QFrame):
    """Collapsed until it is asked for; nothing at all where there is nothing to choose."""

    chosen = Signal(str, str, str)
    """Account, key, value."""
    reset = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("composer-options")
        self.toggle = Button(
            "Options",
            self,
            kind="ghost",
            size="small",
            icon="caret-right",
            name="composer-options-toggle",
        )
        self.toggle.setCheckable(True)
        self.summary = ElidedText(role="small", parent=self)
        self.summary.set_tone("text2")
        self.summary.setObjectName("composer-options-summary")
        self.panels: list[AccountPanel] = []
        self._shape: object = None
        self._holder = QWidget(self)
        self._column = QVBoxLayout(self._holder)
        self._column.setContentsMargins(0, 0, 8, 0)
        self._column.setSpacing(12)
        self.area = self._new_area()
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self.toggle)
        head.addWidget(self.summary, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addLayout(head)
        column.addWidget(self.area)
        self.toggle.toggled.connect(self._open)
        current_theme().changed.connect(self._fit)
        self._open(opened=False)
        self.show_options(())

    def show_options(self, options: Sequence[AccountOptions]) -> None:
        """Show these accounts; panels are built anew only where the choices are others."""
        shape = [(one.account_id, one.username, _choices(one)) for one in options]
        if shape != self._shape:
            self._shape = shape
            self._build(options)
        for panel, one in zip(self.panels, options, strict=True):
            panel.show_options(one)
        told = [(one.username, one.summary) for one in options if one.summary]
        words = " | ".join(f"@{name}: {text}" if len(options) > 1 else text for name, text in told)
        self.summary.setText(words or AS_USUAL)
        self.toggle.setAccessibleName(f"Options: {words or AS_USUAL}")
        self.setVisible(bool(options))
        self._fit()

    def is_open(self) -> bool:
        """Whether the controls are to be seen."""
        return self.toggle.isChecked()

    def _new_area(self) -> QScrollArea:
        area = QScrollArea(self)
        area.setObjectName("composer-options-area")
        area.setAccessibleName("Options")
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(self._holder)
        return area

    def _build(self, options: Sequence[AccountOptions]) -> None:
        for panel in self.panels:
            self._column.removeWidget(panel)
            panel.hide()
            # At once, or a screen reader would still find what is gone.
            panel.setParent(None)
            panel.deleteLater()
        self.panels = [AccountPanel(one, self._holder) for one in options]
        for panel, one in zip(self.panels, options, strict=True):
            panel.chosen.connect(partial(self.chosen.emit, one.account_id))
            panel.reset.connect(partial(self.reset.emit, one.account_id))
            self._column.addWidget(panel)
            panel.show()

    @Slot(bool)
    def _open(self, opened: bool) -> None:
        self.toggle.set_icon("caret-down" if opened else "caret-right")
        self.toggle.setAccessibleDescription("Expanded" if opened else "Collapsed")
        self.area.setVisible(opened)
        self._fit()

    @Slot()
    def _fit(self) -> None:
        self._holder.adjustSize()
        needed: QSize = self._holder.sizeHint()
        self.area.setFixedHeight(min(needed.height(), current_theme().px(_HIGHEST)))


class Choosing(QObject):
    """Between the view model and the area."""

    def __init__(
        self, model: ComposerWriting, area: OptionArea, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._model = model
        self._area = area
        for signal in (model.options_changed, model.accounts_changed, model.tabs_changed):
            signal.connect(self._show)
        area.chosen.connect(model.set_option)
        area.reset.connect(model.reset_options)

    @Slot()
    def _show(self) -> None:
        self._area.show_options(self._model.options)


def _choices(options: AccountOptions) -> tuple[object, ...]:
    return tuple((offer.spec, offer.choices) for offer in options.offers)
