"""Version of EvalStudio."""

__version__ = "0.1.0"
