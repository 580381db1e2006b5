"""Looking at a workspace's database as its operator: indexes, documents, shards.

Here: what `postflow cluster indexes`, `validate` and `shard-plan` find out.
Not here: changing documents; migrations do that (`cluster.migrations`).
Used by `cluster.workspace`.
"""
