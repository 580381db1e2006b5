"""What a person should look at: failed, missed, and posts that may be out or not.

Here: the list with what happened, the fix and the actions, worked through by keyboard.
Not here: the details of a post; the inspector shows them.
Used by the shell, which shows the count beside the navigation.
"""
