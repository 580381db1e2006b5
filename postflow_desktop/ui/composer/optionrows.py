"""The controls for what may be chosen: one for each kind of value, whatever network it is for."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QSizePolicy, QWidget

from postflow_desktop.domain.options import ON, OptionKind
from postflow_desktop.ui.composer.flow import Flow
from postflow_desktop.ui.composer.optionlist import Offer
from postflow_desktop.ui.kit.theme import current_theme
from postflow_desktop.ui.kit.widgets import CheckBox, Select, Switch, Text

_TITLE_WIDTH = 124


class OneOf(QWidget):
    """A list of choices."""

    told = Signal(str)

    def __init__(self, name: str, label: str, offer: Offer, parent: QWidget) -> None:
        super().__init__(parent)
        pairs = [(choice.value, choice.title) for choice in offer.choices]
        self.select = Select(label, pairs, self, name=name)
        self.select.setAccessibleDescription(offer.spec.help)
        _lay(self, self.select)
        self.select.chosen.connect(self.told)

    def show_offer(self, offer: Offer) -> None:
        """Show the choice; one that is not for this account shows as no choice."""
        index = self.select.findData(offer.values[0])
        self.select.setCurrentIndex(index)


class OnOff(QWidget):
    """A switch."""

    told = Signal(str)

    def __init__(self, name: str, label: str, offer: Offer, parent: QWidget) -> None:
        super().__init__(parent)
        self.switch = Switch(label, self, name=name)
        self.switch.setAccessibleDescription(offer.spec.help)
        _lay(self, self.switch)
        self.switch.clicked.connect(self._tell)

    def show_offer(self, offer: Offer) -> None:
        """On or off."""
        self.switch.setChecked(offer.value == ON)

    @Slot()
    def _tell(self) -> None:
        self.told.emit(ON if self.switch.isChecked() else "")


class SomeOf(QWidget):
    """A box for each choice."""

    told = Signal(str)

    def __init__(self, name: str, label: str, offer: Offer, parent: QWidget) -> None:
        super().__init__(parent)
        self.boxes: dict[str, CheckBox] = {}
        flow = Flow(self, gap=10)
        for choice in offer.choices:
            box = CheckBox(choice.title, self, name=f"{name}-{choice.value}")
            box.setAccessibleName(f"{label}: {choice.title}")
            box.setAccessibleDescription(offer.spec.help)
            box.clicked.connect(self._tell)
            self.boxes[choice.value] = box
            flow.addWidget(box)

    def show_offer(self, offer: Offer) -> None:
        """What is chosen is ticked."""
        for value, box in self.boxes.items():
            box.setChecked(value in offer.values)

    @Slot()
    def _tell(self) -> None:
        self.told.emit(",".join(value for value, box in self.boxes.items() if box.isChecked()))


class Typed(QWidget):
    """A line to type in."""

    told = Signal(str)

    def __init__(self, name: str, label: str, offer: Offer, parent: QWidget) -> None:
        super().__init__(parent)
        self._settled = offer.spec.settled
        self.edit = QLineEdit(self)
        self.edit.setObjectName(name)
        self.edit.setAccessibleName(label)
        self.edit.setAccessibleDescription(f"{offer.spec.help} {offer.spec.example}")
        self.edit.setPlaceholderText(offer.spec.example)
        _lay(self, self.edit)
        self.edit.textEdited.connect(self.told)

    def show_offer(self, offer: Offer) -> None:
        """The value, unless what is typed means it already: the cursor stays where it is."""
        if self._settled(self.edit.text()) != offer.value:
            self.edit.setText(offer.value)


_CONTROLS: dict[OptionKind, Callable[[str, str, Offer, QWidget], OneOf | OnOff | SomeOf | Typed]]
_CONTROLS = {
    OptionKind.CHOICE: OneOf,
    OptionKind.FLAG: OnOff,
    OptionKind.SEVERAL: SomeOf,
    OptionKind.WORDS: Typed,
}


class OptionRow(QWidget):
    """Its name at the left, its control at the right."""

    chosen = Signal(str, str)
    """Key and value; an empty value is as usual."""

    def __init__(self, account_id: str, username: str, offer: Offer, parent: QWidget) -> None:
        super().__init__(parent)
        spec = offer.spec
        self._spec = spec
        self.title = Text(spec.title, role="small", tone="text2", wraps=True, parent=self)
        self.title.setFixedWidth(current_theme().px(_TITLE_WIDTH))
        name = f"composer-option-{account_id}-{spec.key}"
        self.control = _CONTROLS[spec.kind](name, f"{spec.title}, @{username}", offer, self)
        self.setToolTip(spec.help)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(10)
        row.addWidget(self.title)
        row.addWidget(self.control, 1)
        self.control.told.connect(self._tell)
        self.show_offer(offer)

    def show_offer(self, offer: Offer) -> None:
        """What is chosen, without telling."""
        self.control.show_offer(offer)

    @Slot(str)
    def _tell(self, value: str) -> None:
        self.chosen.emit(self._spec.key, self._spec.settled(value))


def _lay(holder: QWidget, control: QWidget) -> None:
    row = QHBoxLayout(holder)
    row.setContentsMargins(0, 0, 0, 0)
    row.addWidget(control)
    row.addStretch(1)
    wide = QSizePolicy.Policy.Expanding
    if isinstance(control, QLineEdit):
        control.setSizePolicy(wide, control.sizePolicy().verticalPolicy())
        row.setStretch(0, 1)
        row.setStretch(1, 0)
