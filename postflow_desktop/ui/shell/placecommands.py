"""The commands about workspaces: another one, and the end of the sample."""

from __future__ import annotations

from collections.abc import Callable

from postflow_desktop.ui.backend import Backend
from postflow_desktop.ui.kit.commands import Command


def place_commands(
    backend: Backend, *, add: Callable[[], object], remove_sample: Callable[[], object]
) -> tuple[Command, ...]:
    """Off where they make no sense."""

    def is_sample() -> bool:
        place = backend.place()
        return place is not None and place.is_sample

    def has_place() -> bool:
        return backend.place() is not None

    return (
        Command(
            "place.add",
            "Add a workspace…",
            "File",
            "",
            add,
            has_place,
            icon="house-line",
            keywords="create join sign in team explore sample",
        ),
        Command(
            "place.remove-sample",
            "Remove sample data…",
            "File",
            "",
            remove_sample,
            is_sample,
            icon="trash",
            keywords="delete example workspace",
        ),
    )
