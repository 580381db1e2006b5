"""Adapters for social networks: the `Publisher` and `Connector` ports, one package a network.

Here: wire formats, limits, signing in, and what each network's replies mean.
Not here: when something is published or tried again, tokens at rest, sockets.
Used by `bootstrap`, which hands them to the services; networks never import each other.
"""
