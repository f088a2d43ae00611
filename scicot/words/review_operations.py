"""What the review card may ask for: one record per kind of operation, told apart by `kind`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from scicot.words.errors import InvalidInput
from scicot.words.records import RationaleStatus, Verdict

PROTOCOL = 1  # raise it when an operation changes its meaning
LARGEST = 2**31 - 1  # of a record's number, as every database here keeps it
LARGEST_COUNT = 2**53  # that JavaScript counts up to
MOST_LETTERS = 40  # of a strange value that a sentence repeats

OperationId = Annotated[str, Field(min_length=1, max_length=64)]
RecordId = Annotated[int, Field(ge=1, le=LARGEST)]


class _Operation(BaseModel):
    model_config = ConfigDict(frozen=True)

    op: OperationId


class Decide(_Operation):
    """A verdict on the revision on the screen, or on the one that `after` has left.

    `status` is what the screen said of the rationale; an outbox of an earlier version has none.
    With `also` a sample is taken beside the question's others, which stay as they are.
    `first_wrong` is the first wrong sentence of a rejected text, from 1.
    """

    kind: Literal["decide"]
    id: RecordId
    revision: RecordId
    after: OperationId | None = None
    status: RationaleStatus | None = None
    verdict: Verdict
    text: str | None
    reason: str | None
    also: bool = False
    first_wrong: Annotated[int, Field(ge=1, le=9)] | None = None


class ReadAgain(_Operation):
    """A second reader's verdict, given without knowing the first one."""

    kind: Literal["again"]
    id: RecordId
    verdict: Verdict
    reason: str | None


class Undo(_Operation):
    """The way back from one operation, or from the newest that still stands."""

    kind: Literal["undo"]
    target: OperationId | None


class KeepDraft(_Operation):
    """Text typed and not saved."""

    kind: Literal["draft"]
    id: RecordId
    revision: RecordId
    after: OperationId | None = None
    text: str


class LookUp(_Operation):
    """The wish to see a rationale's history and its like below the card."""

    kind: Literal["look"]
    id: RecordId


MOST_AT_ONCE = 2000  # operations of one message, and records that it says are held


@dataclass(frozen=True, slots=True)
class Outbox:
    """A message of the card: what was pressed, and what it holds and wants.

    What is not of the right kind is as if it had not been sent; the card sends again what was not
    answered.
    """

    operations: Sequence[Mapping[str, Any]]
    protocol: int
    number: int
    token: str
    have: Sequence[int]
    want: int
    first: int | None

    @classmethod
    def read(cls, raw: object) -> Self:
        """Return the message, whatever came."""
        fields = raw if isinstance(raw, Mapping) else {}
        return cls(
            operations=[op for op in _list(fields.get("ops")) if isinstance(op, Mapping)],
            protocol=_number(fields.get("protocol")) or 0,
            number=_number(fields.get("n")) or 0,
            token=str(fields.get("token")),
            have=[record for record in map(_record, _list(fields.get("have"))) if record],
            want=_number(fields.get("want")) or 0,
            first=_record(fields.get("first")),
        )


def _list(value: object) -> Sequence[object]:
    return value[:MOST_AT_ONCE] if isinstance(value, list) else ()


def _number(value: object) -> int | None:
    # JavaScript's numbers may come as 3.0
    if isinstance(value, bool) or not isinstance(value, int | float) or value != value // 1:
        return None
    return int(value) if 0 <= value <= LARGEST_COUNT else None


def _record(value: object) -> int | None:
    number = _number(value)
    return number if number is not None and number <= LARGEST else None


Operation = Decide | ReadAgain | Undo | KeepDraft | LookUp
_READER: TypeAdapter[Operation] = TypeAdapter(Annotated[Operation, Field(discriminator="kind")])


def read_operation(raw: Mapping[str, Any]) -> Operation:
    """Return the operation that was sent; raises InvalidInput with a sentence for the card."""
    try:
        return _READER.validate_python(raw)
    except ValidationError as error:
        raise InvalidInput(_say(raw, error)) from error


def _say(raw: Mapping[str, Any], error: ValidationError) -> str:
    first = error.errors(include_url=False, include_context=False)[0]
    kind = str(raw.get("kind"))[:MOST_LETTERS].encode("utf-8", "replace").decode()
    if first["type"].startswith("union_tag"):
        return f"The app knows no press of the kind '{kind}'. Nothing was written: reload the page."
    if first["type"] == "string_unicode":
        return "The text holds half a character, of an emoji perhaps. Remove it and save again."
    where = str(first["loc"][-1])
    if first["type"] == "missing":
        return f"A press of the kind '{kind}' came without its {where}. Reload and press again."
    return f"The {where} of a press cannot be taken: {first['msg']}. Reload and press again."
