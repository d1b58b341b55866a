"""Search over the index of benchmarks, and references to them."""

from pathlib import Path

import msgspec
import pytest

from evalstudio.benchmarks.catalogue import Entry, load_catalogue, search
from evalstudio.benchmarks.reference import BenchmarkName, is_benchmark
from evalstudio.core.errors import EvaluationError

CATALOGUE = {
    "bones": Entry("GROUP", members=("bones_arm", "bones_leg")),
    "bones_arm": Entry(
        "TASK", tags=("medicine",), output="multiple_choice", dataset="someone/bones", fewshot=5
    ),
    "bones_leg": Entry("TASK", tags=("medicine",), output="generate_until", dataset="someone/bones"),
    "medicine": Entry("TAG", tags=("bones_arm", "bones_leg")),
    "sums": Entry("TASK", output="generate_until", dataset="other/sums", config="easy"),
    "pages": Entry("TASK", output="loglikelihood_rolling"),
    "code": Entry("PY_TASK", unsafe=True),
}


@pytest.mark.parametrize(
    ("words", "names"),
    [
        (["bones"], ["bones", "bones_arm", "bones_leg"]),
        (["BONES", "arm"], ["bones_arm"]),
        (["medicine"], ["medicine", "bones_arm", "bones_leg"]),
        (["someone/bones"], ["bones_arm", "bones_leg"]),
        (["perplexity"], ["pages"]),
        (["easy"], ["sums"]),
        (["writes", "bones"], ["bones_leg"]),
        (["nothing such"], []),
        (["bones_leg"], ["bones_leg"]),
        (["python"], ["code"]),
    ],
)
def test_that_a_search_finds_name_dataset_tag_and_manner(words: list[str], names: list[str]) -> None:
    assert [one.name for one in search(CATALOGUE, words)] == names


def test_that_an_index_is_read_and_a_broken_one_explained(tmp_path: Path) -> None:
    path = tmp_path / "index.json"
    path.write_bytes(msgspec.json.encode(CATALOGUE))
    assert load_catalogue(path) == CATALOGUE
    path.write_text("{")
    with pytest.raises(EvaluationError, match="delete"):
        load_catalogue(path)


@pytest.mark.parametrize(
    ("reference", "name"),
    [
        ("lm-eval:gsm8k", BenchmarkName("gsm8k")),
        ("lm-eval:mmlu#mmlu_anatomy", BenchmarkName("mmlu", "mmlu_anatomy")),
        ("lm-eval: gsm8k ", BenchmarkName("gsm8k")),
    ],
)
def test_that_a_reference_is_read(reference: str, name: BenchmarkName) -> None:
    assert BenchmarkName.parse(reference) == name
    assert is_benchmark(reference)


@pytest.mark.parametrize(
    "reference", ["gsm8k", "lm_eval:gsm8k", "lm-eval:", "lm-eval:#x", "lm-eval:mmlu#", ""]
)
def test_that_a_reference_that_names_nothing_is_refused(reference: str) -> None:
    with pytest.raises(EvaluationError):
        BenchmarkName.parse(reference)
