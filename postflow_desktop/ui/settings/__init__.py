"""The settings screen: appearance, workspace, account and the licences of what PostFlow uses.

Here: the stored appearance, the screen's view model and its view.
Not here: settings of publishing or of the agent.
Used by `desktop`, which adds the screen to the shell.
"""
