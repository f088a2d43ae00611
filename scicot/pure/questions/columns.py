"""Which column of a file holds which field of a question, by the names that public sets use."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from scicot.words.errors import InvalidInput

# field -> the names it goes by, the surest first
NAMES: Mapping[str, tuple[str, ...]] = {
    "id": (
        *("id", "qid", "question_id", "questionid", "example_id", "id_string", "uid", "guid"),
        *(
            "pair_id",
            "item_id",
            "sample_id",
            "question_unique_id",
            "pubid",
            "ind",
            "idx",
            "nr",
            "number",
            "no",
        ),
    ),
    "question": (
        *("question", "stem", "question_stem", "query", "question_text", "problem", "prompt"),
        *("goal", "sentence", "ctx", "input", "body", "conclusion", "hypothesis", "premise"),
    ),
    "passage": (
        *("passage", "context", "article", "paragraph", "hint", "story", "background"),
        *("passage_text", "premises", "premise", "body", "theory", "narrative", "flores_passage"),
        *("contexts", "document"),
    ),
    "choices": (
        *("choices", "options", "answers", "endings", "candidates", "answer_choices"),
        *("question_choices", "alternatives", "mc_answers", "choice", "choice_list"),
    ),
    "answer": (
        *("answerkey", "answer_key", "answer", "correct_option", "correct_choice", "cop"),
        *("answer_idx", "answer_index", "answer_id", "correct_answer", "correct_label"),
        *("label", "gold", "target", "correct", "correct_answer_index", "correct_index", "key"),
        *("solution_index", "ans", "right_answer", "final_answer", "correct_answer_id"),
        *("correct_option_id", "correct_letter", "correct_answer_letter", "gold_label", "ideal"),
        *("correct_answer_num", "correct_option_index", "correct_choice_index", "best_answer"),
        *("final_decision",),
    ),
    "rationale": (
        *("rationale", "support", "explanation", "exp", "solution", "cot_content", "reasoning"),
        *("chain_of_thought", "facts"),
    ),
    "distractors": ("distractors", "incorrect_answers", "wrong_answers"),
    "group": ("group", "group_id", "passage_id", "testlet", "article_id"),
    "language": ("language", "lang"),
    "split": ("split", "subset"),
    "picture": ("image", "picture", "image_path", "figure", "image_1", "decoded_image", "images"),
}
FIELDS = tuple(NAMES)
OTHER_NAMES = {
    **{"stem": "question", "key": "answer", "answerkey": "answer", "answer_key": "answer"},
    **{"options": "choices", "context": "passage", "support": "rationale"},
}
_OPTION = re.compile(
    r"(?:(?:mc_answer|option|options|choice|choices|answer|ans|ending|sol|solution|op|opt|alternative|hypothesis)"
    r"_?)?"
    r"(?P<mark>[a-j]|[0-9]|10)$"
)
_DISTRACTOR = re.compile(r"(?:distractor|incorrect_answer|wrong_answer|false_answer)_?(\d+)$")


def plain_name(column: str) -> str:
    """Return a column's name as it is compared: lower case, one underscore for any other sign."""
    broken = re.sub(r"(?<=[a-z])(?=[A-Z][a-z])", "_", column.strip())
    return re.sub(r"[^0-9a-z]+", "_", broken.lower()).strip("_")


def core_name(column: str) -> str:
    """Return a name without what explains it: "Answer 1 - max 75 characters", "Answer(s)"."""
    return re.sub(r"\s*\([^()]*\)|\s+[-–—]\s.*$|:\s.*$", "", column).strip()


def _plain_names(columns: Sequence[str]) -> dict[str, str]:
    """Return the name that each column is compared by, its core where that is no other's."""
    cores = [plain_name(core_name(column)) for column in columns]
    return {
        column: core if core and cores.count(core) == 1 else plain_name(column)
        for column, core in zip(columns, cores, strict=True)
    }


def is_known(column: str) -> bool:
    """Return whether the name is one that a question's columns go by."""
    plain = plain_name(column)
    squeezed = plain.replace("_", "")
    return (
        any(plain in names or squeezed in names for names in NAMES.values())
        or bool(_DISTRACTOR.match(plain))
        or plain in ("choices_text", "choices_label")
        or (bool(_OPTION.match(plain)) and not plain.isdigit())
    )


def looks_like_header(names: Sequence[str]) -> bool:
    """Return whether a first row names columns: one known name that is more than a letter."""
    known = [name for name in names if is_known(name) or is_known(core_name(name))]
    return any(len(name.strip()) > 1 for name in known) or len(known) >= 3


def find_columns(
    columns: Sequence[str], known: Mapping[str, tuple[str, ...]] = NAMES
) -> dict[str, str]:
    """Return which column is which field, for the fields whose names are known."""
    by_plain: dict[str, str] = {}
    for column, plain in _plain_names(columns).items():
        by_plain.setdefault(plain, column)
        by_plain.setdefault(plain.replace("_", ""), column)
    chosen: dict[str, str] = {}
    for field, names in known.items():
        for name in names:
            if name in by_plain and by_plain[name] not in chosen.values():
                chosen[field] = by_plain[name]
                break
    if (
        "question" in by_plain
        and "query" in by_plain
        and known is NAMES
        and "passage" not in chosen
    ):
        chosen["passage"], chosen["question"] = by_plain["question"], by_plain["query"]
    return chosen


def find_option_columns(columns: Sequence[str]) -> list[str]:
    """Return the columns that hold one option each, in order; fewer than two are none."""
    series: dict[str, dict[str, str]] = {}
    for column, plain in _plain_names(columns).items():
        match = _OPTION.match(plain)
        if match and not (plain.isdigit() and len(plain) == len(column)):
            series.setdefault(plain[: match.start("mark")], {})[match["mark"]] = column
        elif match:
            series.setdefault("digits", {})[match["mark"]] = column
    for prefix, marks in sorted(series.items(), key=lambda item: -len(item[1])):
        for signs in ("abcdefghij", "0123456789", ("1", *"23456789", "10")):
            row = []
            for sign in signs:
                if sign not in marks:
                    break
                row.append(marks[sign])
            if len(row) >= 2 and len(row) == len(marks) and prefix != "digits":
                return row
    return []


def find_distractor_columns(columns: Sequence[str]) -> list[str]:
    """Return the columns that hold one wrong answer each, in order."""
    numbered = [
        (int(match[1]), column)
        for column in columns
        if (match := _DISTRACTOR.match(plain_name(column)))
    ]
    return [column for _, column in sorted(numbered)]


def reach_into(row: dict[str, Any], names: Iterable[str]) -> dict[str, Any]:
    """Return the row with a field for each dotted name that leads to a value inside it.

    `data.question`, `annotations.0.value`.
    """
    inner = {name: _held(row, name) for name in names if name not in row and "." in name}
    return {**row, **inner} if inner else row


def _held(value: Any, name: str) -> Any:
    for part in name.split("."):
        if isinstance(value, Mapping):
            value = value.get(part)
        elif isinstance(value, list) and part.isdigit() and int(part) < len(value):
            value = value[int(part)]
        else:
            return None
    return value


def inner_columns(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return the columns of rows, and after them the dotted names of what objects hold."""
    columns = list(dict.fromkeys(column for row in rows for column in row))
    inner = {
        f"{column}.{name}": None
        for row in rows
        for column, held in row.items()
        if isinstance(held, Mapping)
        for name in held
    }
    return [*columns, *inner]


def read_pairs(pairs: Sequence[str]) -> dict[str, str]:
    """Return FIELD -> COLUMN of `FIELD=COLUMN` texts; raises InvalidInput for another form."""
    mapping: dict[str, str] = {}
    for pair in pairs:
        field, sign, column = (part.strip() for part in pair.partition("="))
        if not sign or not field or not column:
            raise InvalidInput(f"'{pair}' maps nothing. Write FIELD=COLUMN, question=Frage say.")
        if field in mapping:
            raise InvalidInput(f"The field '{field}' is mapped twice. Keep one.")
        mapping[field] = column
    return mapping


def read_mapping(pairs: Sequence[str]) -> dict[str, str]:
    """Return the mapping of a question's fields that `FIELD=COLUMN` texts state.

    A field is one of FIELDS, or a letter from A to J for the column of one option. Raises
    InvalidInput for another.
    """
    mapping: dict[str, str] = {}
    for name, column in read_pairs(pairs).items():
        field = name.upper() if len(name) == 1 else OTHER_NAMES.get(name.lower(), name.lower())
        if field not in FIELDS and field not in tuple("ABCDEFGHIJ"):
            raise InvalidInput(
                f"'{name}' is no field of a question. There are {', '.join(FIELDS)}, and A to J "
                "for one column an option."
            )
        if field in mapping:
            raise InvalidInput(f"The field '{field}' is mapped twice. Keep one.")
        mapping[field] = column
    return mapping
