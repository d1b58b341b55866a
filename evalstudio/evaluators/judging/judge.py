"""A model as judge: what it is sent and what its reply means. The calls are made by the engine."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from evalstudio.core.errors import EvaluationError
from evalstudio.core.score import Score
from evalstudio.evaluators.judging.prompts import (
    FORM_SCORE,
    FORM_VERDICT,
    MATERIAL,
    PROMPTS,
    REPAIR,
    SYSTEM,
    Direction,
    JudgePrompt,
)
from evalstudio.evaluators.judging.reply import Unreadable, read_score, read_verdict
from evalstudio.evaluators.text import is_empty
from evalstudio.templating.templates import Conversation, Message, compile_value, has_markup

OWN_NAMES = ("answer", "question", "expected", "has_expected", "values", "output", "query", "output_true")
QUESTION_COLUMNS = ("question", "query", "input", "text", "prompt")

ValueOf = Callable[[Mapping[str, Any]], Any]


@dataclass(frozen=True, slots=True)
class Judge:
    """Asks a model about an answer.

    The engine sends `messages(...)` to `model` and gives the reply to `read`. Where the score that comes
    back is unscored, it sends `repair(...)` once and reads again. Where the endpoint takes schemas,
    `response_format` goes with both.
    """

    name: str
    model: str | dict[str, Any] | None
    parameters: dict[str, Any]
    scale: tuple[float, float] | None
    direction: Direction
    metrics: tuple[str, ...]
    conversation: Conversation = field(repr=False)
    expected: ValueOf | None = field(repr=False)
    question: ValueOf | None = field(repr=False)

    def messages(self, answer: str, values: Mapping[str, Any], prompt: str = "") -> list[Message]:
        """What to send to the judge's model.

        Args:
            answer: the answer to judge.
            values: the sample's values.
            prompt: what the model was asked, for judges whose question comes from no column.

        Raises:
            EvaluationError: a template fails on these values, or the expected answer is null or empty.
        """
        expected = None if self.expected is None else self.expected(values)
        if self.expected is not None and is_empty(expected):
            raise EvaluationError("there is no expected answer (null or empty) to judge by")
        question = prompt if self.question is None else self.question(values)
        own = {
            "query": question,
            "output": answer,
            "output_true": expected,
            **values,
            "answer": answer,
            "question": question,
            "expected": expected,
            "has_expected": self.expected is not None,
            "values": dict(values),
        }
        return self.conversation.render_turn(0, own, ())

    def read(self, reply: str, finish_reason: str | None = None) -> Score:
        """What a reply says; unscored, with the reason, where it says nothing usable.

        The reply and the judge's reasons are kept in the metadata. Of a reply that was cut off, as its finish reason
        tells, only a whole JSON object is read.
        """
        try:
            if self.scale is None:
                reading = read_verdict(reply, finish_reason)
            else:
                reading = read_score(reply, *self.scale, finish_reason)
        except Unreadable as error:
            return Score(
                self.name, None, self.metrics, f"the judge's reply: {error}", metadata={"reply": reply}
            )
        kept = {"reply": reply, "reasoning": reading.reasoning}
        return Score(self.name, reading.value, self.metrics, reading.reasoning, metadata=kept)

    def repair(self, sent: Sequence[Message], reply: str, reason: str) -> list[Message]:
        """What to send when a reply could not be read: the conversation so far, and the form once more."""
        again = REPAIR.replace("REASON", reason) + form(self.scale)
        return [*sent, Message("assistant", reply), Message("user", again)]

    @property
    def response_format(self) -> dict[str, Any]:
        """The reply's form as a schema, as OpenAI-compatible endpoints take it."""
        value: dict[str, Any] = {"correct": {"type": "boolean"}}
        if self.scale is not None:
            value = {"score": {"type": "number", "minimum": self.scale[0], "maximum": self.scale[1]}}
        schema = {
            "type": "object",
            "properties": {"reasoning": {"type": "string"}, **value},
            "required": ["reasoning", *value],
            "additionalProperties": False,
        }
        return {"type": "json_schema", "json_schema": {"name": "judgement", "strict": True, "schema": schema}}


def form(scale: tuple[float, float] | None) -> str:
    """The sentence that asks for the form of the reply."""
    if scale is None:
        return FORM_VERDICT
    return FORM_SCORE.replace("LOW", f"{scale[0]:g}").replace("HIGH", f"{scale[1]:g}")


def build_judge(options: Mapping[str, Any], name: str, columns: tuple[str, ...]) -> Judge:
    """A judge from its table.

    Options: `prompt` (a ready one's name, or an own text), `expected`, `question` (templates over the
    columns), `model`, `parameters`, and for an own prompt `scale = [1, 10]` and `direction`. An own prompt
    sees every column, and under `answer`, `question` and `expected` what is judged; a column of one of
    these names is in `values`.

    Raises:
        EvaluationError: an option is unknown, or has a value that cannot work.
    """
    known = ("prompt", "expected", "question", "model", "parameters", "scale", "direction")
    if unknown := sorted(options.keys() - set(known)):
        raise EvaluationError(
            f"The evaluator '{name}' has no option '{unknown[0]}'. Its options are: {', '.join(known)}."
        )
    text = options.get("prompt", "correctness")
    if not isinstance(text, str) or not text.strip():
        raise EvaluationError(f"The prompt of the judge '{name}' has to be a text.")
    if text not in PROMPTS and not has_markup(text):
        raise EvaluationError(
            f"The judge '{name}' has no ready prompt '{text}'. Use one of {', '.join(PROMPTS)}, or an own text "
            "with {{ answer }} in it."
        )
    ready = PROMPTS.get(text) or _own(text, options, name)
    expected = _expected(ready, options, name, columns)
    question = options.get(
        "question", next((f"{{{{ {c} }}}}" for c in QUESTION_COLUMNS if c in columns), None)
    )
    body = f"{ready.task}\n\n{MATERIAL}" if text in PROMPTS else text
    messages = [Message("system", SYSTEM), Message("user", f"{body}\n\n{form(ready.scale)}")]
    return Judge(
        name=name,
        model=_model(options, name),
        parameters=_table(options, "parameters", name),
        scale=ready.scale,
        direction=ready.direction,
        metrics=("accuracy",) if ready.scale is None else ("mean",),
        conversation=Conversation(messages, tuple({**dict.fromkeys(columns), **dict.fromkeys(OWN_NAMES)})),
        expected=expected,
        question=None
        if question is None
        else compile_value(question, columns, f"'question' of the judge '{name}'"),
    )


def _own(text: str, options: Mapping[str, Any], name: str) -> JudgePrompt:
    scale = options.get("scale")
    if scale is not None:
        numbers = isinstance(scale, list | tuple) and len(scale) == 2
        if not numbers or not all(type(end) in (int, float) for end in scale) or not scale[0] < scale[1]:
            raise EvaluationError(
                f"'scale' of the judge '{name}' has to be two numbers, the lower one first."
            )
    direction = options.get("direction", "higher")
    if direction not in ("higher", "lower"):
        raise EvaluationError(f"'direction' of the judge '{name}' is 'higher' or 'lower' (which is better).")
    return JudgePrompt(name, text, None if scale is None else (scale[0], scale[1]), direction)


def _expected(
    ready: JudgePrompt, options: Mapping[str, Any], name: str, columns: tuple[str, ...]
) -> ValueOf | None:
    template = options.get("expected", "{{ expected }}" if "expected" in columns else None)
    if template is None:
        if ready.needs_expected:
            raise EvaluationError(f"The judge '{name}' needs the option 'expected': the answer to judge by.")
        return None
    if not isinstance(template, str):
        raise EvaluationError(f"'expected' of the judge '{name}' has to be a text or a template.")
    return compile_value(template, columns, f"'expected' of the judge '{name}'")


def _model(options: Mapping[str, Any], name: str) -> str | dict[str, Any] | None:
    model = options.get("model")
    if model is not None and not isinstance(model, str | dict):
        raise EvaluationError(f"'model' of the judge '{name}' has to be a model's name or a table.")
    return model


def _table(options: Mapping[str, Any], option: str, name: str) -> dict[str, Any]:
    table = options.get(option, {})
    if not isinstance(table, dict):
        raise EvaluationError(f"'{option}' of the judge '{name}' has to be a table.")
    return table
