"""The local MongoDB that PostFlow runs when no cluster address was given.

Here: finding, starting, keeping, stopping and backing up one mongod per home.
Not here: what is stored in it; where its password is kept (the caller brings it).
Used by `bootstrap` (server), and by itself as a program (keeper).
"""
