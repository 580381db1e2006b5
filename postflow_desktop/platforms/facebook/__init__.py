"""Facebook Pages: posts of a Page with words, a link or photos, over the Graph API.

Here: signing in with a user's or a Page's token, posts, finding them by listing, deleting.
Not here: the browser of a sign-in, video, reels, stories, comments, metrics.
Used by `bootstrap`; speaks HTTP through `transport` only.
"""
