"""The composer: one window in which a post is written, checked and sent on its way.

Here: the window and its parts, the state behind it, autosave, the countdown before publishing.
Not here: limits, counting and validation (the backend has them), threads, the list of drafts.
Used by the shell; `drafts` uses its moments.
"""
