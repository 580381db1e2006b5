"""What a person with a screen reader would meet without a name."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QWidget


def nameless(root: QWidget) -> list[str]:
    """What can take the focus and has no accessible name or no object name."""
    found = []
    for widget in root.findChildren(QWidget):
        inner = widget.objectName().startswith("qt_") or widget.window() is not root.window()
        reachable = widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        if inner or not (reachable or isinstance(widget, QAbstractButton)):
            continue
        if not widget.accessibleName() or not widget.objectName():
            found.append(f"{type(widget).__name__} {widget.objectName()!r}")
    return found
