"""What the cluster's collections look like: validators and indexes, one file a noun.

Here: CollectionSpec values and the code that creates or updates collections from them.
Not here: reading and writing documents; the stores beside this package do that.
Used by `cluster.workspace` when a workspace is opened for the first time or after an update.
"""
