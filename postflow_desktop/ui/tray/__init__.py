"""The tray: how publishing stands on this machine, with the window open or not.

Here: icon, menu, what closing the window means, alerts by the tray's own way.
Not here: what is published and alerted (services), the system's notifications (alerts).
Used by `desktop`, which carries out what is chosen.
"""
