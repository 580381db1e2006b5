"""Notifications of the desktop, by the system's own service.

Here: showing, replacing and withdrawing them with buttons; falling back where there is no service.
Not here: what is worth one (services/notifications), the tray and the list of notices (ui).
Used by `desktop` through `bootstrap`, which hands it over as the Alerter port.
"""
