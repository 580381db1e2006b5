"""What the palette of the window offers: commands, screens, channels, and posts by search."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from postflow_desktop.services.ports.replica import PostHit
from postflow_desktop.ui.kit import icons
from postflow_desktop.ui.kit.commands import Command, Commands
from postflow_desktop.ui.shell.entries import ACTIONS, CHANNELS, GO_TO, POSTS, Entry
from postflow_desktop.ui.shell.viewmodel import ShellViewModel

_HIDDEN = frozenset({"go.palette", "window.next", "window.previous", "window.menu"})
"""Acts of the keyboard that make no sense in a list."""
_STATUS_ICONS = {
    "draft": "pencil-simple",
    "scheduled": "clock",
    "queued": "list-bullets",
    "publishing": "spinner-gap",
    "published": "check-circle",
    "failed": "warning",
}


class Finder:
    """Gives the palette its entries."""

    def __init__(
        self,
        viewmodel: ShellViewModel,
        commands: Commands,
        open_post: Callable[[str], object],
    ) -> None:
        self._viewmodel = viewmodel
        self._commands = commands
        self._open_post = open_post
        self.scope = ""

    def entries(self) -> Sequence[Entry]:
        """What can be done now; what stands for the open screen and its selection comes first."""
        commands = [c for c in self._commands.all() if self._fits(c)]
        commands.sort(key=lambda command: command.scope == "")
        return [*(self._of_command(command) for command in commands), *self._channels()]

    def search(self, words: str, done: Callable[[Sequence[Entry]], object]) -> None:
        """Posts by their words; `done` gets their entries later."""
        self._viewmodel.search(words, partial(self._found, done))

    def _fits(self, command: Command) -> bool:
        in_scope = command.scope in ("", self.scope)
        return in_scope and command.id not in _HIDDEN and command.enabled()

    def _of_command(self, command: Command) -> Entry:
        goes = command.id.startswith("go.")
        return Entry(
            id=command.id,
            section=GO_TO if goes else ACTIONS,
            title=command.title,
            icon=command.icon or "caret-right",
            shortcut=command.shortcut,
            keywords=command.keywords,
            run=partial(self._commands.run, command.id),
        )

    def _channels(self) -> Sequence[Entry]:
        return [
            Entry(
                id=f"channel:{row.id}",
                section=CHANNELS,
                title=row.display_name or row.username,
                icon=icons.network_glyph(row.network),
                keywords=f"{row.username} {row.network.value}",
                run=partial(self._viewmodel.set_filter, frozenset({row.id})),
            )
            for row in self._viewmodel.accounts
        ]

    def _found(self, done: Callable[[Sequence[Entry]], object], hits: Sequence[PostHit]) -> None:
        done(
            [
                Entry(
                    id=f"post:{hit.post_id}",
                    section=POSTS,
                    title=hit.title or "Post without text",
                    note=self._note(hit),
                    icon=_STATUS_ICONS[hit.status.value],
                    run=partial(self._open_post, hit.post_id),
                )
                for hit in hits
            ]
        )

    def _note(self, hit: PostHit) -> str:
        """When it goes out, or went."""
        from postflow_desktop.domain.time import zone

        place = self._viewmodel.place
        if hit.at is None or place is None:
            return "Draft" if hit.at is None else ""
        local = hit.at.astimezone(zone(place.timezone))
        return f"{local:%a} {local.day} {local:%b}, {local:%H:%M}"
