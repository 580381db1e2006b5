"""The list of notices behind the bell, and the acts that notices offer.

Here: bell and popover, what was seen, and carrying out retry, hold, later and their kin with undo.
Not here: what becomes a notice and who is told (services/notifications), the system's alerts.
Used by `desktop`, which hangs the bell into the toolbar and hands alerts' answers to the acts.
"""
