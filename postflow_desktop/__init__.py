"""PostFlow: plan, write, schedule and publish posts to every network, exactly once.

A desktop application without a server: every machine of a team talks to one MongoDB cluster.
Packages stand in layers (see README); a package imports only what stands below it.
"""

__version__ = "0.1.0"
