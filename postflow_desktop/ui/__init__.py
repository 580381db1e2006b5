"""The window: one folder per screen, each a view model (QtCore only) and a view (widgets).

Here: what people see and do; it reads the replica and asks the backend for everything else.
Not here: rules, databases, HTTP, threads (but `kit/tasks.py`); no adapter is named here.
Used by `desktop`, which wires it.
"""
