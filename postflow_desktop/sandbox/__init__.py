"""A small server on this computer that behaves like the networks, for trying out and for tests.

Here: the networks' wire formats, accounts and posts that live here only, faults on demand.
Not here: adapters (the real ones talk to this server over HTTP), anything that leaves loopback.
Used by `bootstrap` for sandbox accounts, and by the tests.
"""
