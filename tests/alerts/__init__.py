"""Notifications of the desktop, against a real session bus."""
