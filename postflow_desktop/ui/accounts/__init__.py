"""Connected accounts: connect, status, last error with its fix, disconnect.

Here: the list of cards, the dialog to connect one and the question before disconnecting.
Not here: tokens, networks' rules; the backend signs in.
Used by the shell.
"""
