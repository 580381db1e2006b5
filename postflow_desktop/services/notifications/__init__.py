"""Notices: events become notices with stable keys, and people are told of them.

Here: raising, wording, sweeping, looking ahead, and telling (desktop alerts, mail) by wish.
Not here: where notices lie (`cluster`), how a desktop or a mail server takes them (adapters).
Used by the publish protocol, by the recurring work of publishers, and by the window.
"""
