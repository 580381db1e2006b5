"""The shell: the main window around the screens, its navigation, palette and single instance.

Here: navigation, toolbar, inspector dock, menus, command palette, shortcut sheet, deep links.
Not here: what a screen shows or does; screens are given to the window by who wires it.
Used by `desktop`.
"""
