"""Pictures on their way in: what may leave this machine, and in which shape.

Here: telling kinds by content, stripping metadata, turning upright, limits against bombs.
Not here: where bytes are stored (cluster), what a network accepts (platforms, domain).
Used by `bootstrap`, which hands the reader to the services through the MediaReader port.
"""
