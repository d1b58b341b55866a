# For type checkers: the module itself imports neither, since authoring stands above models.
from evalstudio.authoring.result import Result as Result
from evalstudio.core.score import Score as Score

__all__ = ["Result", "Score"]
