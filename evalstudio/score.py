"""Score type: what one evaluator says about one answer."""

from evalstudio.core.score import Score

__all__ = ["Score"]
