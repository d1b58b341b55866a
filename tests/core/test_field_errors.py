"""A field that is not known is answered with those that are."""

from pathlib import Path

import pytest

from evalstudio.errors import EvaluationError
from evalstudio.evaluations.loading import parse_evaluation

USUAL = 'model = "demo/fast"\nmessages = [ { role = "user", content = "{{ text }}" } ]\n'


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (USUAL + 'dataset = { path = "a.csv", first = 3 }', r"'dataset' has no field 'first'; it has path, "),
        (
            USUAL + 'dataset = { pth = "a.csv" }',
            r"'dataset' has no field 'pth'; did you mean 'path'\? It has",
        ),
        ("modle = 1\n" + USUAL, r"it has no field 'modle'; did you mean 'model'\? It has name, "),
        (
            'dataset = { path = "a.csv" }\nmodel = { provider = "openai", name = "x", uri = "y" }\n',
            r"'model' has no field 'uri'; it has provider, name, ",
        ),
        (
            USUAL + "strategy = { type = 'fast' }",
            r"'strategy' has no type 'fast'; the types are sequential, sl",
        ),
        (USUAL + 'name = "x"', "The evaluation 'x' has no dataset; name its file"),
        (
            'dataset = { path = "a.csv" }\nmodel = { name = "x" }\nname = "x"',
            "'model' lacks the field 'provider'",
        ),
        (USUAL + "dataset = { path = 3 }", r"Expected `str`, got `int` - at `\$\.dataset\.path`"),
    ],
)
def test_that_the_fields_there_are_are_named(text: str, said: str) -> None:
    with pytest.raises(EvaluationError, match=said):
        parse_evaluation(text, Path("e.toml"))
