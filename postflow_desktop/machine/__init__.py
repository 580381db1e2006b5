"""What belongs to this machine alone: its home folder and what lies there.

Here: settings, process locks, the publish journal, clocks, secrets, logs, crash reports.
Not here: anything that a second machine must see; that goes to the cluster.
Used by `bootstrap`, which hands these parts to the services through their ports.
"""
