"""Rationales as records of Argilla and Label Studio, and the decisions made there read back.

A record's id is DATASET/QUESTION/NUMBER, the last the rationale's own; its text is the one that is
judged, so that a decision on a text that has changed since is known for what it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from scicot.pure.students.texts import question_text
from scicot.words.errors import InvalidInput
from scicot.words.records import RationaleStatus, Verdict
from scicot.words.reviewing import STATUS_AFTER, ReviewItem

VERDICT, CORRECTED = "verdict", "corrected"
_BY_WORD = {verdict.value: verdict for verdict in Verdict} | {
    status.value: verdict for verdict, status in STATUS_AFTER.items()
}


@dataclass(frozen=True, slots=True)
class OutsideDecision:
    """A verdict that somebody gave in another tool, on the text that stood there."""

    rationale_id: int
    judged: str
    verdict: Verdict
    text: str | None  # of an edit
    reviewer: str


def record_id(item: ReviewItem) -> str:
    """Return what a record is found again by."""
    return f"{item.question.dataset}/{item.question.external_id}/{item.rationale.id}"


def _is_decided(item: ReviewItem) -> bool:
    return item.rationale.status is not RationaleStatus.UNREVIEWED


def argilla_record(item: ReviewItem) -> Mapping[str, Any]:
    """Return the record in the layout of Argilla 2's `Record.to_dict`."""
    rationale = item.rationale
    user = item.reviewer or rationale.source
    decided = {
        VERDICT: [{"value": rationale.status.value, "user_id": user}],
        CORRECTED: [{"value": rationale.text, "user_id": user}],
    }
    return {
        "id": record_id(item),
        "fields": {
            "question": question_text(item.question),
            "answer_key": item.question.shown_key,
            "rationale": rationale.original_text,
        },
        "metadata": {
            "source": rationale.source,
            "sample": rationale.sample,
            "flags": sorted({flag.check for flag in item.flags}),
            "risk": item.risk,
        },
        "suggestions": {},
        "responses": decided if _is_decided(item) else {},
        "vectors": {},
    }


def label_studio_task(item: ReviewItem) -> Mapping[str, Any]:
    """Return the task in Label Studio's JSON; what was decided here stands as an annotation."""
    rationale = item.rationale
    results = []
    if _is_decided(item):
        verdict = next(
            verdict for verdict, status in STATUS_AFTER.items() if status is rationale.status
        )
        results = [
            _result(VERDICT, "choices", {"choices": [verdict.value]}),
            _result(CORRECTED, "textarea", {"text": [rationale.text]}),
        ]
    return {
        "data": {
            "id": record_id(item),
            "question": question_text(item.question),
            "answer_key": item.question.shown_key,
            "rationale": rationale.original_text,
            "flags": sorted({flag.check for flag in item.flags}),
        },
        "annotations": [
            {"completed_by": {"email": item.reviewer or rationale.source}, "result": results}
        ]
        if results
        else [],
    }


def _result(name: str, kind: str, value: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"from_name": name, "to_name": "rationale", "type": kind, "value": value}


def is_outside(row: Mapping[str, Any]) -> bool:
    """Return whether a row is a record of another tool and not of `review export`."""
    return ("fields" in row and "responses" in row) or ("data" in row and "annotations" in row)


def read_outside(row: Mapping[str, Any], where: str) -> OutsideDecision | None:
    """Return the decision that a record holds, None where nobody has decided.

    The newest annotation counts. Raises InvalidInput, which starts with `where`.
    """
    try:
        is_argilla = "fields" in row
        answers, reviewer = _argilla_answers(row) if is_argilla else _task_answers(row)
        if not answers.get(VERDICT):
            return None
        held = row["fields"] if is_argilla else row["data"]
        number = str(row["id"] if is_argilla else held["id"]).rsplit("/", 1)[-1]
        word, judged = str(answers[VERDICT]), str(held["rationale"])
        rationale_id = int(number)
    except (KeyError, TypeError, ValueError, IndexError, AttributeError) as error:
        raise InvalidInput(
            f"{where}: no record that Sci-CoT wrote: {type(error).__name__} at {error}. Export it "
            "whole, with its id and its fields."
        ) from error
    if word == RationaleStatus.UNREVIEWED.value:
        return None
    if word not in _BY_WORD:
        raise InvalidInput(f"{where}: '{word}' is no verdict. Use one of: {', '.join(Verdict)}.")
    verdict = _BY_WORD[word]
    text = str(answers.get(CORRECTED) or judged) if verdict is Verdict.EDIT else None
    return OutsideDecision(rationale_id, judged, verdict, text, reviewer)


def _argilla_answers(row: Mapping[str, Any]) -> tuple[Mapping[str, Any], str]:
    responses = {name: given[-1] for name, given in row["responses"].items() if given}
    user = next((str(given["user_id"]) for given in responses.values()), "argilla")
    return {name: given["value"] for name, given in responses.items()}, user


def _task_answers(row: Mapping[str, Any]) -> tuple[Mapping[str, Any], str]:
    given = [annotation for annotation in row["annotations"] if annotation.get("result")]
    if not given:
        return {}, ""
    answers = {}
    for result in given[-1]["result"]:
        (values,) = result["value"].values()
        answers[result["from_name"]] = values[0] if isinstance(values, list) else values
    by = given[-1].get("completed_by", "label-studio")
    return answers, str(by.get("email", by.get("id")) if isinstance(by, dict) else by)
