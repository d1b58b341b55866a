"""Evaluators: each judges one answer and says why. Usable by hand, and built from an evaluation's tables."""

from typing import Any

from evalstudio.evaluators.build import Option, build_evaluators, evaluator_types, options_of
from evalstudio.evaluators.built import Evaluator, EvaluatorFailed
from evalstudio.evaluators.code_tests import code_tests
from evalstudio.evaluators.contains import contains
from evalstudio.evaluators.exact_match import exact_match
from evalstudio.evaluators.function_call import function_call
from evalstudio.evaluators.json_checks import json_match, json_valid
from evalstudio.evaluators.math_match import math_match
from evalstudio.evaluators.multiple_choice import multiple_choice
from evalstudio.evaluators.numeric_match import numeric_match
from evalstudio.evaluators.regex import regex_extract, regex_match
from evalstudio.evaluators.rouge import rouge_l
from evalstudio.evaluators.similarity import similarity
from evalstudio.evaluators.squad import token_f1
from evalstudio.evaluators.translation import bleu, chrf

__all__ = [
    "Evaluator",
    "EvaluatorFailed",
    "Option",
    "bleu",
    "build_evaluators",
    "chrf",
    "code_tests",
    "contains",
    "evaluator_types",
    "exact_match",
    "function_call",
    "json_match",
    "json_valid",
    "math_match",
    "multiple_choice",
    "numeric_match",
    "options_of",
    "regex_extract",
    "regex_match",
    "rouge_l",
    "similarity",
    "token_f1",
]


def __getattr__(name: str) -> Any:
    """What evaluation files import from here beside the evaluators: `@evaluator`, and a name that dotevals uses."""
    if name == "evaluator":
        from evalstudio.authoring.scorers import evaluator

        return evaluator
    if name == "valid_json":
        return json_valid
    raise AttributeError(f"module 'evalstudio.evaluators' has no attribute '{name}'")
