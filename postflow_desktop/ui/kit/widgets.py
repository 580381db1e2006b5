"""One door to the shared widgets."""

from __future__ import annotations

from postflow_desktop.ui.kit.buttons import Button, IconButton, repolish
from postflow_desktop.ui.kit.choices import CheckBox, Segments, Switch
from postflow_desktop.ui.kit.fields import Field, Select
from postflow_desktop.ui.kit.panels import (
    Badge,
    Card,
    EmptyState,
    IconLabel,
    InfoBar,
    Pill,
    Separator,
    Text,
)

__all__ = [
    "Badge",
    "Button",
    "Card",
    "CheckBox",
    "EmptyState",
    "Field",
    "IconButton",
    "IconLabel",
    "InfoBar",
    "Pill",
    "Segments",
    "Select",
    "Separator",
    "Switch",
    "Text",
    "repolish",
]
