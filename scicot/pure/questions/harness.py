"""Sample files of lm-evaluation-harness (`--log_samples`): documents, and what was answered."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from scicot.pure.questions.columns import find_columns, find_distractor_columns
from scicot.pure.questions.drafts import Draft
from scicot.pure.questions.layouts import recognise
from scicot.pure.questions.values import as_list, as_text
from scicot.words.errors import InvalidPrediction, InvalidQuestion
from scicot.words.records import Choice

# layouts in which the document itself says in which order its options stand
ORDERED = ("arc", "hub", "list", "columns", "passages", "inline")


@dataclass(frozen=True, slots=True)
class HarnessSample:
    """One document's replies: texts, or a score (nats) for each option in the document's order.

    `options` are the document's own; `named` is what each score is of, where the file tells.
    `question` may be the whole prompt. Of a sample with `is_epoch` there may be several, each a
    reply of its own; another tool's further rows of a document repeat it.
    """

    external_id: str
    question: str
    outputs: tuple[str, ...]
    scores: tuple[float, ...] = ()
    named: tuple[str, ...] = ()
    options: tuple[Choice, ...] = ()
    is_cut: bool = False
    is_epoch: bool = False


def is_harness_row(row: Mapping[str, Any]) -> bool:
    """Return whether a row is a sample: it has the document and the replies."""
    return isinstance(as_list(row.get("doc")), dict) and isinstance(_replies(row), list)


def _replies(row: Mapping[str, Any]) -> Any:
    held = as_list(row.get("resps"))
    return held if held else as_list(row.get("filtered_resps"))


def read_harness_row(row: Mapping[str, Any], where: str) -> HarnessSample:
    """Return the sample of one row; raises InvalidPrediction, which starts with `where`."""
    document, replies = as_list(row["doc"]), _replies(row)
    columns = find_columns(list(document))
    question = document.get(columns.get("question", ""))
    if isinstance(question, dict):
        question = question.get("stem")
    draft, options = _draft(document, where)
    external_id = as_text(document.get(columns.get("id", ""))).strip()
    if not external_id and not question:
        raise InvalidPrediction(
            f"{where}: the document has neither an id nor a question's text. Write id and output "
            "of each row yourself and import that."
        )
    scores = find_scores(replies, where)
    outputs = () if scores else tuple(find_texts(replies[:1]))
    if not scores and not outputs:
        raise InvalidPrediction(
            f"{where}: 'resps' holds neither texts nor a score for each option. Correct it."
        )
    return HarnessSample(
        external_id,
        draft.stem if draft else as_text(question),
        outputs,
        scores,
        tuple(_named(as_list(row.get("arguments")))),
        options,
    )


def _draft(document: Mapping[str, Any], where: str) -> tuple[Draft | None, tuple[Choice, ...]]:
    """Return the document as an import of questions reads it, and its options in its own order."""
    # GPQA's documents hold the options in the order asked, and right and wrong ones beside them
    apart = set(find_distractor_columns(list(document)))
    kept = {name: value for name, value in document.items() if name not in apart}
    for fields in (kept, document):
        try:
            layout = recognise([fields], where, {})
            draft = next(layout.drafts(fields, where))
        except InvalidQuestion:
            continue
        return draft, draft.choices if layout.name in ORDERED else ()
    return None, ()


def find_texts(replies: Any) -> list[str]:
    """Return the texts of a request's replies, however deep they lie."""
    if isinstance(replies, str):
        return [replies]
    held = replies if isinstance(replies, list | tuple) else ()
    return [text for reply in held for text in find_texts(reply)]


def find_scores(replies: Sequence[Any], where: str) -> tuple[float, ...]:
    """Return a log-likelihood for each option: [[[score, is greedy]], ...], also as texts."""
    scores = []
    for place, reply in enumerate(replies, start=1):
        while isinstance(reply, list | tuple) and len(reply) == 1:
            reply = reply[0]
        if not isinstance(reply, list | tuple) or len(reply) < 2:
            return ()
        # a table of numbers has 0 and 1 for greedy
        if str(reply[1]).capitalize() not in ("True", "False", "0", "1", "0.0", "1.0"):
            return ()
        try:
            score = float(reply[0])
        except (TypeError, ValueError):
            return ()
        if not math.isfinite(score):
            raise InvalidPrediction(
                f"{where}: the score of option {place} is {reply[0]}, which cannot be compared. "
                "Let the harness score it again."
            )
        scores.append(score)
    return tuple(scores) if len(scores) > 1 else ()


def _named(arguments: Any) -> Iterator[str]:
    """Yield what each score is of: the second argument of each request."""
    requests = list(arguments.values()) if isinstance(arguments, dict) else arguments
    for request in requests if isinstance(requests, list) else ():
        parts = list(request.values()) if isinstance(request, dict) else request
        if isinstance(parts, list | tuple) and len(parts) > 1 and isinstance(parts[1], str):
            yield parts[1]
