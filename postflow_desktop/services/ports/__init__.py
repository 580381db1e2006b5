"""Small interfaces through which the services reach the world, one a file.

Here: Protocol classes and the plain values that cross them.
Not here: anything that runs; adapters with the same names implement these.
Used by `services` (which calls them) and by adapters (which fit them).
"""
