"""Numbers as people and models write them, and the one that an answer states."""
