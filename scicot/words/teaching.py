"""The nouns of a call to the teacher: whom to ask, with which prompt, and what came back."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal, TypedDict

STARTER_SOURCE = "starter"


class Message(TypedDict):
    """One message of a chat, in the OpenAI layout."""

    role: Literal["system", "user", "assistant"]
    content: str


class TeacherKind(StrEnum):
    """How a teacher is reached."""

    STARTER = "starter"
    OPENAI = "openai"
    URL = "url"


@dataclass(frozen=True, slots=True)
class Teacher:
    """A large model that explains: how it is reached, and the name its rationales carry.

    `base_url` is None for the starter teacher and for OpenAI's own address.
    """

    kind: TeacherKind
    model: str
    base_url: str | None = None

    @property
    def name(self) -> str:
        """What the teacher is called on screens and command lines."""
        if self.kind is TeacherKind.STARTER:
            return self.kind.value
        return f"{self.base_url}#{self.model}" if self.base_url else f"openai:{self.model}"


@dataclass(frozen=True, slots=True)
class PromptParts:
    """A teacher prompt in the paper's three parts, each a template."""

    reference: str
    thinking: str
    specificity: str

    @property
    def is_key_free(self) -> bool:
        """True when the teacher is not told the answer: what it explains is its own."""
        return "{answer}" not in f"{self.reference}{self.thinking}{self.specificity}"


class AttemptOutcome(StrEnum):
    """How one request to the teacher ended. The first four were paid for."""

    STORED = "stored"
    TRUNCATED = "truncated"
    REFUSED = "refused"
    INVALID = "invalid"
    MAYBE_PAID = "maybe_paid"  # cut after sending: nobody knows
    RATE_LIMITED = "rate_limited"  # told to wait
    UNAVAILABLE = "unavailable"  # the teacher's server failed
    UNREACHABLE = "unreachable"  # nothing was sent
    REJECTED = "rejected"  # this request will never do
    DENIED = "denied"  # no request will do: key, quota, permission, address

    @property
    def is_retryable(self) -> bool:
        """True when the same request may succeed later, and has certainly not been paid for."""
        return self in (
            AttemptOutcome.RATE_LIMITED,
            AttemptOutcome.UNAVAILABLE,
            AttemptOutcome.UNREACHABLE,
        )


# certainly charged for; MAYBE_PAID is neither here nor among the free ones
PAID = (
    AttemptOutcome.STORED,
    AttemptOutcome.TRUNCATED,
    AttemptOutcome.REFUSED,
    AttemptOutcome.INVALID,
)


@dataclass(frozen=True, slots=True)
class Reply:
    """What the teacher's server sent back, unread. `retry_after` is in seconds."""

    status: int
    body: str
    retry_after: float | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """A reply as it was read: its outcome, the text if there is one, and why if there is none."""

    outcome: AttemptOutcome
    text: str | None = None
    reason: str | None = None
    finish_reason: str | None = None
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    retry_after: float | None = None


@dataclass(frozen=True, slots=True)
class Price:
    """USD for a million tokens, with the day (ISO) it was looked up."""

    input_usd: float
    output_usd: float
    as_of: str


@dataclass(frozen=True, slots=True)
class BatchJob:
    """A job at the teacher's batch endpoint as it stands there."""

    id: str
    status: str
    done: int
    total: int
    output_file_id: str | None = None
    error_file_id: str | None = None
    error: str | None = None

    @property
    def is_over(self) -> bool:
        """True when the server will not work on it any more."""
        return self.status in ("completed", "failed", "expired", "cancelled")
