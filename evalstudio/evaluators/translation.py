"""BLEU and chrF of one answer, by sacreBLEU (the extra `text`)."""

from functools import lru_cache
from typing import Any

from evalstudio.core.errors import EvaluationError
from evalstudio.core.score import Score
from evalstudio.evaluators.text import no_expected, shown, texts_of, unscored

LONGEST = 10_000
"""Characters of the longest text that is compared; sacreBLEU takes about 3 µs for each."""

TOKENIZERS = ("13a", "intl", "zh", "char", "none")


def bleu(
    answer: str,
    expected: Any,
    *,
    tokenize: str = "13a",
    separator: str | None = None,
    name: str | None = None,
) -> Score:
    """Sentence BLEU, from 0 to 100, as `sacrebleu.sentence_bleu` has it; their mean is not the BLEU of the corpus.

    Args:
        answer: the model's answer.
        expected: a text, or a list of references that are compared together.
        tokenize: sacreBLEU's tokenizer: "13a", "intl", "zh" or "char".
        separator: what parts several references in one cell.
        name: the score's name.

    Returns:
        A number from 0 to 100; unscored where the expected answer is null or empty, or a text is longer than LONGEST.

    Raises:
        EvaluationError: sacreBLEU is not installed, or has no such tokenizer.
    """
    return _score(_bleu(tokenize), "BLEU", answer, texts_of(expected, separator), name or "bleu")


def chrf(answer: str, expected: Any, *, separator: str | None = None, name: str | None = None) -> Score:
    """Sentence chrF, from 0 to 100, as `sacrebleu.sentence_chrf` has it: the F2 of character 6-grams.

    Args:
        answer: the model's answer.
        expected: a text, or a list of which the closest counts.
        separator: what parts several references in one cell.
        name: the score's name.

    Returns:
        A number from 0 to 100; unscored where the expected answer is null or empty, or a text is longer than LONGEST.

    Raises:
        EvaluationError: sacreBLEU is not installed.
    """
    return _score(_chrf(), "chrF", answer, texts_of(expected, separator), name or "chrf")


def _score(metric: Any, title: str, answer: str, references: tuple[str, ...], name: str) -> Score:
    metrics = ("mean",)
    if not references:
        return no_expected(name, metrics)
    if (longest := max(map(len, (answer, *references)))) > LONGEST:
        return unscored(
            name, f"a text of {longest:,} characters is too long for {title} (up to {LONGEST:,})", metrics
        )
    value = metric.sentence_score(answer, list(references)).score
    return Score(name, value, metrics, f"{title} {value:.1f}, beside {shown(references[0])}")


@lru_cache(maxsize=8)
def _bleu(tokenize: str) -> Any:
    module = _sacrebleu()
    if tokenize not in TOKENIZERS:
        raise EvaluationError(f"BLEU has no tokenizer '{tokenize}'. Use one of {', '.join(TOKENIZERS)}.")
    return module.BLEU(tokenize=tokenize, effective_order=True)


@lru_cache(maxsize=1)
def _chrf() -> Any:
    return _sacrebleu().CHRF()


def _sacrebleu() -> Any:
    try:
        import sacrebleu.metrics
    except ImportError:
        raise EvaluationError(
            "BLEU and chrF need the package sacrebleu: pip install 'evalstudio[text]'."
        ) from None
    return sacrebleu.metrics
