"""The store: one SQLite database in the workspace, one writer thread an engine, any number of readers."""
