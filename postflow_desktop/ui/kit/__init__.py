"""The window's kit: colours, fonts, icons, shared widgets, commands, background work.

Here: what two screens or more need, and the only places that touch threads (tasks, watchdog).
Not here: what belongs to one screen; nothing here knows posts, accounts or the backend.
Used by the shell and every screen.
"""
