"""A line of `review export`, read as strictly as every other file."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from scicot.services.review.texts import LONGEST_REASON, LONGEST_TEXT, check_text
from scicot.words.errors import InvalidInput, InvalidRationale
from scicot.words.records import Cause, Origin, RationaleStatus, Split, Verdict

Name = Annotated[str, Field(min_length=1, max_length=100)]
OperationId = Annotated[str, Field(min_length=1, max_length=64)]
Moment = Annotated[datetime, Field(strict=False)]


class _Line(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class RevisionLine(_Line):
    """One version of the text."""

    number: int
    text: Annotated[str, Field(max_length=LONGEST_TEXT)]
    author: Name
    cause: Annotated[Cause, Field(strict=False)]
    operation_id: OperationId
    created_at: Moment


class VerdictLine(_Line):
    """One verdict on one of the versions."""

    revision: int
    revision_before: int
    status_before: Annotated[RationaleStatus, Field(strict=False)]
    verdict: Annotated[Verdict, Field(strict=False)]
    reason: Annotated[str, Field(max_length=LONGEST_REASON)] | None
    reviewer: Name
    operation_id: OperationId
    batch_id: OperationId | None
    created_at: Moment
    undone_at: Moment | None
    undo_operation_id: OperationId | None
    first_wrong: Annotated[int, Field(ge=1, le=9)] | None = None


class ReviewLine(_Line):
    """A rationale with its whole history. Files of earlier versions have no split."""

    id: Annotated[str, Field(min_length=1, max_length=200)]
    dataset: Annotated[str, Field(min_length=1, max_length=200)]
    split: Annotated[Split, Field(strict=False)] | None = None
    origin: Annotated[Origin, Field(strict=False)]
    source: Annotated[str, Field(min_length=1, max_length=200)]
    sample: Annotated[int, Field(ge=0, lt=2**31)]
    status: Annotated[RationaleStatus, Field(strict=False)]
    created_at: Moment
    revisions: Annotated[list[RevisionLine], Field(min_length=1, max_length=10_000)]
    reviews: Annotated[list[VerdictLine], Field(max_length=10_000)]

    @property
    def key(self) -> tuple[str, ...]:
        """Which rationale it is, whatever was decided."""
        split = self.split.value if self.split else ""
        return self.dataset, split, self.id, self.origin.value, self.source, str(self.sample)

    @model_validator(mode="after")
    def _holds_together(self) -> Self:
        numbers = [revision.number for revision in self.revisions]
        if numbers != list(range(1, len(numbers) + 1)):
            raise ValueError("the revisions are not numbered 1, 2, 3 ...")
        for verdict in self.reviews:
            if not {verdict.revision, verdict.revision_before} <= set(numbers):
                raise ValueError("a review judges a revision that the line does not have")
            if verdict.undone_at is None and verdict.undo_operation_id is not None:
                raise ValueError("a review is half undone")
        moments = [self.created_at, *(revision.created_at for revision in self.revisions)]
        for verdict in self.reviews:
            moments += [verdict.created_at, verdict.undone_at or verdict.created_at]
        if any(moment.tzinfo is None for moment in moments):
            raise ValueError("a time has no time zone")
        return self


def read_line(row: dict[str, Any], where: str) -> ReviewLine:
    """Return the row as a line of `review export`; raises InvalidInput beginning with `where`."""
    try:
        line = ReviewLine.model_validate(row)
        for revision in line.revisions:
            check_text(revision.text)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False, include_context=False)[0]
        field = ".".join(map(str, first["loc"])) or "the whole line"
        said = first["msg"].removeprefix("Value error, ")
        raise InvalidInput(
            f"{where}: this is no line of `review export` ({field}: {said}). Nothing was "
            "imported; correct or remove the row."
        ) from None  # the error's own text repeats the file's
    except InvalidRationale as error:
        raise InvalidInput(f"{where}: {error} Nothing was imported.") from error
    return line
