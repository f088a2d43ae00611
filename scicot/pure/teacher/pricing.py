"""What calls cost. A model without a price costs `None`, which means unknown, never nothing."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from scicot.words.teaching import STARTER_SOURCE, Price

PRICES_AS_OF = "2025-06-30"
BATCH_DISCOUNT = 0.5  # OpenAI's batch endpoint costs half
DEFAULT_TOKENS_PER_CHARACTER = 0.25  # English, until this model's own ratio is known
DEFAULT_SPREAD = 0.2  # how far that default may be off

# List prices as published by OpenAI on PRICES_AS_OF; the app's price table overrides them.
LIST_PRICES: Mapping[str, Price] = {
    "gpt-3.5-turbo": Price(0.50, 1.50, PRICES_AS_OF),
    "gpt-4o": Price(2.50, 10.00, PRICES_AS_OF),
    "gpt-4o-mini": Price(0.15, 0.60, PRICES_AS_OF),
    "gpt-4.1": Price(2.00, 8.00, PRICES_AS_OF),
    "gpt-4.1-mini": Price(0.40, 1.60, PRICES_AS_OF),
    "gpt-4.1-nano": Price(0.10, 0.40, PRICES_AS_OF),
    STARTER_SOURCE: Price(0.0, 0.0, PRICES_AS_OF),  # it runs on one's own machine
}


def is_free(price: Price | None) -> bool:
    """Return whether calls certainly cost nothing; an unknown price is not free."""
    return price is not None and price.input_usd == 0 and price.output_usd == 0


def call_cost(
    price: Price | None, prompt_tokens: int | None, completion_tokens: int | None
) -> float | None:
    """Return the USD of one call, None when the price or a token count is unknown."""
    if price is None:
        return None
    if is_free(price):
        return 0.0
    if prompt_tokens is None or completion_tokens is None:
        return None
    return (prompt_tokens * price.input_usd + completion_tokens * price.output_usd) / 1e6


def count_tokens(characters: int, tokens_per_character: float | None) -> int:
    """Return the tokens of a prompt of this many characters, at the ratio seen or the default."""
    return math.ceil(characters * (tokens_per_character or DEFAULT_TOKENS_PER_CHARACTER))


def worst_cost(price: Price | None, characters: int, max_tokens: int) -> float | None:
    """Return the most that one call can cost: one token for every two characters, full length."""
    return call_cost(price, math.ceil(characters / 2), max_tokens)


@dataclass(frozen=True, slots=True)
class Estimate:
    """What a run will ask for and cost, before it starts.

    `low_usd` and `high_usd` are None when the model has no known price. `basis` says where the
    length of the answers was taken from.
    """

    calls: int
    already_stored: int
    prompt_tokens: int
    low_output_tokens: int
    high_output_tokens: int
    low_usd: float | None
    high_usd: float | None
    price: Price | None
    basis: str


def estimate_cost(
    *,
    price: Price | None,
    prompt_characters: Sequence[int],
    already_stored: int,
    tokens_per_character: float | None,
    output_quartiles: tuple[float, float] | None,
    expected_output: tuple[float, float] | None = None,
    max_tokens: int,
) -> Estimate:
    """Return the range of what calls with prompts of these lengths will cost.

    `output_quartiles` are the 25th and 75th percentile of what this teacher wrote so far; without
    them the range is what is expected, or else an eighth of `max_tokens` to all of them.
    """
    calls = len(prompt_characters)
    prompt_tokens = sum(
        count_tokens(characters, tokens_per_character) for characters in prompt_characters
    )
    spread = 0.0 if tokens_per_character else DEFAULT_SPREAD
    low, high = output_quartiles or expected_output or (max_tokens / 8, float(max_tokens))
    low_output = math.floor(calls * min(low, max_tokens))
    high_output = math.ceil(calls * min(high, max_tokens))
    return Estimate(
        calls=calls,
        already_stored=already_stored,
        prompt_tokens=prompt_tokens,
        low_output_tokens=low_output,
        high_output_tokens=high_output,
        low_usd=call_cost(price, math.floor(prompt_tokens * (1 - spread)), low_output),
        high_usd=call_cost(price, math.ceil(prompt_tokens * (1 + spread)), high_output),
        price=price,
        basis=(
            "what this teacher wrote so far"
            if output_quartiles
            else "the settings alone; this teacher has written nothing yet"
        ),
    )


def add_estimates(one: Estimate, other: Estimate) -> Estimate:
    """Return what two kinds of calls at the same teacher come to together."""

    def both(first: float | None, second: float | None) -> float | None:
        return None if first is None or second is None else first + second

    return Estimate(
        calls=one.calls + other.calls,
        already_stored=one.already_stored + other.already_stored,
        prompt_tokens=one.prompt_tokens + other.prompt_tokens,
        low_output_tokens=one.low_output_tokens + other.low_output_tokens,
        high_output_tokens=one.high_output_tokens + other.high_output_tokens,
        low_usd=both(one.low_usd, other.low_usd),
        high_usd=both(one.high_usd, other.high_usd),
        price=one.price,
        basis=one.basis,
    )
