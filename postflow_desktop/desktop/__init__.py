"""Wiring of the window: places, commands, background work, and the application object.

Here: what implements `ui.backend` over `bootstrap`, and the start of the Qt application.
Not here: widgets (`ui`), rules (`services`), concrete adapters (`bootstrap`).
Used by `postflow` without a command, and by the tour.
"""
