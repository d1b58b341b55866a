"""Evaluations as Python functions: what an evaluation file imports, and how it is run from Python."""
