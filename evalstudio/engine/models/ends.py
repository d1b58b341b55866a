"""Ends of answers: one table from the words of all APIs for why an answer ended to what that means for the call.

The words are an open vocabulary: providers, gateways and local servers add to it. A word that says that the call
failed makes it a failed call, never an answer with a score of 0; a word that nobody knows leaves an answer as it is,
and the run counts it by its name.
"""

from enum import Enum

from evalstudio.core.outcome import Outcome
from evalstudio.engine.models.call import Answer, CallResult
from evalstudio.models.keys import redact
from evalstudio.store.rows import CUT_OFF

COMPLETE, TOOL_CALLS, FILTERED = "stop", "tool_calls", "content_filter"
"""The names that the first three meanings have in the store, together with `CUT_OFF`; the others keep their words."""

_LONGEST = 60  # characters of an unknown word


class Meaning(Enum):
    """What the end of an answer means."""

    COMPLETE = COMPLETE
    CUT_OFF = CUT_OFF
    TOOL_CALLS = TOOL_CALLS
    FILTERED = FILTERED
    FAILED = "the server could not go on: the call is made again"
    UNUSABLE = "the model wrote something that the server could not use: tried once more"
    UNKNOWN = "a word that is not in the table"


_WORDS = {
    Meaning.COMPLETE: "stop end end_turn eos eos_token end_of_text end_of_sequence stop_sequence stop_token complete "
    "completed done finished finish eot success ok",
    Meaning.CUT_OFF: "length max_tokens max_token max_length max_output_tokens max_new_tokens max_completion_tokens "
    "model_length model_context_window_exceeded context_length_exceeded context_window_exceeded token_limit "
    "max_output_reached error_limit limit truncated",
    Meaning.TOOL_CALLS: "tool_calls tool_call tool_use function_call function_calls",
    Meaning.FILTERED: "content_filter content_filtered refusal safety safety_filter recitation language "
    "prohibited_content blocklist spii image_safety image_prohibited_content image_recitation sensitive moderation "
    "moderated blocked guardrail guardrails guardrail_intervened error_toxic user_safety model_armor risk",
    Meaning.FAILED: "abort aborted error err cancel cancelled canceled timeout time_limit timed_out failed failure "
    "network_error server_error internal_error internal_server_error insufficient_system_resource overloaded "
    "unavailable interrupted disconnect disconnected preempted load unload user_cancel",
    Meaning.UNUSABLE: "malformed_function_call malformed_tool_call malformed_tool_use malformed_model_output "
    "malformed_response unexpected_tool_call too_many_tool_calls missing_thought_signature pause_turn "
    "repetition repetition_detected repetition_truncation invalid no_image",
}
_MEANINGS = {word: meaning for meaning, words in _WORDS.items() for word in words.split()}
_PREFIXES = ("finish_reason_", "finishreason.", "stop_reason_", "stopreason.")
_NOTHING = ("", "null", "none", "unspecified", "finish_reason_unspecified")
_OF_STORE = {CUT_OFF, COMPLETE, TOOL_CALLS, FILTERED}


def meaning_of(reason: str | None) -> Meaning | None:
    """Returns what a finish reason means; None for one that says nothing.

    Example:
        >>> meaning_of("MAX_TOKENS"), meaning_of("vibes"), meaning_of("")
        (<Meaning.CUT_OFF: 'length'>, <Meaning.UNKNOWN: 'a word that is not in the table'>, None)
    """
    if reason is None or reason in _MEANINGS:  # nearly always
        return None if reason is None else _MEANINGS[reason]
    word = reason.strip().lower().replace("-", "_").replace(" ", "_")
    for prefix in _PREFIXES:
        word = word.removeprefix(prefix)
    if word in _NOTHING:
        return None
    return _MEANINGS.get(word, Meaning.UNKNOWN)


def stored_reason(reason: str | None) -> str | None:
    """Returns the one name that a finish reason has for all APIs; one without such a name keeps its own."""
    if reason is None or reason in _OF_STORE:
        return reason
    meaning = meaning_of(reason)
    if meaning is None:
        return None
    return meaning.value if meaning.value in _OF_STORE else redact(reason.strip())[:_LONGEST]


def noted_end(reason: str | None) -> str | None:
    """Returns the end that a run's summary counts: of an answer cut off, or by a word that is not in the table."""
    if reason == COMPLETE or reason is None:
        return None
    return reason if meaning_of(reason) in (Meaning.CUT_OFF, Meaning.UNKNOWN) else None


def ended(answer: Answer, reason: str | None, *, has_content: bool) -> CallResult:
    """Returns the result of a call whose answer has arrived to its end.

    Args:
        answer: What arrived, perhaps nothing.
        reason: Why it ended, in the endpoint's own word.
        has_content: Whether the endpoint sent a content at all, were it an empty one.
    """
    if answer.text and reason == COMPLETE:
        return CallResult(Outcome.OK, answer)
    something = answer if answer.text or answer.thinking else None
    word = redact((reason or "").strip())[:_LONGEST]
    match meaning := meaning_of(reason):
        case Meaning.FILTERED:
            how = "cut its answer off" if something else "withheld the answer"
            return CallResult(Outcome.FILTERED, something, f"{how} (content filter, finish reason '{word}').")
        case Meaning.FAILED:
            return CallResult(
                Outcome.OVERLOADED, something, f"ended the answer by a failure (finish reason '{word}')."
            )
        case Meaning.UNUSABLE:
            return CallResult(
                Outcome.BAD_ANSWER, something, f"ended the answer unfinished (finish reason '{word}')."
            )
    if something is None and answer.tokens_out == 0:
        return CallResult(Outcome.BAD_ANSWER, message=f"sent an empty answer of 0 tokens{_by(word)}.")
    if something is None and not has_content and meaning is not Meaning.CUT_OFF:
        return CallResult(Outcome.BAD_ANSWER, message=f"sent a message without content{_by(word)}.")
    if something is None and meaning is Meaning.UNKNOWN:
        return CallResult(Outcome.BAD_ANSWER, message=f"sent an empty answer{_by(word)}.")
    return CallResult(Outcome.OK, answer)


def _by(word: str) -> str:
    return f" (finish reason '{word}')" if word else ""
