"""Telegram: a bot of the customer's own posts to a channel (Bot API 10.1).

Here: texts, photos and albums, links, signing in with a bot's token, deleting.
Not here: reading back (no bot can), video, formatting, polls; when something is published.
Used by `bootstrap`; speaks HTTP through `transport` only.
"""
