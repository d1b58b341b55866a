"""Log-probabilities of a continuation, in the forms that servers echo prompts."""

from typing import Any

import pytest

from evalstudio.engine.models.prompt_logprobs import Continuation, NoLogprobs, read_logprobs


def openai(
    tokens: list[str], values: list[float | None], best: list[float | None] | None = None
) -> dict[str, Any]:
    tops = [None if one is None else {"x": one} for one in (best or values)]
    return {
        "tokens": tokens,
        "token_logprobs": values,
        "top_logprobs": tops,
        "text_offset": [-1] * len(tokens),
    }


def chat(
    tokens: list[str], values: list[float | None], best: list[float | None] | None = None
) -> dict[str, Any]:
    return {
        "content": [
            {
                "token": token,
                "logprob": value,
                "top_logprobs": [] if top is None else [{"token": "x", "logprob": top}],
            }
            for token, value, top in zip(tokens, values, best or values, strict=True)
        ]
    }


CASES: list[tuple[str, str, list[str], list[float | None], float, bool]] = [
    ("Q: 1?", " A", ["Q:", " 1", "?", " A", " next"], [None, -1, -1, -2, -9], -2, True),
    ("Q: 1?", " A B", ["Q:", " 1", "?", " A", " B", "."], [None, -1, -1, -2, -3, -9], -5, True),
    ("Q:", " yes", ["<s>", "Q:", " yes", " n"], [None, -4, -0.5, -9], -0.5, True),
    ("Q: ", "yes", ["Q:", " yes", " n"], [None, -0.5, -9], -0.5, True),
    ("été", " où", ["été", " o", "ù", "."], [None, -1, -2, -9], -3, True),
    ("日本", "語", ["日", "本", "語", "。"], [None, -1, -7, -9], -7, True),
    ("a\n\n", "b", ["a", "\n\n", "b", "c"], [None, -1, -2, -9], -3, True),
    ("x", "y z", ["x", "y", " z", "."], [None, -1, -1, -1], -2, True),
    ("foo", "bar", ["foobar", "!"], [None, -1], 0.0, True),
    ("emoji", " 🙂", ["emoji", " ", "�", "!"], [None, -1, -2, -9], -3, True),
]


@pytest.mark.parametrize("form", [openai, chat], ids=["openai", "llama.cpp"])
@pytest.mark.parametrize(("context", "text", "tokens", "values", "logprob", "greedy"), CASES)
def test_that_a_continuation_has_the_sum_of_its_tokens(
    form: Any,
    context: str,
    text: str,
    tokens: list[str],
    values: list[float | None],
    logprob: float,
    greedy: bool,
) -> None:
    if context == "foo":
        with pytest.raises(NoLogprobs):  # one token holds both: its value is not that of the continuation
            read_logprobs("".join(tokens), form(tokens, values), None, Continuation(context, False, text))
        return
    found = read_logprobs("".join(tokens), form(tokens, values), None, Continuation(context, False, text))
    assert found == (logprob, greedy)


def test_that_a_token_which_is_not_the_best_one_is_not_greedy() -> None:
    asked = Continuation("Q", False, " A")
    assert read_logprobs("Q A", openai(["Q", " A", "."], [None, -2, -9], [None, -1, -9]), None, asked) == (
        -2,
        False,
    )


def test_that_vllms_own_form_is_read() -> None:
    places = [
        None,
        {
            "5": {"logprob": -3.0, "rank": 2, "decoded_token": " A"},
            "6": {"logprob": -1.0, "rank": 1, "decoded_token": " B"},
        },
    ]
    found = read_logprobs(
        "", None, [{"1": {"logprob": -1, "decoded_token": "Q"}}, places[1]], Continuation("Q", False, " A")
    )
    assert found == (-3.0, False)


def test_that_the_token_in_place_of_an_empty_context_is_not_counted() -> None:
    asked = Continuation("<|end|>", True, "He came")
    tokens = ["<|end|>", "He", " came", "."]
    assert read_logprobs("".join(tokens), openai(tokens, [None, -1, -2, -9]), None, asked) == (-3, True)


@pytest.mark.parametrize(
    ("echoed", "logprobs"),
    [
        (" next", None),
        (" next", openai([" next"], [-1])),
        ("Q A next", None),
        ("Q A next", {"tokens": [], "token_logprobs": [], "top_logprobs": []}),
        (None, None),
        ("", {}),
        ("", []),
        ("", "none"),
        (" B", chat([" B"], [-1])),
        ("x", openai(["other", " words"], [None, -1])),
    ],
)
def test_that_a_server_which_echoes_nothing_is_a_sentence_that_names_those_that_do(
    echoed: str | None, logprobs: Any
) -> None:
    with pytest.raises(NoLogprobs, match="vLLM") as caught:
        read_logprobs(echoed, logprobs, None, Continuation("Q", False, " A"))
    assert caught.value.fatal


@pytest.mark.parametrize(
    "logprobs",
    [
        {"tokens": ["Q", " A"], "token_logprobs": [None], "top_logprobs": [None, None]},
        {"content": [{"logprob": -1}]},
        {"content": ["Q"]},
        openai(["Q", " A", "."], [None, None, -1]),
    ],
)
def test_that_a_form_that_can_not_be_read_gives_no_number(logprobs: Any) -> None:
    with pytest.raises(NoLogprobs):
        read_logprobs("Q A.", logprobs, None, Continuation("Q", False, " A"))
