"""What pages say about themselves."""
