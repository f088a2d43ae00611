"""Sample files of evaluation tools: which of them a row is of, and what was asked and answered."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from scicot.pure.questions.asked import what_was_asked
from scicot.pure.questions.harness import (
    HarnessSample,
    find_scores,
    find_texts,
    is_harness_row,
    read_harness_row,
)
from scicot.pure.questions.values import LETTERS, as_list, as_text
from scicot.pure.teacher.brought import texts_in
from scicot.words.errors import InvalidPrediction
from scicot.words.records import Choice

Row = Mapping[str, Any]


def read_sample(row: Row, where: str) -> HarnessSample | None:
    """Return what a row of a tool's sample file says; None where it is no such row.

    Raises InvalidPrediction, which starts with `where`, for a sample that nobody answered.
    """
    for is_of, read in FORMS:
        if is_of(row):
            return read(row, where)
    return None


def _is_written_out(row: Row) -> bool:
    """Return whether lm-evaluation-harness 0.3 wrote the row (`--write_out`)."""
    return {"doc_id", "prompt_0", "logit_0"} <= set(row)


def _read_written_out(row: Row, where: str) -> HarnessSample:
    count = next(n for n in range(len(row) + 1) if f"logit_{n}" not in row)
    replies = [as_list(row[f"logit_{n}"]) for n in range(count)]
    prompts = tuple(as_text(row.get(f"prompt_{n}")) for n in range(count))
    scores = _numbers(replies) or find_scores(replies, where)
    return _sample(where, "", prompts[0], find_texts(replies[:1]), scores, prompts)


def _is_inspect(row: Row) -> bool:
    """Return whether the row is a sample of an inspect log."""
    return {"input", "epoch"} <= set(row) and isinstance(row.get("output"), Mapping)


def _read_inspect(row: Row, where: str) -> HarnessSample:
    broken = row.get("error")
    if isinstance(broken, Mapping):
        said = as_text(broken.get("message")).strip()[:200] or "no word why"
        raise InvalidPrediction(f"{where}: the sample ended in an error: {said}. Run it again.")
    replies = texts_in(_as_reply(row["output"]))
    failed = next((reply.why for reply in replies if reply.has_failed), None)
    if failed is not None or not replies:
        raise InvalidPrediction(f"{where}: {failed or 'the sample holds no reply'}. Run it again.")
    texts = row.get("choices")
    options = texts if isinstance(texts, list) and len(texts) <= len(LETTERS) else []
    return HarnessSample(
        as_text(row.get("id")).strip(),
        what_was_asked(row["input"]),
        tuple(reply.text for reply in replies),
        options=tuple(map(Choice, LETTERS, map(as_text, options))),
        is_cut=replies[0].is_cut,
        is_epoch=True,
    )


def _as_reply(output: Row) -> dict[str, Any]:
    """Return inspect's output as servers write theirs: it calls the finish reason otherwise."""
    choices = output.get("choices")
    return {
        "choices": [
            {**choice, "finish_reason": choice.get("stop_reason")}
            for choice in (choices if isinstance(choices, list) else [])
            if isinstance(choice, Mapping)
        ]
    }


def _is_lighteval(row: Row) -> bool:
    """Return whether the row is a detail that lighteval saved, from 0.10 on."""
    return isinstance(_held(row, "model_response"), Mapping) and isinstance(
        _held(row, "doc"), Mapping
    )


def _read_lighteval(row: Row, where: str) -> HarnessSample:
    document, response = _held(row, "doc"), _held(row, "model_response")
    named = tuple(map(as_text, as_list(document.get("choices")) or ()))
    scores = _numbers(as_list(response.get("logprobs"))) if len(named) > 1 else ()
    asked = what_was_asked(document.get("query"))
    return _sample(where, "", asked, find_texts(as_list(response.get("text"))), scores, named)


def _is_older_lighteval(row: Row) -> bool:
    """Return whether the row is a detail of lighteval before 0.10."""
    return {"full_prompt", "predictions", "gold"} <= set(row)


def _read_older_lighteval(row: Row, where: str) -> HarnessSample:
    replies = as_list(row["predictions"])
    replies = [as_list(reply) for reply in replies] if isinstance(replies, list) else [replies]
    named = tuple(map(as_text, as_list(row.get("choices")) or ()))
    scores = find_scores([list(r) if isinstance(r, tuple) else r for r in replies], where)
    scores = scores or _numbers(as_list(row.get("pred_logits")))
    asked = what_was_asked(as_list(row["full_prompt"]))
    return _sample(where, "", asked, find_texts(replies), scores, named)


def _sample(
    where: str,
    external_id: str,
    asked: str,
    texts: Sequence[str],
    scores: tuple[float, ...],
    named: tuple[str, ...],
) -> HarnessSample:
    if not scores and not texts:
        raise InvalidPrediction(
            f"{where}: the sample holds neither texts nor a score for each option. Correct it."
        )
    outputs = () if scores else tuple(texts)
    return HarnessSample(external_id, asked, outputs, scores, named if scores else ())


def _held(row: Row, name: str) -> Any:
    return as_list(row.get(name))


def _numbers(values: Any) -> tuple[float, ...]:
    """Return a list of two or more finite numbers as such, nothing for anything else."""
    if not isinstance(values, list | tuple) or len(values) < 2:
        return ()
    numbers = tuple(float(v) for v in values if isinstance(v, int | float))
    return numbers if len(numbers) == len(values) and all(map(math.isfinite, numbers)) else ()


FORMS: Sequence[tuple[Callable[[Row], bool], Callable[[Row, str], HarnessSample]]] = (
    (is_harness_row, read_harness_row),
    (_is_written_out, _read_written_out),
    (_is_inspect, _read_inspect),
    (_is_lighteval, _read_lighteval),
    (_is_older_lighteval, _read_older_lighteval),
)
