"""`Score`: what one evaluator says of one answer."""

from evalstudio.core.score import Score

__all__ = ["Score"]
