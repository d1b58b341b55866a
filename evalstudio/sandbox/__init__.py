"""Sandbox for code that a model has written: bubblewrap, without network, home or a way out."""
