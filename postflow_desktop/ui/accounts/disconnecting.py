"""The question before an account is disconnected: what waits for it, and what becomes of that."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QWidget

from postflow_desktop.services.disconnecting import DisconnectPlan, PostsThen
from postflow_desktop.ui.kit.choices import Segments
from postflow_desktop.ui.kit.dialogs import Dialog
from postflow_desktop.ui.kit.panels import Text
from postflow_desktop.ui.words import count_of, network_title

_THEN = {
    PostsThen.KEEP: "They stay planned and wait, paused, until somebody connects this account "
    "again. What is late by then is asked about before it goes out.",
    PostsThen.CANCEL: "They are taken out of the plan. A post that goes nowhere else is a draft "
    "again; what goes to other accounts goes there as planned.",
}


class DisconnectDialog(Dialog):
    """Says how many posts of which times are concerned; the choice is there only with posts."""

    def __init__(
        self,
        parent: QWidget | None,
        plan: DisconnectPlan,
        clock: Callable[[datetime], str],
        *,
        on_accept: Callable[[PostsThen | None], object],
    ) -> None:
        name = plan.account.username
        super().__init__(
            parent,
            title=f"Disconnect @{name}?",
            action="Disconnect",
            name="disconnect-dialog",
            danger=True,
        )
        self._plan = plan
        self._on_accept = on_accept
        network = network_title(plan.account.network)
        intro = f"PostFlow signs out at {network} and forgets the sign-in. What is out stays out."
        self.intro = Text(intro, tone="text2", wraps=True, parent=self)
        self.posts = Text(_posts(plan, clock), wraps=True, parent=self)
        self.choice = Segments(
            "What becomes of the posts",
            (
                (PostsThen.KEEP.value, "Keep until reconnected"),
                (PostsThen.CANCEL.value, "Take out of the plan"),
            ),
            self,
            name="disconnect-posts",
        )
        self.meaning = Text(role="small", tone="text2", wraps=True, parent=self)
        for widget in (self.intro, self.posts, self.choice, self.meaning):
            self.body.addWidget(widget)
        for widget in (self.posts, self.choice, self.meaning):
            widget.setVisible(plan.waiting > 0)
        self.choice.chosen.connect(self._explain)
        self.choice.set_value(PostsThen.KEEP.value)
        self._explain(PostsThen.KEEP.value)
        if plan.under_way:
            self.show_problem("One of them is being sent at this moment. Try again in a minute.")
            self.accept_button.setEnabled(False)

    @property
    def then(self) -> PostsThen | None:
        """What was chosen; None where nothing waits."""
        return PostsThen(self.choice.value()) if self._plan.waiting else None

    @Slot()
    def submit(self) -> None:
        """Close, then do it."""
        if self._plan.under_way:
            return
        then = self.then
        self.accept()
        self._on_accept(then)

    @Slot(str)
    def _explain(self, value: str) -> None:
        self.meaning.setText(_THEN[PostsThen(value)])
        self.choice.setAccessibleDescription(self.meaning.text())


def _posts(plan: DisconnectPlan, clock: Callable[[datetime], str]) -> str:
    if not plan.waiting or plan.first_at is None or plan.last_at is None:
        return ""
    waits = count_of(plan.waiting, "scheduled post waits", "scheduled posts wait")
    if plan.first_at == plan.last_at:
        return f"{waits} for it, for {clock(plan.first_at)}."
    return f"{waits} for it, from {clock(plan.first_at)} to {clock(plan.last_at)}."
