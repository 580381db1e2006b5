"""This machine's own databases: the read replica `cache.db` and the precious `outbox.db`.

Here: SQLite files, their migrations and named SQL, and the steps that keep the replica current.
Not here: MongoDB (the replica is fed through the ClusterFeed port), screens, rules about posts.
Used by `desktop`, which hands the replica to the window and starts the synchronisation.
"""
