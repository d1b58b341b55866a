"""Token reservation: how many tokens of a budget a call takes, before its answer tells."""

_CHARACTERS_A_TOKEN = 4.0  # until an answer tells; English text
_SMOOTHING = 0.1
_UNKNOWN = 256.0  # tokens of an answer
_UP, _DOWN = 0.7, 0.3  # a step-wise 70th percentile: a reservation that is too small gets a request rejected
_STEP = 0.05


class Reservation:
    """Estimates the tokens of calls to one endpoint: of the prompt by its length, of the output by earlier answers.

    Args:
        output: Tokens of an answer, from earlier runs; None: unknown.

    Attributes:
        output: Tokens of an answer that seven of ten do not exceed.
    """

    def __init__(self, output: float | None = None) -> None:
        self.output = output or _UNKNOWN
        self._characters_a_token = _CHARACTERS_A_TOKEN
        self._known = False

    def tokens(self, characters: int) -> int:
        """Returns the tokens to reserve for a call with a prompt of so many characters."""
        return round(characters / self._characters_a_token + self.output)

    def prompt_was(self, characters: int, tokens: int | None) -> None:
        """Adds the tokens that a prompt took, as the endpoint counts them; None: it does not say."""
        if not tokens or not characters:
            return
        share = _SMOOTHING if self._known else 1.0
        self._characters_a_token += (characters / tokens - self._characters_a_token) * share
        self._known = True

    def output_was(self, tokens: int) -> None:
        """Adds the tokens of an answer."""
        step = _STEP * self.output + 1
        self.output += _UP * step if tokens > self.output else -_DOWN * step
