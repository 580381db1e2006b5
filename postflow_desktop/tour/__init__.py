"""`postflow tour`: the whole main job without a person, in a temporary home.

Here: the steps, each observed from outside (the cluster, the server) before it counts as done.
Not here: rules or shortcuts of its own; it uses what commands and the window use.
Used by people who try PostFlow on a machine without a screen, and by the tests.
"""
