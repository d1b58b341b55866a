"""EvalStudio: evaluations of language models, as fast as the endpoint allows."""

__version__ = "0.1.0"

__all__ = ["__version__"]
