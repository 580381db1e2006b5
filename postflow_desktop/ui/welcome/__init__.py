"""The page before there is a workspace: explore, create, sign in.

Here: three cards, two forms and the page of the recovery code.
Not here: what makes a workspace or a person; the backend does.
Used by the shell, which goes on when `done` is emitted.
"""
