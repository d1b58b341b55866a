"""Client of plain completions, `/v1/completions`: a text goes on, or the log-probabilities of given texts are read."""

from collections.abc import Callable
from typing import Any

import httpx
import msgspec

from evalstudio.core.outcome import Outcome
from evalstudio.core.refusals import classify_error_body
from evalstudio.engine.models.address import Address
from evalstudio.engine.models.call import Answer, CallResult, Request
from evalstudio.engine.models.classify import error_message
from evalstudio.engine.models.exchange import LARGEST_BODY, Exchange
from evalstudio.engine.models.loose import read_as
from evalstudio.engine.models.model_list import list_models
from evalstudio.engine.models.openai_answers import Pieces
from evalstudio.engine.models.prompt_logprobs import Continuation, NoLogprobs, as_text, read_logprobs
from evalstudio.evaluations.spec import TimeOuts
from evalstudio.models.settings import ModelSettings

REPEAT_HEADER = "X-EvalStudio-Repeat"


class _Usage(msgspec.Struct):
    prompt_tokens: int | None = None
    completion_tokens: int | None = None


class _Choice(msgspec.Struct):
    text: str | None = None
    index: int = 0
    finish_reason: str | None = None
    logprobs: Any = None
    prompt_logprobs: Any = None


class _Completion(msgspec.Struct):
    choices: list[_Choice] | None = None
    model: str | None = None
    usage: _Usage | None = None
    error: Any = None


class _TokenizerInfo(msgspec.Struct):
    bos_token: str | None = None
    eos_token: str | None = None


_completion = msgspec.json.Decoder(_Completion)


class CompletionsModel:
    """A model behind an endpoint for completions; implements `Model`.

    A sample whose column `requests` holds pairs of context and continuation asks for the log-probability of each
    continuation; its answer is a list of them as JSON. Any other sample sends its last message as the prompt.
    """

    def __init__(
        self,
        settings: ModelSettings,
        key: str | None,
        parameters: dict[str, Any],
        timeouts: TimeOuts,
        *,
        largest: int = LARGEST_BODY,
    ) -> None:
        self._address = Address.of(settings)
        self._fixed: dict[str, Any] = {"model": settings.name, **parameters}
        self._prefix: str | None = None  # what stands for an empty context; None: not asked for yet
        headers = {} if key is None else {"Authorization": f"Bearer {key}"}
        self._exchange = Exchange(
            self._address.join("/completions"),
            headers | self._address.headers,
            settings.name,
            timeouts,
            read=_read_text,
            gather=Pieces,
            stream=False,
            largest=largest,
            api=("plain completions", "text completion"),
        )

    async def call(self, request: Request, on_parts: Callable[[int], None]) -> CallResult:
        """Makes one attempt, within the time-outs; see `Model`."""
        headers = {REPEAT_HEADER: str(request.repeat)} if request.repeat else {}
        pairs = request.values.get("requests")
        if not pairs:
            body = {**self._fixed, "prompt": request.messages[-1].content}
            return await self._exchange.call(
                msgspec.json.encode(body), headers, on_parts, request.time_left, _read_text
            )
        asked = [Continuation(*(await self._begun(context)), text) for context, text in pairs]
        prompts = [one.prompt for one in asked]
        body = {**self._fixed, "prompt": prompts[0] if len(prompts) == 1 else prompts}
        return await self._exchange.call(
            msgspec.json.encode(body),
            headers,
            on_parts,
            request.time_left,
            lambda data: _read_scores(data, asked),
        )

    async def list_models(self) -> list[str]:
        """Returns the names of the models that the endpoint offers. Raises ModelError that says what is wrong."""
        return await list_models(self._exchange.client, self._address.join("/models"))

    def set_timeouts(self, timeouts: TimeOuts) -> None:
        self._exchange.set_timeouts(timeouts)

    async def aclose(self) -> None:
        await self._exchange.aclose()

    async def _begun(self, context: str) -> tuple[str, bool]:
        """A context, and whether it is a token that only stands for an empty one."""
        if context:
            return context, False
        if self._prefix is None:
            self._prefix = await self._first_token()
        return self._prefix, True

    async def _first_token(self) -> str:
        """The token with which texts begin, where the server tells it (vLLM does); "" elsewhere: it adds one itself."""
        url = self._address.base.copy_with(
            path=self._address.base.path.removesuffix("/v1") + "/tokenizer_info"
        )
        try:
            response, data = await self._exchange.client.get(url, 8 << 20)
            if response.status_code != 200:
                return ""
            info = msgspec.json.decode(data, type=_TokenizerInfo)
        except (httpx.HTTPError, msgspec.MsgspecError):
            return ""
        return info.bos_token or info.eos_token or ""


def _read_text(data: bytes) -> CallResult:
    completion = read_as(data, _completion, _Completion)
    if (failed := _failure(completion)) is not None:
        return failed
    assert completion.choices
    choice = completion.choices[0]
    if choice.text is None:
        return _no_completion()
    answer = _answer(completion, choice.text, choice.finish_reason)
    if choice.finish_reason == "content_filter":
        return CallResult(Outcome.FILTERED, answer, "withheld the answer (content filter).")
    return CallResult(Outcome.OK, answer)


def _read_scores(data: bytes, asked: list[Continuation]) -> CallResult:
    completion = read_as(data, _completion, _Completion)
    if (failed := _failure(completion)) is not None:
        return failed
    choices = sorted(completion.choices or (), key=lambda choice: choice.index)
    if len(choices) != len(asked):
        return CallResult(
            Outcome.BAD_ANSWER,
            message=f"sent {len(choices)} choices for {len(asked)} prompts; it may not take several prompts a call.",
        )
    try:
        found = [
            read_logprobs(choice.text, choice.logprobs, choice.prompt_logprobs, one)
            for choice, one in zip(choices, asked, strict=True)
        ]
    except NoLogprobs as error:
        return CallResult(Outcome.CLIENT_ERROR, message=str(error), fatal=error.fatal)
    return CallResult(Outcome.OK, _answer(completion, as_text(found, asked), "stop"))


def _failure(completion: _Completion) -> CallResult | None:
    if completion.error:
        reported = error_message(msgspec.json.encode(completion.error).decode())
        return CallResult(
            classify_error_body(completion.error), message=f"answered with an error: {reported}."
        )
    return None if completion.choices else _no_completion()


def _no_completion() -> CallResult:
    return CallResult(
        Outcome.BAD_ANSWER, message="answers with JSON that holds no text completion; check the base URL."
    )


def _answer(completion: _Completion, text: str, finish_reason: str | None) -> Answer:
    usage = completion.usage
    return Answer(
        text,
        finish_reason=finish_reason,
        answered_by=completion.model,
        tokens_in=usage.prompt_tokens if usage else None,
        tokens_out=usage.completion_tokens if usage else None,
    )
