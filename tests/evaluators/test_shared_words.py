"""Measures of how much two texts share: SQuAD's F1, ROUGE-L, BLEU and chrF."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalstudio.errors import EvaluationError
from evalstudio.evaluators import bleu, build_evaluators, chrf, exact_match, rouge_l, token_f1
from evalstudio.evaluators.squad import squad_form
from evalstudio.evaluators.text import is_empty


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("The Lima Region", "lima region"),
        ("A cat, an owl; the dog!", "cat owl dog"),
        ("U.S.", "us"),
        ("well-known", "wellknown"),
        ("1,000 people", "1000 people"),
        ("10.5", "10.5"),
        ("-5", "-5"),
        ("1990-95", "199095"),
        ("$5", "5"),
        ("“Lima”", "lima"),
        ("theory of another", "theory of another"),
        ("東京。", "東京"),
        ("  so   what ", "so what"),
    ],
)
def test_that_the_form_of_squad_drops_case_marks_and_articles(text: str, form: str) -> None:
    assert squad_form(text) == form


@pytest.mark.parametrize(
    ("answer", "expected", "right"),
    [
        ("the Lima region.", "Lima Region", True),
        ("Lima", "Lima Region", False),
        ("10.5", "105", False),
        ("A U.S. dollar", "US dollar", True),
        ("x", "", None),
    ],
)
def test_that_an_exact_match_takes_the_form_of_squad(answer: str, expected: str, right: bool | None) -> None:
    assert exact_match(answer, expected, squad=True).value is right


@pytest.mark.parametrize(
    ("answer", "expected", "value"),
    [
        ("Lima", "Lima", 1.0),
        ("the Lima", "Lima!", 1.0),
        ("Lima in Peru", "Lima", 0.5),
        ("Lima Lima", "Lima", 2 / 3),
        ("Cusco", "Lima", 0.0),
        ("", "Lima", 0.0),
        ("the", "Lima", 0.0),
        ("Lima in Peru", ["Cusco", "Lima Peru"], 0.8),
        ("東京都", "東京", 0.8),
        ("x", None, None),
        ("x", "", None),
        ("x " * 20_000, "x", None),
    ],
)
def test_that_token_f1_counts_shared_words(answer: str, expected: Any, value: float | None) -> None:
    score = token_f1(answer, expected)
    assert score.value == (None if value is None else pytest.approx(value))
    assert score.metrics == ("mean",)


@pytest.mark.parametrize(
    ("answer", "expected", "value"),
    [
        ("the cat sat on the mat", "the cat sat on the mat", 1.0),
        ("The cat, sat on the mat.", "the cat sat on the mat", 1.0),
        ("the cat sat on the mat", "the cat lay on the mat", 5 / 6),
        ("mat the on sat cat the", "the cat sat on the mat", 1 / 2),
        ("dogs", "cats", 0.0),
        ("", "cats", 0.0),
        ("...", "cats", 0.0),
        ("Кот спит", "кот спит дома", 0.8),
        ("東京都", "東京", 0.8),
        ("cats", ["dogs", "cats"], 1.0),
        ("x", None, None),
        ("x " * 20_000, "x", None),
    ],
)
def test_that_rouge_l_is_the_longest_common_subsequence(
    answer: str, expected: Any, value: float | None
) -> None:
    score = rouge_l(answer, expected)
    assert score.value == (None if value is None else pytest.approx(value))


@given(st.text(max_size=60), st.text(max_size=60))
def test_that_shares_are_symmetric_and_bounded(one: str, other: str) -> None:
    if is_empty(one) or is_empty(other) or one.strip().startswith("[") or other.strip().startswith("["):
        return
    for measure in (token_f1, rouge_l):
        there, back = measure(one, other).value, measure(other, one).value
        assert there is not None
        assert 0 <= there <= 1
        assert there == back
    assert token_f1(one, one).value == 1


def test_that_bleu_and_chrf_are_those_of_sacrebleu() -> None:
    sacrebleu = pytest.importorskip("sacrebleu")
    said, wanted = "the cat sat on a mat today", "the cat sat on the mat"
    references = [wanted, "a cat sat on a mat"]
    assert bleu(said, wanted).value == sacrebleu.sentence_bleu(said, [wanted]).score
    assert bleu(said, references).value == sacrebleu.sentence_bleu(said, references).score
    assert chrf(said, references).value == sacrebleu.sentence_chrf(said, references).score
    assert bleu("東京は首都", "東京は首都だ", tokenize="char").value > 50
    assert bleu(wanted, wanted).value == pytest.approx(100)
    assert (bleu(said, "").value, chrf(said, None).value) == (None, None)
    assert bleu("x" * 10_001, wanted).value is None
    with pytest.raises(EvaluationError, match="no tokenizer 'words'"):
        bleu(said, wanted, tokenize="words")


def test_that_a_missing_sacrebleu_is_said_before_a_run(monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    from evalstudio.evaluators import translation

    monkeypatch.setitem(sys.modules, "sacrebleu", None)
    monkeypatch.setitem(sys.modules, "sacrebleu.metrics", None)
    translation._bleu.cache_clear()
    with pytest.raises(EvaluationError, match=r"pip install 'evalstudio\[text\]'"):
        build_evaluators([{"type": "bleu", "expected": "x"}], (), Path())
