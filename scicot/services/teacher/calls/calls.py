"""A call to be made, and the settings that all calls of a pool share."""

from __future__ import annotations

from dataclasses import dataclass

from scicot.words.teaching import Message, Price


@dataclass(frozen=True, slots=True)
class PendingCall:
    """A completion that is to be asked for; `prompt_id` says which of the job's asks it is."""

    completion_id: int
    question_id: int
    sample: int
    prompt_id: int | None
    prompt_hash: str


@dataclass(frozen=True, slots=True)
class Call:
    """One pending completion and what to send for it."""

    completion_id: int
    messages: list[Message]
    temperature: float
    max_tokens: int
    sample: int = 0
    likeliest: int = 0  # of how many tokens at each place the probabilities are told

    @property
    def characters(self) -> int:
        """The length of what is sent."""
        return sum(len(message["content"]) for message in self.messages)


@dataclass(frozen=True, slots=True)
class PoolSettings:
    """How calls are sent. `model` is the name the server knows."""

    model: str
    concurrency: int
    rebuy: bool
    price: Price | None = None
    requests_per_minute: int | None = None
    tokens_per_minute: int | None = None
