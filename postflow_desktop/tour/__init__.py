"""`postflow tour`: the whole main job without a person, by the real window, in a temporary home.

Here: steps by keyboard and mouse, each observed from outside before it counts; pictures of screens.
Not here: rules or shortcuts of its own; it uses what a person uses, and reads what others see.
Used by people who try PostFlow on a machine without a screen, and by the tests.
"""
