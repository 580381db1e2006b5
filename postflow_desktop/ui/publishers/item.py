"""One publisher on the board: which computer, since when, what it is doing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from PySide6.QtCore import QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from postflow_desktop.domain.presence import Presence, PublisherKind
from postflow_desktop.domain.time import zone
from postflow_desktop.services.ports.replica import PostHit
from postflow_desktop.services.presence import Board
from postflow_desktop.ui.kit import icons
from postflow_desktop.ui.kit.buttons import Button
from postflow_desktop.ui.kit.marks import ElidedText
from postflow_desktop.ui.kit.panels import Card, Pill, Text
from postflow_desktop.ui.kit.theme import current_theme
from postflow_desktop.ui.kit.tokens import RADIUS
from postflow_desktop.ui.words import when

_KINDS = {
    PublisherKind.AGENT: ("desktop-tower", "Agent", "Always-on publisher, without a window"),
    PublisherKind.DESKTOP: ("laptop", "Desktop", "PostFlow with a window"),
    PublisherKind.COMMAND: ("terminal-window", "Command", "Ends when its work is done"),
}
_NAMED = 3
"""Posts under way that are shown by title."""
_WIDTHS = (0, 64, 32, 22)
"""Letters of a title, by how many of them stand side by side."""
_MINUTE = timedelta(minutes=1)


class KindTile(QWidget):
    """The kind of a publisher as an icon on a tile; the words beside it say the same."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._icon = "laptop"
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        current_theme().changed.connect(self.updateGeometry)

    def set_icon(self, name: str) -> None:
        """Another kind."""
        self._icon = name
        self.update()

    def sizeHint(self) -> QSize:
        """A square."""
        size = current_theme().px(40)
        return QSize(size, size)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - Qt's signature
        """The tile, then the icon in its middle."""
        theme = current_theme()
        painter = QPainter(self)
        try:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.color("accent_subtle"))
            painter.drawRoundedRect(QRectF(self.rect()), RADIUS.card, RADIUS.card)
            inset = theme.px(9)
            box = QRectF(self.rect()).adjusted(inset, inset, -inset, -inset)
            icons.glyph(painter, box, self._icon, theme.color("accent_text"))
        finally:
            painter.end()


class PublisherItem(Card):
    """Takes the focus as a whole; the posts it is at follow by Tab."""

    post_asked = Signal(str)

    def __init__(self, key: str, parent: QWidget | None = None) -> None:
        super().__init__(parent, margin=16)
        self.setObjectName(f"publisher-{key}")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.tile = KindTile(self)
        self.name = ElidedText(role="title", parent=self)
        self.kind = Pill("", self)
        self.here = Pill("This computer", self, tone="accent")
        self.about = Text(tone="text2", wraps=True, parent=self)
        self.doing = Text(parent=self)
        self.more = Text(role="small", tone="text2", parent=self)
        self.heard = Text(role="small", tone="text2", parent=self)
        self.posts = [self._make_link(key, number) for number in range(_NAMED)]
        self._shown: list[str] = []
        self._lay_out()

    def show_presence(
        self, presence: Presence, board: Board, posts: Mapping[str, PostHit], zone_name: str
    ) -> None:
        """Show it as it was at its last heartbeat."""
        who = presence.who
        icon, word, long = _KINDS[who.kind]
        self.tile.set_icon(icon)
        self.name.setText(who.name or "A computer without a name")
        self.kind.set_state(word, tone="success" if who.always_on else "text2")
        self.kind.setToolTip(long)
        self.here.setVisible(who.machine == board.here)
        about = [f"On since {_moment(presence.since, zone_name, board.at)}"]
        last = presence.last_published_at
        about.append(f"last post {_moment(last, zone_name, board.at)}" if last else "no post yet")
        self.about.setText(f"{' · '.join(about)} · version {who.version}")
        self.heard.setText(f"heard {ago(board.at - presence.at)}")
        self._show_work(presence.under_way, posts)
        here = ", this computer" if who.machine == board.here else ""
        self.setAccessibleName(f"{self.name.full_text()}, {word}{here}, {self._work_words()}")
        self.setAccessibleDescription(f"{long}. {self.about.text()}, {self.heard.text()}")

    def _show_work(self, under_way: Sequence[str], posts: Mapping[str, PostHit]) -> None:
        hits = {hit.post_id: hit for target in under_way if (hit := posts.get(target)) is not None}
        self._shown = list(hits)[:_NAMED]
        self.doing.setText("Publishing" if under_way else "Waiting for the next post")
        self.doing.set_tone("info" if under_way else "text2")
        for link, post_id in zip(self.posts, self._shown, strict=False):
            link.setText(_short(hits[post_id].title, _WIDTHS[len(self._shown)]))
            link.setToolTip("Show this post")
        for number, link in enumerate(self.posts):
            link.setVisible(number < len(self._shown))
        unknown = sum(target not in posts for target in under_way)
        left = len(hits) - len(self._shown) + unknown
        lead = "and " if self._shown else ""
        words = f"{lead}{left} {'more' if self._shown else 'posts' if left > 1 else 'post'}"
        self.more.setText(words if left else "")
        self.more.setVisible(bool(left))

    def _work_words(self) -> str:
        named = [link.text() for link in self.posts[: len(self._shown)]]
        return " ".join([self.doing.text(), ", ".join(named), self.more.text()]).strip()

    def _make_link(self, key: str, number: int) -> Button:
        link = Button("-", self, kind="link", size="small", name=f"doing-{key}-{number}")
        link.clicked.connect(self._on_post)
        return link

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(8)
        for widget in (self.name, self.kind, self.here):
            head.addWidget(widget)
        head.addStretch(1)
        head.addWidget(self.heard)
        work = QHBoxLayout()
        work.setSpacing(8)
        work.addWidget(self.doing)
        for link in self.posts:
            work.addWidget(link)
        work.addWidget(self.more)
        work.addStretch(1)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addLayout(head)
        words.addWidget(self.about)
        words.addLayout(work)
        row = QHBoxLayout()
        row.setSpacing(14)
        row.addWidget(self.tile, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(words, 1)
        self.body.addLayout(row)

    @Slot()
    def _on_post(self) -> None:
        sender = self.sender()
        number = next((n for n, link in enumerate(self.posts) if link is sender), None)
        if number is not None and number < len(self._shown):
            self.post_asked.emit(self._shown[number])


def ago(passed: timedelta) -> str:
    """`just now`, `40 s ago`, `2 min ago`."""
    if passed < timedelta(seconds=5):
        return "just now"
    if passed < _MINUTE:
        return f"{round(passed.total_seconds())} s ago"
    return f"{passed // _MINUTE} min ago"


def _short(title: str, most: int) -> str:
    words = " ".join(title.split()) or "Post without text"
    return words if len(words) <= most else f"{words[: most - 1].rstrip()}…"


def _moment(at: datetime, zone_name: str, now: datetime) -> str:
    """`14:05` for today, else with the day."""
    shown, today = at.astimezone(zone(zone_name)), now.astimezone(zone(zone_name))
    return f"{shown:%H:%M}" if shown.date() == today.date() else when(at, zone_name, now)
