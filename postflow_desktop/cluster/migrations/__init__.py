"""From one version of the schema to the next, and back.

Here: numbered steps that change documents, and the runner that takes them under a lease.
Not here: collections, validators and indexes; `schema` brings those up before the steps.
Used by `cluster.workspace` when it is opened, and by `postflow cluster migrate`.
"""
