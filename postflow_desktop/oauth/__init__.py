"""Coming back from the browser: the loopback address of a sign-in at a network.

Here: a listener for one redirect on this computer, and the pages that the browser shows then.
Not here: what a network wants to be asked (each network's `authorize`), tokens.
Used by `bootstrap`, for the sign-in service.
"""
