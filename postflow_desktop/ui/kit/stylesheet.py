"""The one style sheet, built once per look. Selectors by class and property, no long chains."""

from __future__ import annotations

from postflow_desktop.ui.kit.tokens import RADIUS, TYPES, Colours


def stylesheet(colours: Colours, scale: float, row_height: int) -> str:
    """The style sheet of a look: colours, text size, height of rows in px."""
    values = {name: getattr(colours, name) for name in colours.names()}
    values["line"] = "2px" if colours.contrast else "1px"
    values["box"] = colours.border if colours.contrast else "transparent"
    values["segment"] = colours.pressed if colours.dark else colours.surface
    values["row"] = f"{row_height}px"
    for size in (1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 14, 16, 18, 20, 24, 28, 32, 40):
        values[f"p{size}"] = f"{round(size * scale)}px"
    for name in ("chip", "control", "card", "dialog"):
        values[f"r_{name}"] = f"{getattr(RADIUS, name)}px"
    sheet = f"{_BASE}{_TEXT}{_BUTTONS}{_INPUTS}{_LISTS}{_PANELS}"
    for name in sorted(values, key=len, reverse=True):
        sheet = sheet.replace(f"${name}", values[name])
    return sheet + _roles(scale)


def _roles(scale: float) -> str:
    """Sizes and weights of labels by role."""
    return "".join(
        f'QLabel[role="{role}"] {{ font-size: {round(spec.size * scale)}px;'
        f" font-weight: {spec.weight}; }}\n"
        for role, spec in TYPES.items()
    )


_BASE = """
QMainWindow { background: $canvas; }
QDialog { background: $raised; }
QToolTip { background: $text; color: $surface; border: none; padding: $p4 $p8; }
QMenuBar { background: $canvas; color: $text; border-bottom: 1px solid $border; }
QMenuBar::item { padding: $p6 $p10; border-radius: $r_chip; background: transparent; }
QMenuBar::item:selected { background: $hover; }
QMenuBar::item:pressed { background: $pressed; }
QMenu { background: $raised; color: $text; border: $line solid $border_strong; padding: $p4; }
QMenu::item { padding: $p6 $p28 $p6 $p12; border-radius: $r_chip; min-height: $p18; }
QMenu::item:selected { background: $selected; color: $text; }
QMenu::item:disabled { color: $disabled; }
QMenu::separator { height: 1px; background: $border; margin: $p4 $p8; }
QScrollBar:vertical { background: transparent; width: 12px; margin: 0; }
QScrollBar:horizontal { background: transparent; height: 12px; margin: 0; }
QScrollBar::handle { background: $border_strong; border-radius: 4px; margin: 2px; }
QScrollBar::handle:vertical { min-height: 32px; }
QScrollBar::handle:horizontal { min-width: 32px; }
QScrollBar::handle:hover { background: $control; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
QScrollArea { background: transparent; border: none; }
QScrollArea > QWidget > QWidget { background: transparent; }
QSplitter::handle { background: $border; }
"""

_TEXT = """
QLabel { background: transparent; color: $text; }
QLabel[tone="text2"] { color: $text2; }
QLabel[tone="text3"] { color: $text3; }
QLabel[tone="accent"] { color: $accent_text; }
QLabel[tone="success"] { color: $success; }
QLabel[tone="warning"] { color: $warning; }
QLabel[tone="danger"] { color: $danger; }
QLabel[tone="info"] { color: $info; }
QLabel[role="mono"] { font-family: monospace; }
QLabel:disabled { color: $disabled; }
"""

_BUTTONS = """
QPushButton { min-height: $p18; padding: $p6 $p12; border-radius: $r_control; font-weight: 600;
  border: $line solid $border_strong; background: $surface; color: $text; }
QPushButton:hover { background: $hover; }
QPushButton:pressed { background: $pressed; }
QPushButton:disabled { color: $disabled; background: $surface; border-color: $border; }
QPushButton[kind="primary"] { background: $accent; color: #FFFFFF;
  border: $line solid $accent; }
QPushButton[kind="primary"]:hover { background: $accent_hover; border-color: $accent_hover; }
QPushButton[kind="primary"]:pressed { background: $accent_hover; border-color: $accent_hover; }
QPushButton[kind="primary"]:disabled { background: $pressed; color: $disabled;
  border-color: $pressed; }
QPushButton[kind="ghost"] { background: transparent; border-color: transparent;
  color: $accent_text; }
QPushButton[kind="ghost"]:hover { background: $hover; }
QPushButton[kind="ghost"]:pressed { background: $pressed; }
QPushButton[kind="ghost"]:disabled { color: $disabled; }
QPushButton[kind="danger"] { color: $danger; }
QPushButton[kind="danger"]:hover { background: $danger_bg; border-color: $danger; }
QPushButton[kind="danger"]:disabled { color: $disabled; border-color: $border; }
QPushButton[extent="small"] { min-height: $p18; padding: $p4 $p10; font-size: $p12; }
QPushButton[extent="large"] { min-height: $p24; padding: $p7 $p16; font-size: $p14; }
QPushButton[kind="segment"] { min-height: $p16; padding: $p4 $p12; background: transparent;
  border-color: transparent; color: $text2; }
QPushButton[kind="segment"]:hover { color: $text; }
QPushButton[kind="segment"]:checked { background: $segment; color: $text;
  border-color: $border; }
QPushButton[kind="segment"]:disabled { color: $disabled; }
QPushButton[kind="link"] { min-height: $p16; padding: 0; border: none; background: transparent;
  color: $accent_text; text-align: left; }
QPushButton[kind="link"]:hover { text-decoration: underline; }
QPushButton::menu-indicator { image: none; width: 0; }
QToolButton { background: transparent; border: none; border-radius: $r_control; padding: 0; }
QToolButton:hover { background: $hover; }
QToolButton:pressed, QToolButton:checked { background: $pressed; }
QToolButton::menu-indicator { image: none; width: 0; }
"""

_INPUTS = """
QLineEdit, QPlainTextEdit, QTextEdit, QComboBox, QAbstractSpinBox {
  background: $surface; color: $text; border: $line solid $control;
  border-radius: $r_control; selection-background-color: $accent;
  selection-color: #FFFFFF; placeholder-text-color: $text3; }
QLineEdit, QComboBox, QAbstractSpinBox { min-height: $p20; padding: $p5 $p10; }
QPlainTextEdit, QTextEdit { padding: $p6 $p6; }
QLineEdit:hover, QComboBox:hover, QAbstractSpinBox:hover { border-color: $text3; }
QLineEdit:focus, QPlainTextEdit:focus, QTextEdit:focus, QComboBox:focus,
QAbstractSpinBox:focus { border: 2px solid $focus; }
QLineEdit:focus, QComboBox:focus, QAbstractSpinBox:focus { padding: $p4 $p10; }
QLineEdit[invalid="true"], QPlainTextEdit[invalid="true"] { border-color: $danger; }
QLineEdit[bare="true"], QPlainTextEdit[bare="true"], QTextEdit[bare="true"] { border: none;
  background: transparent; padding: 0; }
QLineEdit[role="title"] { font-size: $p16; }
QLineEdit:disabled, QPlainTextEdit:disabled, QComboBox:disabled, QAbstractSpinBox:disabled {
  color: $disabled; background: $sunken; border-color: $border; }
QComboBox { padding-right: $p28; combobox-popup: 0; }
QComboBox:focus { padding-right: $p28; }
QComboBox::drop-down { border: none; width: $p28; }
QComboBox::down-arrow { image: none; }
QComboBox QAbstractItemView { background: $raised; color: $text; padding: $p4; outline: none;
  border: $line solid $border_strong; selection-background-color: $selected;
  selection-color: $text; }
QComboBox QAbstractItemView::item { min-height: $p28; padding: 0 $p8; border-radius: $r_chip; }
QAbstractSpinBox::up-button, QAbstractSpinBox::down-button { width: 0; border: none; }
QCalendarWidget QWidget#qt_calendar_navigationbar { background: $raised; }
QCalendarWidget QToolButton { color: $text; padding: $p4 $p8; font-weight: 600; }
QCalendarWidget QAbstractItemView { background: $raised; color: $text; outline: none;
  selection-background-color: $accent; selection-color: #FFFFFF; }
QCalendarWidget QAbstractItemView:disabled { color: $disabled; }
QProgressBar { background: $sunken; border: none; border-radius: 3px; max-height: 6px; }
QProgressBar::chunk { background: $accent; border-radius: 3px; }
"""

_LISTS = """
QAbstractItemView { outline: none; }
QListView, QTreeView, QTableView { background: transparent; color: $text; border: none; }
QListView::item, QTreeView::item, QTableView::item { min-height: $row; padding: 0 $p8; }
QListView::item { border-radius: $r_control; }
QListView::item:hover, QTreeView::item:hover, QTableView::item:hover { background: $hover; }
QListView::item:selected, QTreeView::item:selected, QTableView::item:selected {
  background: $selected; color: $text; }
QHeaderView::section { background: $surface; color: $text2; border: none; padding: $p6 $p8;
  border-bottom: 1px solid $border; font-size: $p12; font-weight: 600; }
QTabBar::tab { color: $text2; padding: $p8 $p12; border-bottom: 2px solid transparent;
  background: transparent; font-weight: 600; }
QTabBar::tab:hover { color: $text; }
QTabBar::tab:selected { color: $accent_text; border-bottom-color: $accent; }
QTabWidget::pane { border: none; border-top: 1px solid $border; }
"""

_PANELS = """
QFrame[panel="canvas"] { background: $canvas; border: none; }
QFrame[panel="surface"] { background: $surface; border: none; }
QFrame[panel="raised"] { background: $raised; border: none; }
QFrame[panel="sunken"] { background: $sunken; border: none; border-radius: $r_control; }
QFrame[panel="nav"] { background: $canvas; border: none; border-right: $line solid $border; }
QFrame[panel="navfoot"] { background: $canvas; border: none; border-top: $line solid $border; }
QFrame[panel="toolbar"] { background: $surface; border: none; }
QFrame[panel="inspector"] { background: $surface; border: none;
  border-left: $line solid $border; }
QFrame[panel="card"] { background: $raised; border: $line solid $border;
  border-radius: $r_card; }
QFrame[panel="popover"] { background: $raised; border: $line solid $border_strong;
  border-radius: $r_card; }
QFrame[panel="dialog"] { background: $raised; border: $line solid $border_strong;
  border-radius: $r_dialog; }
QFrame[panel="line"] { background: $border; border: none; }
QFrame[panel="info"] { background: $info_bg; border: none; }
QFrame[panel="success"] { background: $success_bg; border: none; }
QFrame[panel="warning"] { background: $warning_bg; border: none; }
QFrame[panel="danger"] { background: $danger_bg; border: none; }
QFrame[panel="info"][boxed="true"], QFrame[panel="success"][boxed="true"],
QFrame[panel="warning"][boxed="true"], QFrame[panel="danger"][boxed="true"] {
  border-radius: $r_control; border: $line solid $box; }
"""
