"""The list of notices and what they offer."""
