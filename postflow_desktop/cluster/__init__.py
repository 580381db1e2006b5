"""Adapters for MongoDB: the ports of the services, spoken through pymongo only.

Here: connections, stores, indexes, migrations, and the embedded server of one machine.
Not here: rules about posts and people, other databases, HTTP, keyrings.
Used by `bootstrap`, which hands the stores to the services.
"""
