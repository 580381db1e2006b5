"""Notices on a real cluster: raised, swept, looked ahead, told."""
