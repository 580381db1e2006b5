"""How the replica follows the cluster: one module a phase, and the engine that joins them.

Here: bootstrap, digest, apply, stream, sanity, pauses; `engine` reads like the protocol.
Not here: where documents come from (the ClusterFeed port), how screens read them (`reader`).
Used by `desktop`, which starts one ReplicaSync for each open workspace.
"""
