"""The tray: what it says, its menu, and closing the window."""
