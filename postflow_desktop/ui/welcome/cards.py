"""The first page: three ways in."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from postflow_desktop.ui.kit import icons
from postflow_desktop.ui.kit.buttons import Button
from postflow_desktop.ui.kit.marks import Progress, notice
from postflow_desktop.ui.kit.panels import Card, IconLabel, Text
from postflow_desktop.ui.kit.theme import current_theme
from postflow_desktop.ui.welcome.viewmodel import WelcomeViewModel
from postflow_desktop.ui.words import explain

_CARD_WIDTH = 268


class Emblem(QWidget):
    """PostFlow's mark: a paper plane on the accent colour."""

    def __init__(self, parent: QWidget | None = None, *, size: int = 56) -> None:
        super().__init__(parent)
        self._size = size
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """A square."""
        return QSize(self._size, self._size)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - Qt's signature
        """The tile and the plane."""
        painter = QPainter(self)
        try:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(current_theme().color("accent"))
            box = QRectF(self.rect())
            painter.drawRoundedRect(box, box.height() / 4, box.height() / 4)
            inset = box.height() * 0.22
            inner = box.adjusted(inset, inset, -inset, -inset)
            icons.glyph(painter, inner, "paper-plane-tilt-fill", icons.WHITE)
        finally:
            painter.end()


class WayIn(Card):
    """One card: what it is, what it asks for, and its button."""

    chosen = Signal()

    def __init__(
        self, icon: str, title: str, text: str, button: Button, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent, margin=20)
        self.button = button
        self.setObjectName(f"welcome-card-{button.objectName()}")
        current_theme().changed.connect(self._fit)
        self._fit()
        words = Text(text, tone="text2", wraps=True, parent=self)
        self.body.addWidget(IconLabel(icon, self, size=28, color="accent_text"))
        self.body.addSpacing(4)
        self.body.addWidget(Text(title, role="title", wraps=True, parent=self))
        self.body.addWidget(words)
        self.body.addStretch(1)
        self.body.addSpacing(8)
        self.body.addWidget(button)
        button.clicked.connect(self.chosen)

    @Slot()
    def _fit(self) -> None:
        self.setFixedWidth(current_theme().px(_CARD_WIDTH))


class StartPage(QWidget):
    """Explore first: it asks for nothing."""

    create_chosen = Signal()
    sign_in_chosen = Signal()

    def __init__(self, viewmodel: WelcomeViewModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._viewmodel = viewmodel
        self.explore = WayIn(
            "sparkle",
            "Explore with sample data",
            "A month of posts to look around in, on this computer only. It asks for nothing, "
            "reaches nobody, and one command removes it.",
            Button("Explore", self, kind="primary", size="large", name="welcome-explore"),
            self,
        )
        self.new = WayIn(
            "house-line",
            "Create a workspace",
            "For your own posts. On this computer alone, or in a database that your team "
            "can reach.",
            Button("Create a workspace", self, size="large", name="welcome-create"),
            self,
        )
        self.sign_in = WayIn(
            "sign-in",
            "Sign in or join",
            "You have an account in a workspace already, or a teammate gave you its address.",
            Button("Sign in", self, size="large", name="welcome-sign-in"),
            self,
        )
        self.back = Button("Back", self, kind="ghost", icon="arrow-left", name="welcome-back")
        self.progress = Progress(self)
        self.problem = notice(self, "danger", name="welcome-problem")
        self._lay_out()
        self.explore.chosen.connect(viewmodel.explore)
        self.new.chosen.connect(self.create_chosen)
        self.sign_in.chosen.connect(self.sign_in_chosen)
        self.back.clicked.connect(viewmodel.leave)

    def refresh(self) -> None:
        """Show what the view model says."""
        busy = self._viewmodel.busy
        place = self._viewmodel.place
        self.back.setVisible(place is not None)
        self.back.setEnabled(not busy)
        if place is not None:
            self.back.setText(f"Back to {place.organization_name}")
        ended = not busy and not self.explore.button.isEnabled()
        for card in (self.explore, self.new, self.sign_in):
            card.button.setEnabled(not busy)
        if ended and self.isVisible():
            self.explore.button.setFocus(Qt.FocusReason.OtherFocusReason)
        if busy == "explore":
            self.progress.start("Setting up the sample workspace…")
        else:
            self.progress.stop()
        error = self._viewmodel.problem if self._viewmodel.problem_of == "explore" else None
        self.problem.set_text(explain(error) if error else "")
        self.problem.setVisible(error is not None)

    def _lay_out(self) -> None:
        center = Qt.AlignmentFlag.AlignHCenter
        row = QHBoxLayout()
        row.setSpacing(16)
        row.addStretch(1)
        for card in (self.explore, self.new, self.sign_in):
            row.addWidget(card)
        row.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(32, 32, 32, 32)
        column.setSpacing(0)
        column.addStretch(2)
        column.addWidget(Emblem(self), 0, center)
        column.addSpacing(16)
        column.addWidget(Text("Welcome to PostFlow", role="h1", parent=self), 0, center)
        column.addSpacing(4)
        tagline = "Plan, write and publish from your own computer. No server in between."
        column.addWidget(Text(tagline, tone="text2", parent=self), 0, center)
        column.addSpacing(32)
        column.addLayout(row)
        column.addSpacing(16)
        current_theme().changed.connect(self._fit)
        self._fit()
        under = QHBoxLayout()
        under.addStretch(1)
        under.addWidget(self.problem)
        under.addStretch(1)
        column.addLayout(under)
        self.progress.setFixedWidth(420)
        column.addWidget(self.progress, 0, center)
        column.addWidget(self.back, 0, center)
        column.addStretch(3)

    @Slot()
    def _fit(self) -> None:
        self.problem.setFixedWidth(current_theme().px(3 * _CARD_WIDTH) + 32)
