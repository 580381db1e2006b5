"""LinkedIn: members' and organizations' posts by the versioned REST API.

Here: signing in by OAuth, posts with words, a link or pictures, a first comment, finding them.
Not here: the browser of a sign-in, video, documents, polls, metrics.
Used by `bootstrap`; speaks HTTP through `transport` only.
"""
