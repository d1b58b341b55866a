"""Function calls: as they are written, what their schemas allow, and what is expected."""
