"""What the calendar can do, for menus, palette and shortcut sheet."""

from __future__ import annotations

from functools import partial

from postflow_desktop.ui.calendar.viewmodel import CalendarViewModel
from postflow_desktop.ui.kit.commands import Command

SCOPE = "calendar"


def calendar_commands(viewmodel: CalendarViewModel) -> tuple[Command, ...]:
    """The commands of the month; their keys hold only while the calendar is shown."""

    def has_post() -> bool:
        return viewmodel.row(viewmodel.current) is not None

    def edit() -> None:
        viewmodel.open(viewmodel.current)

    def cancel() -> None:
        viewmodel.cancel(viewmodel.current)

    def is_movable() -> bool:
        row = viewmodel.row(viewmodel.current)
        return row is not None and not viewmodel.mover.refusal(row)

    moves = (
        ("later", "Move a day later", "Alt+Right", 1),
        ("earlier", "Move a day earlier", "Alt+Left", -1),
        ("week-later", "Move a week later", "Alt+Shift+Right", 7),
        ("week-earlier", "Move a week earlier", "Alt+Shift+Left", -7),
    )
    return (
        Command("calendar.today", "Go to today", "Go", "T", viewmodel.go_today, scope=SCOPE),
        Command(
            "calendar.next", "Next month", "Go", "PgDown | J", viewmodel.next_month, scope=SCOPE
        ),
        Command(
            "calendar.previous", "Previous month", "Go", "PgUp | K", viewmodel.previous_month,
            scope=SCOPE,
        ),
        Command(
            "calendar.undo", "Undo move", "Edit", "Ctrl+Z", viewmodel.undo,
            enabled=lambda: viewmodel.mover.can_undo, scope=SCOPE,
        ),
        Command(
            "calendar.redo", "Redo move", "Edit", "Ctrl+Shift+Z", viewmodel.redo,
            enabled=lambda: viewmodel.mover.can_redo, scope=SCOPE,
        ),
        Command("calendar.edit", "Edit post", "Post", "E", edit, enabled=has_post, scope=SCOPE),
        Command(
            "calendar.cancel", "Take post out of the plan", "Post", "Del", cancel,
            enabled=is_movable, scope=SCOPE, keywords="cancel unschedule delete",
        ),
        *(
            Command(
                f"calendar.{name}", title, "Post", keys, partial(viewmodel.shift, days),
                enabled=is_movable, scope=SCOPE, keywords="reschedule",
            )
            for name, title, keys, days in moves
        ),
    )  # fmt: skip
