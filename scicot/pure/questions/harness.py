"""Sample files of lm-evaluation-harness (`--log_samples`): documents, and what was answered."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from scicot.pure.questions.columns import find_columns
from scicot.pure.questions.values import as_text
from scicot.words.errors import InvalidPrediction


@dataclass(frozen=True, slots=True)
class HarnessSample:
    """One document's answer: a text, or a score (nats) for each option by its place."""

    external_id: str
    question: str
    output: str
    scores: Mapping[int, float] | None


def is_harness_row(row: Mapping[str, Any]) -> bool:
    """Return whether a row is a sample: it has the document and the replies."""
    return isinstance(row.get("doc"), dict) and isinstance(row.get("resps"), list)


def read_harness_row(row: Mapping[str, Any], where: str) -> HarnessSample:
    """Return the sample of one row; raises InvalidPrediction, which starts with `where`."""
    document = row["doc"]
    columns = find_columns(list(document))
    question = document.get(columns.get("question", ""))
    if isinstance(question, dict):
        question = question.get("stem")
    external_id = as_text(document.get(columns.get("id", ""))).strip()
    if not external_id and not question:
        raise InvalidPrediction(
            f"{where}: the document has neither an id nor a question's text. Write id and output "
            "of each row yourself and import that."
        )
    replies = row["resps"]
    scores = _scores(replies)
    output = "" if scores is not None else _text(replies)
    if output is None:
        raise InvalidPrediction(f"{where}: 'resps' holds neither texts nor scores. Correct it.")
    return HarnessSample(external_id, as_text(question), output, scores)


def _text(replies: Any) -> str | None:
    """Return the first reply's text; None where there is none."""
    while isinstance(replies, list) and replies:
        replies = replies[0]
    return replies if isinstance(replies, str) else None


def _scores(replies: list[Any]) -> Mapping[int, float] | None:
    """Return a log-likelihood for each option: [[[score, is greedy]], ...], also as texts."""
    scores = {}
    for place, reply in enumerate(replies):
        while isinstance(reply, list) and len(reply) == 1:
            reply = reply[0]
        if not isinstance(reply, list) or len(reply) != 2:
            return None
        try:
            scores[place] = float(reply[0])
        except (TypeError, ValueError):
            return None
        if not math.isfinite(scores[place]) or str(reply[1]) not in ("True", "False"):
            return None
    return scores if len(scores) > 1 else None
