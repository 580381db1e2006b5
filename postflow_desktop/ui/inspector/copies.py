"""What stands at the networks of a post that is out, as they said it when somebody asked."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from postflow_desktop.ui.inspector.asking import AskingSection, AskingWords
from postflow_desktop.ui.kit.panels import Text

_WORDS = AskingWords(
    title="At the networks",
    button="Look now",
    spoken="Look at the networks now",
    hint="Ask what stands there now",
)


class Copies(AskingSection):
    """A line for every post, reply and comment that is out."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(
            _WORDS, parent, name="inspector-copies", button="inspector-look", icon="eye"
        )
        self._column.setSpacing(6)
        self._lines: tuple[str, ...] = ()

    @property
    def lines(self) -> tuple[str, ...]:
        """What is shown, a line each."""
        return self._lines

    def show_lines(self, lines: tuple[str, ...], *, can_look: bool, is_asking: bool) -> None:
        """Show these; the button keeps the keyboard."""
        self.show()
        self._show_button(can_ask=can_look, is_asking=is_asking)
        if lines != self._lines:
            self._lines = lines
            self._replace([Text(line, role="small", wraps=True, parent=self) for line in lines])
