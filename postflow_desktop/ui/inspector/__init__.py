"""The panel beside the calendar: one post, its targets, its attempts and what can be done.

Here: what became of a post, in plain words, and the three answers for an unclear one.
Not here: writing a post; Edit asks the shell for the composer.
Used by the shell, and its answers by the list of what needs attention.
"""
