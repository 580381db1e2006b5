"""Pages that posts link to: what they say about themselves, for the card under a post.

Here: reading the head of a page, its character set, its Open Graph and other marks, hostile or not.
Not here: which addresses may be read (transport), pictures' bytes (media), what a card is (domain).
Used by `bootstrap`, which hands the reader to the services through the LinkPages port.
"""
