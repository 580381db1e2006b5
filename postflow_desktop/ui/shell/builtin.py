"""The commands of the window itself. Screens add their own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from postflow_desktop.ui.kit.commands import Command


class Acts(Protocol):
    """What the window can do by itself."""

    def compose(self) -> None:
        """Begin a new post."""
        ...

    def open_palette(self) -> None:
        """Open the palette."""
        ...

    def open_search(self) -> None:
        """Open the palette to look for a post."""
        ...

    def connect_channel(self) -> None:
        """Begin to connect an account."""
        ...

    def toggle_nav(self) -> None:
        """Collapse or widen the navigation."""
        ...

    def toggle_inspector(self) -> None:
        """Open or close the inspector."""
        ...

    def toggle_menu_bar(self) -> None:
        """Show or hide the menu bar."""
        ...

    def open_menu(self) -> None:
        """Open the ☰ menu."""
        ...

    def toggle_full_screen(self) -> None:
        """Fill the screen, or not any more."""
        ...

    def toggle_theme(self) -> None:
        """From light to dark, or back."""
        ...

    def next_pane(self) -> None:
        """To the next part of the window."""
        ...

    def previous_pane(self) -> None:
        """To the part before."""
        ...

    def open_shortcuts(self) -> None:
        """Show the shortcut sheet."""
        ...

    def show_all_channels(self) -> None:
        """Take the channel filter away."""
        ...

    def close_window(self) -> None:
        """Close the window."""
        ...

    def ask_to_quit(self) -> None:
        """End the program."""
        ...


def builtin_commands(
    acts: Acts, *, has_place: Callable[[], bool], has_inspector: Callable[[], bool]
) -> Sequence[Command]:
    """All of them; those that need a workspace are off on the welcome page."""
    return (
        Command("post.new", "New post", "File", "C | Ctrl+N", acts.compose, has_place, icon="plus"),
        Command(
            "channel.connect",
            "Connect a channel…",
            "File",
            "",
            acts.connect_channel,
            has_place,
            icon="link",
            keywords="account network add",
        ),
        Command(
            "edit.search",
            "Find a post…",
            "Edit",
            "Ctrl+F",
            acts.open_search,
            has_place,
            icon="magnifying-glass",
        ),
        *_view_commands(acts, has_place, has_inspector),
        Command(
            "go.palette", "Command palette…", "Go", "Ctrl+K", acts.open_palette, icon="command"
        ),
        Command("window.next", "Next pane", "Window", "F6", acts.next_pane, icon="arrow-right"),
        Command(
            "window.previous",
            "Previous pane",
            "Window",
            "Shift+F6",
            acts.previous_pane,
            icon="arrow-left",
        ),
        Command("window.menu", "Open the menu", "Window", "F10", acts.open_menu, icon="list"),
        Command(
            "help.shortcuts",
            "Keyboard shortcuts",
            "Help",
            "? | Ctrl+?",
            acts.open_shortcuts,
            icon="keyboard",
        ),
        Command("window.close", "Close window", "File", "Ctrl+W", acts.close_window, icon="x"),
        Command("app.quit", "Quit PostFlow", "File", "Ctrl+Q", acts.ask_to_quit, icon="sign-out"),
    )


def _view_commands(
    acts: Acts, has_place: Callable[[], bool], has_inspector: Callable[[], bool]
) -> Sequence[Command]:
    return (
        Command(
            "view.inspector",
            "Inspector",
            "View",
            "I",
            acts.toggle_inspector,
            has_inspector,
            icon="info",
        ),
        Command(
            "view.nav",
            "Navigation wide or narrow",
            "View",
            "Ctrl+\\",
            acts.toggle_nav,
            has_place,
            icon="sidebar-simple",
            keywords="sidebar collapse",
        ),
        Command(
            "view.channels",
            "Show all channels",
            "View",
            "",
            acts.show_all_channels,
            has_place,
            icon="funnel",
            keywords="filter clear",
        ),
        Command(
            "view.theme",
            "Light or dark theme",
            "View",
            "Ctrl+Shift+L",
            acts.toggle_theme,
            icon="circle-half",
            keywords="appearance night mode",
        ),
        Command(
            "view.menubar", "Menu bar", "View", "Ctrl+M", acts.toggle_menu_bar, icon="list-dashes"
        ),
        Command(
            "view.full-screen",
            "Full screen",
            "View",
            "F11",
            acts.toggle_full_screen,
            icon="arrows-out",
        ),
    )
