"""Threads: the Threads API v1.0 for accounts that signed in with a code or brought a token.

Here: text posts with a link card by container and publish, Threads' counting, tokens, reading back.
Not here: pictures and videos (Threads fetches those from public addresses only), replies, metrics.
Used by `bootstrap`; speaks HTTP through `transport` only.
"""
