"""Bluesky: the AT Protocol as spoken by any Personal Data Server (PDS), not bsky.social alone.

Here: posts with pictures, links, mentions and tags; sessions by app password or in the browser.
Not here: video, threads, quotes; when something is published or tried again.
Used by `bootstrap`; speaks HTTP through `transport` only.
"""
