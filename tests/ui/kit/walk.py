"""Walks a window and lists what a person without a mouse or without eyes could not use.

For any screen's test: `assert unnamed(view) == []`, `assert unreachable(view) == []`.
"""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QAccessibleInterface
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSpinBox,
    QCalendarWidget,
    QComboBox,
    QLineEdit,
    QMenuBar,
    QPlainTextEdit,
    QScrollBar,
    QTextEdit,
    QWidget,
)

_INTERACTIVE = (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSpinBox,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QTextEdit,
)
_OWNERS = (QCalendarWidget, QComboBox, QAbstractSpinBox, QMenuBar, QScrollBar)
"""What these have inside is theirs."""


def interactive(root: QWidget) -> Iterator[QWidget]:
    """Every widget that a person operates, Qt's own inner parts aside."""
    for widget in (root, *root.findChildren(QWidget)):
        if _is_inner(widget, root):
            continue
        focusable = widget.focusPolicy() != Qt.FocusPolicy.NoFocus and bool(widget.objectName())
        if isinstance(widget, _INTERACTIVE) or focusable:
            yield widget


def spoken(widget: QWidget) -> QAccessibleInterface | None:
    """What a screen reader is told; None for what it never sees, although Qt's stub denies it."""
    return QAccessible.queryAccessibleInterface(widget)


def unnamed(root: QWidget) -> list[str]:
    """Interactive widgets without an object name or without an accessible name."""
    found = []
    for widget in interactive(root):
        interface = spoken(widget)
        name = "" if interface is None else interface.text(QAccessible.Text.Name)
        if not widget.objectName() or not name.strip():
            found.append(f"{type(widget).__name__} «{widget.objectName()}» says «{name}»")
    return found


def tab_order(root: QWidget) -> list[QWidget]:
    """What Tab reaches inside the root, in this order; visible and enabled ones only."""
    found = []
    widget = root.nextInFocusChain()
    while widget is not None and widget is not root:
        if root.isAncestorOf(widget) and _takes_tab(widget):
            found.append(widget)
        widget = widget.nextInFocusChain()
    return found


def unreachable(root: QWidget) -> list[str]:
    """Visible interactive widgets that Tab does not reach, although nothing else leads to them."""
    reached = set(tab_order(root))
    return [
        f"{type(widget).__name__} «{widget.objectName()}»"
        for widget in interactive(root)
        if widget.isVisibleTo(root)
        and widget.isEnabled()
        and widget not in reached
        and widget.focusPolicy() != Qt.FocusPolicy.NoFocus
        and widget is not root
    ]


def _takes_tab(widget: QWidget) -> bool:
    policy = widget.focusPolicy()
    return bool(policy & Qt.FocusPolicy.TabFocus) and widget.isVisible() and widget.isEnabled()


def _is_inner(widget: QWidget, root: QWidget) -> bool:
    if widget.objectName().startswith("qt_") or isinstance(widget, QScrollBar):
        return True
    parent = widget.parentWidget()
    while parent is not None and parent is not root.parentWidget():
        if isinstance(parent, _OWNERS):
            return True
        parent = parent.parentWidget()
    return False
