"""Workspace store: one SQLite database per workspace, one writer thread per engine, any number of readers."""
