"""What a chat call is sent with, and which of it a model turns out not to take.

OpenAI's reasoning models take other names and no temperature; Mistral-like servers refuse `seed`;
some models answer in a stream only. What a reply says about it is learned for the calls after.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Any, Final

from scicot.pure.teacher.error_texts import read_error
from scicot.words.teaching import Reply

MAX_TOKENS: Final = "max_tokens"
MAX_COMPLETION_TOKENS: Final = "max_completion_tokens"
TEMPERATURE: Final = "temperature"
SEED: Final = "seed"
STREAM_OPTIONS: Final = "stream_options"
LOGPROBS: Final = ("logprobs", "top_logprobs")  # without them the call would be of no use
WHOLE: Final = "a whole reply"  # what a model refuses that only streams
REFUSABLE = (MAX_TOKENS, MAX_COMPLETION_TOKENS, TEMPERATURE, SEED, STREAM_OPTIONS)
_REASONING = re.compile(r"(?:^|/)(?:o\d|gpt-5)", re.IGNORECASE)
_REFUSAL_CODES = ("unsupported_parameter", "unsupported_value", "unknown_parameter")
_REFUSAL_WORDS = re.compile(
    r"unsupported|not\s+(?:currently\s+)?(?:supported|permitted|allowed|accepted|available|"
    r"recognized|a\s+valid|valid\s+for)"
    r"|(?:does|do|is|are|can)\s*(?:n['’]t|not)\s+(?:support|accept|allow|take|recogni[sz]e)"
    r"|\b(?:unknown|unrecogni[sz]ed|unexpected|extra|invalid)\s+"
    r"(?:\w+\s+)?(?:param|arg|field|key|input|prop|name)|cannot\s+find\s+field"
    r"|extra_forbidden|extra inputs|additional propert|deprecated|got an unexpected keyword"
    r"|only\b.{0,40}\b(?:allowed|supported)|(?:may|can|must)\s+only\s+be|not\s+implemented",
    re.IGNORECASE,
)
_OUT_OF_RANGE = re.compile(
    r"too (?:large|long|big|high|small|low)|at (?:most|least)|less than|greater than|maximum|"
    r"minimum|between|exceed|out of range|context length",
    re.IGNORECASE,
)
_STREAM_ONLY = re.compile(
    r"(?:only|must|requires?|need|has to)\b.{0,60}\bstream"
    r"|\bstream(?:ed|ing)?\b.{0,40}\b(?:only|required|must|set to true|be true)"
    r"|non-?stream(?:ing|ed)?\b.{0,60}\b(?:not|n['’]t|unsupported)"
    r"|(?:not|n['’]t|unsupported)\b.{0,60}\bnon-?stream"
    r"|non-streaming calls",
    re.IGNORECASE,
)


def known_refusals(model: str) -> set[str]:
    """Return which of our parameters this model is known to refuse, by its name."""
    if not _REASONING.search(model):
        return set()
    return {MAX_TOKENS} if "chat" in model else {MAX_TOKENS, TEMPERATURE}


def refused_parameter(reply: Reply, sent: Collection[str] = REFUSABLE) -> str | None:
    """Return which of the parameters sent a reply says the model does not take.

    `WHOLE` when it says that the model only streams. None when it says something else: a value
    out of range is the caller's to mend.
    """
    if reply.status not in (200, 400, 422, 501):
        return None
    error = read_error(reply.body)
    if reply.status == 200 and error.status not in (400, 422):
        return None
    said = error.message or ""
    # "'stream_options' is only allowed when 'stream' is enabled" speaks of that parameter alone
    of_stream = "" if STREAM_OPTIONS in said else said
    if (error.parameter == "stream" and not error.refuses_extra) or _STREAM_ONLY.search(of_stream):
        return WHOLE
    refused = (
        error.refuses_extra
        or (error.code or "") in _REFUSAL_CODES
        or (_REFUSAL_WORDS.search(said) and not _OUT_OF_RANGE.search(said))
    )
    if not refused:
        return None
    if error.parameter in sent:
        return error.parameter
    places = {
        name: place.start()
        for name in sent
        if name in REFUSABLE and (place := re.search(rf"\b{name}\b", said))
    }
    return min(places, key=lambda name: places[name]) if places else None


def call_parameters(
    temperature: float,
    max_tokens: int,
    refused: Collection[str] = (),
    *,
    seed: int | None = None,
    likeliest: int = 0,
) -> dict[str, Any]:
    """Return the parameters under the names that the model takes.

    A model that refuses a temperature writes at its own (1); one that refuses `max_tokens` takes
    `max_completion_tokens`, which counts its hidden reasoning too. A limit is always sent.
    `likeliest`: of how many tokens at each place the probabilities are told.
    """
    parameters: dict[str, Any] = {
        MAX_COMPLETION_TOKENS if MAX_TOKENS in refused else MAX_TOKENS: max_tokens
    }
    if TEMPERATURE not in refused:
        parameters[TEMPERATURE] = temperature
    if seed is not None and SEED not in refused:
        parameters[SEED] = seed
    if likeliest:
        parameters |= dict(zip(LOGPROBS, (True, likeliest), strict=True))
    if WHOLE in refused:
        parameters["stream"] = True
        if STREAM_OPTIONS not in refused:
            parameters[STREAM_OPTIONS] = {"include_usage": True}
    return parameters


def learn_refusal(refused: set[str], name: str) -> None:
    """Note a refusal; where both names of the limit are refused in turn, the other is tried."""
    if name == MAX_COMPLETION_TOKENS:
        refused.discard(MAX_TOKENS)  # known by its name only, and this server has it otherwise
    else:
        refused.add(name)
