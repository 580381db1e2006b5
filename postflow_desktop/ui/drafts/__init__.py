"""The drafts screen: what was begun and is not planned, on this machine and in the workspace.

Here: one list of both kinds, opening, discarding with a way back.
Not here: writing (the composer), posts with a time (the calendar).
Used by the shell.
"""
