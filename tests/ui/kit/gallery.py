"""One of each of the kit's widgets, for tests that look at all of them."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget

from postflow_desktop.ui.kit.widgets import (
    Badge,
    Button,
    Card,
    CheckBox,
    EmptyState,
    Field,
    IconButton,
    InfoBar,
    Pill,
    Segments,
    Select,
    Separator,
    Switch,
    Text,
)


def gallery() -> QWidget:
    """A window with everything in it."""
    window = QWidget()
    window.setObjectName("gallery")
    column = QVBoxLayout(window)
    field = Field("Password", name="password", secret=True, hint="12 characters at least")
    field.set_error("Too short.")
    card = Card()
    card.body.addWidget(Text("In a card", role="h2"))
    badge = Badge()
    badge.set_count(1200)
    switch = Switch("Publish from this computer")
    switch.setChecked(True)
    check = CheckBox("Everywhere")
    check.setChecked(True)
    for widget in (
        Button("Schedule", kind="primary", icon="plus", hint="C"),
        Button("Cancel"),
        Button("More", kind="ghost", size="small"),
        Button("Delete", kind="danger", size="large"),
        Button("Details", kind="link"),
        IconButton("gear-six", "Settings"),
        switch,
        check,
        Segments("View", (("month", "Month"), ("week", "Week"))),
        Select("Time zone", (("a", "Europe/Berlin"), ("b", "UTC")), name="zone"),
        field,
        card,
        Pill("Scheduled", tone="accent", icon="clock"),
        badge,
        Separator(),
        InfoBar("You are offline.", kind="warning", action="Why", closable=True),
        EmptyState("calendar-blank", "Nothing planned", "Press C.", "New post"),
    ):
        column.addWidget(widget)
    return window
