"""Tasks of lm-eval over made-up documents: each takes the published task's own file, and its data from here."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

ROWS = 12  # documents of a split
Row = dict[str, Any]


class Made(NamedTuple):
    """A task: the published file it includes, a row of its data, its splits, and keys that replace the file's."""

    base: str
    row: Callable[[int], Row]
    splits: tuple[str, ...]
    keys: Row = {}  # noqa: RUF012 - read only


LETTERS = "ABCD"


def _sum(i: int) -> Row:
    text = f"A shelf holds {i} jars and {i + 3} more arrive. How many jars? [say: so #### {2 * i + 3}]"
    return {"question": text, "answer": f"{i} + {i + 3} = {2 * i + 3}\n#### {2 * i + 3}"}


def _cot(i: int) -> Row:
    row = _sum(i)
    return {**row, "question": row["question"].replace("so ####", "The answer is") + "."}


def _mmlu(i: int) -> Row:
    return {
        "question": f"Which bone, number {i}, is the longest? [say: {LETTERS[i % 4]}]",
        "choices": [f"bone {i}{letter}" for letter in LETTERS],
        "answer": i % 4,
        "subject": "made up",
    }


def _pro(i: int) -> Row:
    letter = "ABCDEFGHIJ"[i % 10]
    return {
        "question": f"Who owns plot {i}? [say: The answer is ({letter}).]",
        "options": [f"owner {number}" for number in range(10)],
        "answer": letter,
        "answer_index": i % 10,
        "cot_content": f"A: Let's think step by step. Plot {i} says so. The answer is ({letter}).",
        "category": "law" if i % 2 == 0 else "math",
    }


def _bbh(i: int) -> Row:
    value = str(i % 2 == 0)
    return {"input": f"not not {value} is [say: So the answer is {value}.]", "target": value}


def _dates(i: int) -> Row:
    letter = f"({'ABC'[i % 3]})"
    options = "\n".join(f"({one}) 0{number}/1{i % 10}/1999" for number, one in enumerate("ABC", 1))
    return {"input": f"Day {i} came. Options:\n{options} [say: {letter}]", "target": letter}


def _ifeval(i: int) -> Row:
    return {
        "key": i,
        "prompt": f"Write about tin {i} in lower case, without commas. [say: tin number {i} is light]",
        "instruction_id_list": ["change_case:english_lowercase", "punctuation:no_comma"],
        "kwargs": [{}, {}],
    }


def _drop(i: int) -> Row:
    answer = {"number": str(i), "date": {"day": "", "month": "", "year": ""}, "spans": []}
    nested = {"number": [str(i)], "date": [answer["date"]], "spans": [[]]}
    return {
        "query_id": f"q{i}", "passage": f"The team scored {i} goals in May.",
        "question": f"How many goals? [say: {i} goals]", "answer": answer, "validated_answers": nested,
    }  # fmt: skip


def _mgsm(i: int) -> Row:
    return {
        "question": f"Question: Ida reads {i} pages a day for 3 days. How many? [say: {3 * i}]",
        "answer": f"Step-by-Step Answer: 3 times {i}. The answer is {3 * i}.", "answer_number": 3 * i,
        "equation_solution": f"3*{i}",
    }  # fmt: skip


def _math(i: int) -> Row:
    return {
        "problem": f"What is half of {2 * i}? [say: ${i}$]", "level": "Level 1", "type": "Algebra",
        "solution": f"Divide: $\\boxed{{{i}}}$.",
    }  # fmt: skip


def _trivia(i: int) -> Row:
    return {
        "question": f"Which river flows through town {i} [say: River {i}]",
        "answer": {"aliases": [f"River {i}", f"The {i}"], "value": f"River {i}"},
    }


def _open(i: int) -> Row:
    return {"question": f"who built tower {i} [say: Builder {i}]", "answer": [f"Builder {i}"]}


def _truthful(i: int) -> Row:
    return {
        "type": "made", "category": "made", "question": f"Do stones {i} sleep? [say: No, stones do not sleep]",
        "best_answer": "No.", "correct_answers": ["No, stones do not sleep", "Stones never sleep"],
        "incorrect_answers": ["Yes, at night", "Only in winter"], "source": "none",
    }  # fmt: skip


def _arc(i: int) -> Row:
    choices = {"text": [f"copper {i}", "wool", "ice", "paper"], "label": list(LETTERS)}
    return {
        "id": f"a{i}",
        "question": f"What conducts best, case {i}?",
        "choices": choices,
        "answerKey": LETTERS[i % 4],
    }


def _swag(i: int) -> Row:
    return {
        "ind": i, "activity_label": "Baking", "ctx_a": f"A baker weighs {i} grams of flour.", "ctx_b": "then she",
        "ctx": "", "endings": [f"adds {i} eggs.", "leaves.", "[title] sings a song", "sleeps on the table."],
        "source_id": f"s{i}", "split": "val", "split_type": "made", "label": str(i % 4),
    }  # fmt: skip


def _truthful_mc(i: int) -> Row:
    return {
        "question": f"Is lamp {i} alive?",
        "mc1_targets": {"choices": ["No, a lamp is not alive.", "Yes.", "At night."], "labels": [1, 0, 0]},
        "mc2_targets": {"choices": ["No.", "It is not.", "Yes.", "Partly."], "labels": [1, 1, 0, 0]},
    }


def _wino(i: int) -> Row:
    return {
        "sentence": f"The box {i} did not fit the bag because the _ was small.", "option1": "box", "option2": "bag",
        "answer": str(1 + i % 2),
    }  # fmt: skip


def _boolq(i: int) -> Row:
    return {
        "passage": f"Lake {i} freezes each winter.",
        "question": f"does lake {i} freeze",
        "idx": i,
        "label": i % 2,
    }


def _piqa(i: int) -> Row:
    return {
        "goal": f"Open jar {i}",
        "sol1": "Turn the lid to the left.",
        "sol2": f"Hit it {i} times.",
        "label": i % 2,
    }


def _book(i: int) -> Row:
    choices = {"text": ["rain", f"stone {i}", "sand", "glass"], "label": list(LETTERS)}
    return {
        "id": f"o{i}",
        "question_stem": f"Plants in field {i} need",
        "choices": choices,
        "answerKey": LETTERS[i % 4],
    }


def _lambada(i: int) -> Row:
    return {"text": f"He took the {i} keys, went to the old door, and at last it was open"}


def _wiki(i: int) -> Row:
    return {
        "page": f" = Heading {i} = \n\n The bridge of {1800 + i} , built of stone , is {i} @.@ 5 metres long . \n"
    }


def _sciq(i: int) -> Row:
    return {
        "question": f"What makes gas {i} rise?", "distractor1": "cold", "distractor2": "salt", "distractor3": "light",
        "correct_answer": "heat", "support": f" Warm gas {i} is less dense.",
    }  # fmt: skip


def _copa(i: int) -> Row:
    return {
        "premise": f"The lamp {i} went out.", "choice1": "The oil was used up.", "choice2": "The cat slept.",
        "question": "cause" if i % 2 else "effect", "idx": i, "label": i % 2,
    }  # fmt: skip


def _pair(i: int) -> Row:
    return {
        "premise": f"Shop {i} is closed today.",
        "hypothesis": f"Shop {i} sells nothing today",
        "idx": i,
        "label": i % 3,
    }


def _cola(i: int) -> Row:
    return {
        "sentence": f"The clerk {'wrote' if i % 2 else 'write to wrote'} {i} letters.",
        "label": i % 2,
        "idx": i,
    }


def _rte(i: int) -> Row:
    return {
        "sentence1": f"Train {i} was late.",
        "sentence2": f"Train {i} did not come in time.",
        "label": i % 2,
        "idx": i,
    }


WRITTEN: dict[str, Made] = {
    "gsm8k": Made("gsm8k/gsm8k.yaml", _sum, ("train", "test")),
    "gsm8k_cot": Made("gsm8k/gsm8k-cot.yaml", _cot, ("train", "test")),
    "gsm8k_zero": Made("gsm8k/gsm8k.yaml", _sum, ("train", "test"), {"num_fewshot": 0}),
    "mmlu_generative": Made("mmlu/generative/mmlu_anatomy.yaml", _mmlu, ("dev", "test"), {"num_fewshot": 5}),
    "mmlu_pro_law": Made("mmlu_pro/mmlu_pro_law.yaml", _pro, ("validation", "test"), {"num_fewshot": 3}),
    "mmlu_pro_math": Made("mmlu_pro/mmlu_pro_math.yaml", _pro, ("validation", "test"), {"num_fewshot": 0}),
    "bbh_boolean": Made("bbh/cot_fewshot/boolean_expressions.yaml", _bbh, ("test",)),
    "bbh_dates": Made("bbh/zeroshot/date_understanding.yaml", _dates, ("test",)),
    "ifeval": Made("ifeval/ifeval.yaml", _ifeval, ("train",)),
    "drop": Made("drop/default.yaml", _drop, ("train", "validation")),
    "mgsm_en": Made("mgsm/direct/mgsm_direct_en.yaml", _mgsm, ("train", "test"), {"num_fewshot": 2}),
    "math_algebra": Made(
        "hendrycks_math/hendrycks_math_algebra.yaml", _math, ("train", "test"), {"num_fewshot": 4}
    ),
    "triviaqa": Made("triviaqa/default.yaml", _trivia, ("train", "validation"), {"num_fewshot": 5}),
    "nq_open": Made("nq_open/nq_open.yaml", _open, ("train", "validation"), {"num_fewshot": 1}),
    "truthfulqa_gen": Made("truthfulqa/truthfulqa_gen.yaml", _truthful, ("validation",)),
}
"""Tasks in which the model writes an answer."""
COMPARED: dict[str, Made] = {
    "arc_easy": Made("arc/arc_easy.yaml", _arc, ("train", "validation", "test"), {"num_fewshot": 2}),
    "hellaswag": Made("hellaswag/hellaswag.yaml", _swag, ("train", "validation")),
    "mmlu": Made("mmlu/default/mmlu_anatomy.yaml", _mmlu, ("dev", "test"), {"num_fewshot": 5}),
    "truthfulqa_mc1": Made("truthfulqa/truthfulqa_mc1.yaml", _truthful_mc, ("validation",)),
    "truthfulqa_mc2": Made("truthfulqa/truthfulqa_mc2.yaml", _truthful_mc, ("validation",)),
    "winogrande": Made("winogrande/default.yaml", _wino, ("train", "validation")),
    "boolq": Made("super_glue/boolq/default.yaml", _boolq, ("train", "validation")),
    "piqa": Made("piqa/piqa.yaml", _piqa, ("train", "validation")),
    "openbookqa": Made("openbookqa/openbookqa.yaml", _book, ("train", "validation", "test")),
    "lambada": Made("lambada/lambada_openai.yaml", _lambada, ("test",)),
    "wikitext": Made("wikitext/wikitext.yaml", _wiki, ("train", "validation", "test")),
    "sciq": Made("sciq/sciq.yaml", _sciq, ("train", "validation", "test")),
    "copa": Made("super_glue/copa/default.yaml", _copa, ("train", "validation")),
    "cb": Made("super_glue/cb/default.yaml", _pair, ("train", "validation")),
    "cola": Made("glue/cola/default.yaml", _cola, ("train", "validation"), {"num_fewshot": 3}),
    "rte": Made("glue/rte/default.yaml", _rte, ("train", "validation")),
}
"""Tasks that compare the log-probabilities of texts."""


def write_tasks(
    folder: Path, published: Path, tasks: dict[str, Made], group: str, rows: int = ROWS
) -> list[str]:
    """Writes the tasks, their data and a group of them all; returns the tasks' names.

    Args:
        folder: Where to.
        published: lm-eval's folder of tasks.
        tasks: By name.
        group: The group's name; its aggregate is a mean of its tasks' first metrics, weighted by size.
        rows: Documents of each split.
    """
    names = []
    for name, made in tasks.items():
        data = {split: folder / "data" / f"{name}-{split}.jsonl" for split in made.splits}
        for place, path in enumerate(data.values()):
            path.parent.mkdir(parents=True, exist_ok=True)
            lines = [json.dumps(made.row(i + 100 * place), ensure_ascii=False) for i in range(rows)]
            path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        config = {
            "include": str(published / made.base),
            "task": f"made_{name}",
            "tag": [],
            "dataset_path": "json",
            "dataset_name": None,
            "dataset_kwargs": {"data_files": {split: str(path) for split, path in data.items()}},
            **made.keys,
        }
        (folder / f"{name}.yaml").write_text(json.dumps(config), encoding="utf-8")
        names.append(f"made_{name}")
    write_group(folder, group, names)
    return names


def write_group(folder: Path, group: str, names: Sequence[str]) -> None:
    """Writes a group of tasks with an aggregate over those that have exact_match or acc."""
    metrics = [
        {"metric": metric, "aggregation": "mean", "weight_by_size": True, "filter_list": pipeline}
        for metric, pipeline in (("exact_match", "strict-match"), ("acc", "none"))
    ]
    config = {"group": group, "task": list(names), "aggregate_metric_list": metrics}
    (folder / f"{group}.yaml").write_text(json.dumps(config), encoding="utf-8")
