"""The use cases of PostFlow in plain Python: what a person or a timer can ask for.

Here: drafts, planning, publishing, accounts, identity; rules that need more than one value.
Not here: databases, HTTP, keyrings, Qt; those come in through the ports.
Used by the command line, the scheduler and later the window; wired by `bootstrap`.
"""
