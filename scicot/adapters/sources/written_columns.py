"""Which column of a file of texts holds what: rationales or outputs, and the question's id."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from scicot.pure.questions.columns import NAMES, find_columns, plain_name
from scicot.words.errors import InvalidInput

IDS = ("custom_id", "question_id", "questionid", "qid", *NAMES["id"], "key")
ASKED = (
    *("question", "stem", "question_text", "question_stem", "query", "problem", "prompt", "input"),
    *("origin_prompt", "full_prompt", "formatted_prompt", "instruction"),
)
CHATS = ("messages", "conversations", "conversation")
PASSAGES = ("passage", "context", "article", "paragraph", "story")
REPLIES = (
    *("output", "response", "completion", "generation", "generated_text", "model_output"),
    *("outputs", "responses", "completions", "generations"),
)
RATIONALE_COLUMNS = {
    "id": IDS,
    "question": ASKED,
    "rationale": (
        *("rationale", "explanation", "reasoning", "cot", "chain_of_thought", "text"),
        *("rationales", *REPLIES, "content", *CHATS),
    ),
    "passage": PASSAGES,
    "sample": ("sample", "sample_number", "sample_id"),
    "split": ("split",),
}
OUTPUT_COLUMNS = {
    "id": IDS,
    "question": ASKED,
    "passage": PASSAGES,
    "output": (*REPLIES, "prediction", "predictions", "pred", "text", "content", *CHATS),
    "rationale": ("rationale", "explanation", "reasoning"),
    "split": ("split",),
}
# a column with such a name holds outputs, whatever else it is called; "answer" may be the key
_OUTPUT_LIKE = re.compile(r"predict|output|respon|generat|complet|repl(?:y|ies)|(?:^|_)pred")
WANTED: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "rationale": RATIONALE_COLUMNS,
    "output": OUTPUT_COLUMNS,
}


def choose_columns(
    sample: list[dict[str, Any]],
    mapping: Mapping[str, str],
    kind: str,
    name: str,
) -> Mapping[str, str]:
    """Return which column is which field; `mapping` goes before what the names say.

    Raises InvalidInput for a column that is not there, and where the outputs may be in several.
    """
    wanted = WANTED[kind]
    names = list(dict.fromkeys(column for row in sample for column in row))
    missing = next((column for column in mapping.values() if column not in names), None)
    if missing is not None:
        raise InvalidInput(
            f"{name} has no column '{missing}'. Name one that it has: {', '.join(names)}."
        )
    free = [column for column in names if column not in mapping.values()]
    chosen = find_columns(free, wanted) | dict(mapping)
    replies = [column for column in ("result",) if _holds_objects(sample, column)]
    if kind not in chosen and replies:
        chosen[kind] = replies[0]
    if kind == "output" and kind not in chosen:
        chosen |= _output_like(free, set(chosen.values()), name)
    return {**dict.fromkeys((kind,), kind), **chosen} if sample else chosen


def _holds_objects(sample: Sequence[Mapping[str, Any]], column: str) -> bool:
    return any(isinstance(row.get(column), dict) for row in sample)


def _output_like(names: Sequence[str], taken: set[str], name: str) -> dict[str, str]:
    """Return the column that holds outputs by what it is called; `answer` where none does.

    Raises InvalidInput where several do: one of them may be the key, or what another model wrote.
    """
    like = [
        column
        for column in names
        if column not in taken and _OUTPUT_LIKE.search(plain_name(column))
    ]
    if len(like) > 1:
        raise InvalidInput(
            f"{name}: outputs may stand in {_listed(like)}. Say in "
            "which column: --map output=COLUMN."
        )
    return {"output": like[0]} if like else find_columns(names, {"output": ("answer",)})


def _listed(columns: Sequence[str]) -> str:
    return ", ".join(f"'{column}'" for column in columns)
