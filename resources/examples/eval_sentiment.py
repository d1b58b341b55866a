"""Is a review positive or negative? The same question asked by an async and by a synchronous function.

Run it with any of
    pytest eval_sentiment.py --experiment first
    pytest eval_sentiment.py --experiment slow --strategy sequential
    evalstudio run eval_sentiment.py::eval_async --experiment wide --window 8
and then
    evalstudio compare slow first wide
"""

import asyncio
import time

import pytest

from evalstudio import ForEach, Result, evaluator, foreach
from evalstudio.concurrency import SlidingWindow
from evalstudio.evaluators import exact_match

REVIEWS = [
    ("The battery lasts all week, I could not be happier.", "positive"),
    ("It stopped working after two days.", "negative"),
    ("Best soup in town, we will be back.", "positive"),
    ("The waiter forgot us and the food was cold.", "negative"),
    {"text": "A warm, funny film with a great cast.", "expected": "positive"},
    {"text": "Two hours of my life that I want back.", "expected": "negative"},
    {"text": "Fits well and looks great.", "expected": "positive"},
    {"text": "The seam broke the first time I wore it.", "expected": "negative"},
]
COMPLAINTS = ("stopped", "forgot", "cold", "want back", "broke")


class PatientModel:
    """Stands for a model behind a network: every answer takes a second. Put a client of yours in its place."""

    async def classify(self, text: str) -> str:
        await asyncio.sleep(1)
        return self._answer(text)

    def classify_blocking(self, text: str) -> str:
        time.sleep(1)
        return self._answer(text)

    def _answer(self, text: str) -> str:
        return "negative" if any(word in text for word in COMPLAINTS) else "positive"


@pytest.fixture(scope="session")
def model() -> PatientModel:
    """Made once, for all evaluations of the session."""
    return PatientModel()


@evaluator(metrics="accuracy")
def one_word(answer: str) -> bool:
    """An evaluator of one's own: whether the model kept to the form."""
    return len(answer.split()) == 1


@foreach("text,expected", REVIEWS, fail_under=0.8)
async def eval_async(text: str, expected: str, model: PatientModel) -> Result:
    """Several at once, as many as turn out to be good: about two seconds."""
    answer = await model.classify(text)
    return Result(exact_match(answer, expected), one_word(answer), prompt=text, model_response=answer)


@ForEach(concurrency=SlidingWindow(max_concurrency=8))("text,expected", REVIEWS)
async def eval_window(text: str, expected: str, model: PatientModel) -> Result:
    """Eight at once: about one second."""
    answer = await model.classify(text)
    return Result(exact_match(answer, expected), prompt=text, model_response=answer)


@foreach("text,expected", REVIEWS)
def eval_threads(text: str, expected: str, model: PatientModel) -> Result:
    """A plain function runs in worker threads: about one second with eight of them."""
    answer = model.classify_blocking(text)
    return Result(exact_match(answer, expected), prompt=text, model_response=answer)
