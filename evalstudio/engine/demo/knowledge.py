"""The demo model's general knowledge: words of a question, and the word its answer holds."""

import re

from evalstudio.engine.demo.draws import choice, mistaken

MISTAKES = 0.06
_OPTION = re.compile(r"^\s*\(?([A-H])[).:]\s+(.+?)\s*$", re.M)
_FACTS: list[tuple[str, str]] = []


def options_in(text: str) -> dict[str, str]:
    """The options of a multiple-choice question, by letter."""
    return dict(_OPTION.findall(text))


def choose(question: str, options: dict[str, str], key: bytes) -> str:
    """The letter of an option: the one the model knows to be right, or a guess."""
    words = question.lower()
    letters = list(options)
    known = None
    for clue, fact in _FACTS:
        if all(word in words for word in clue.split()):
            known = next((letter for letter in letters if fact in options[letter].lower()), None)
            if known is not None:
                break
    if known is None or mistaken(key, MISTAKES):
        return choice(key, "option", [letter for letter in letters if letter != known])
    return known
