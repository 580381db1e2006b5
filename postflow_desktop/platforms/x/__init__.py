"""X (formerly Twitter): API v2 for accounts that signed in with OAuth 2.0 and PKCE.

Here: posts with pictures and links, X's own counting, sign-in and refresh, reading back.
Not here: video, threads, polls, metrics; the browser of a sign-in; when something is published.
Used by `bootstrap`; speaks HTTP through `transport` only.
"""
