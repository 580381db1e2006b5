"""The calendar month: posts on their days, moved by mouse and keyboard, undone and redone.

Here: a pure layout, a view model with moves that show at once, and one custom-painted grid.
Not here: the composer, the inspector, the window around it, any rule of planning.
Used by the window, which places the view and its tool bar and answers their signals.
"""
