"""The board of publishers: who is awake, when machines usually are, and what has nobody.

Here: the page with its live reading, the hours of each machine, how to set up an agent.
Not here: who will be awake, which the domain works out; the rule for who publishes first.
Used by the shell; reached from the navigation, the palette and the sync state.
"""
