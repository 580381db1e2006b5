"""The publish protocol: from a due target to a settled one, never twice, never silently lost.

Here: claim, barrier, send, settle, reconcile, and what a restart does with what it left behind.
Not here: the writes themselves (`cluster`), the requests (`platforms`), the timers (`scheduler`).
Used by the scheduler's workers and by `publish now`.
"""
