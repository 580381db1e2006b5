"""The engine in one thread: clock, cluster, networks and machines are simulated, the code is real.

Here: what PostFlow uses of MongoDB, in memory, under the real stores; machines that die, sleep and
lose the cluster at any call; networks that misbehave; a seed that decides all of it; an oracle.
Not here: real processes, sockets and disks (`tests.faults`).
Used by nobody else.
"""
