"""Pictures, videos and documents on their way in: what may leave this machine, in which shape.

Here: telling kinds by content, reading boxes, stripping metadata, turning upright, limits.
Not here: where bytes are stored (cluster), what a network accepts (platforms, domain).
Used by `bootstrap`, which hands the reader to the services through the MediaReader port.
"""
