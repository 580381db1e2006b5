"""Stored documents as pydantic models, with the rules of the documents that no schema can say.

Here: one model a collection; what a newer client added survives reading and writing.
Not here: how documents reach the server (the stores), its validators and indexes (`schema`).
Used where whole documents are judged or moved: checks of a workspace, migrations, billing.
"""
