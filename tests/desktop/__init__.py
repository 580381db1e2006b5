"""The window as a whole, on real parts."""
