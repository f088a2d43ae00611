"""The shapes in which public sets keep a question's options, each read to texts with labels."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from scicot.pure.hashing import content_hash
from scicot.pure.questions.asked import what_was_asked
from scicot.pure.questions.columns import find_columns, plain_name
from scicot.pure.questions.drafts import Draft, make_draft
from scicot.pure.questions.values import (
    LETTERS,
    as_list,
    as_text,
    cut_options,
    kind_of,
    split_inline,
    without_marks,
)
from scicot.words.errors import InvalidQuestion

Row = Mapping[str, Any]
Columns = Mapping[str, str]
TEXT_KEYS = ("text", "content", "atext", "option_text", "value", "choice", "answer", "option")
LABEL_KEYS = ("label", "key", "letter", "id", "aid", "option_label", "idx")
RIGHT_KEYS = ("is_correct", "isCorrect", "correct", "is_answer")
# answers of sets whose facts may leave a statement open: FOLIO, ProofWriter, PubMedQA
OPEN_ANSWERS = frozenset(("uncertain", "unknown", "maybe"))
_ASKS = re.compile(
    r"(?:is|are|was|were|do|does|did|can|could|will|would|should|has|have|had|may|might|must)\s",
    re.IGNORECASE,
)
YES, NO = frozenset(("yes", "true", "1", "y")), frozenset(("no", "false", "0", "n"))


def fields_of(row: Row, columns: Columns) -> dict[str, Any]:
    """Return the row's values by field."""
    return {field: row.get(column) for field, column in columns.items()}


def read_arc(row: Row, columns: Columns, options: Sequence[str], where: str) -> Iterator[Draft]:
    """Yield the question of a row in ARC's official layout: `question` holds stem and choices."""
    fields = fields_of(row, columns)
    question = as_list(row.get(columns.get("question", "question")))
    if not isinstance(question, dict):
        raise InvalidQuestion(
            f"{where}: the field 'question' is {kind_of(question)}; an object was expected. ARC's "
            'layout is {"id", "question": {"stem", "choices": [{"text", "label"}]}, "answerKey"}.'
        )
    choices = question.get("choices")
    if isinstance(choices, dict) and {"text", "label"} <= set(choices):
        inner = {**row, "question": question.get("stem"), "choices": choices}
        yield from read_hub(
            inner, {**columns, "question": "question", "choices": "choices"}, (), where
        )
        return
    if not isinstance(choices, list) or not all(isinstance(choice, dict) for choice in choices):
        raise InvalidQuestion(f"{where}: 'choices' is not a list of options. Correct the row.")
    fields["question"] = question.get("stem")
    yield make_draft(fields, _dict_options(choices, where), own_labels=True, where=where)


def read_hub(row: Row, columns: Columns, options: Sequence[str], where: str) -> Iterator[Draft]:
    """Yield the question of a row whose choices carry texts with their labels."""
    fields = fields_of(row, columns)
    if options:
        held: Any = {"text": as_list(row.get(options[0])), "label": as_list(row.get(options[1]))}
    else:
        held = as_list(fields.get("choices"))
    if isinstance(held, dict):
        texts, labels = held.get("text", held.get("choices")), held.get("label", held.get("labels"))
        if not isinstance(texts, list | tuple) or not isinstance(labels, list | tuple):
            raise InvalidQuestion(
                f"{where}: 'choices' holds no lists of texts and labels. Correct the row."
            )
        if len(texts) != len(labels):
            raise InvalidQuestion(
                f"{where}: 'choices' holds {len(texts)} texts and {len(labels)} labels. Correct "
                "the row."
            )
        marks = set(labels) <= {0, 1} and len(set(labels)) == 2
        if marks and (len(labels) > 2 or not as_text(fields.get("answer"))):
            fields["answer"] = [texts[place] for place, label in enumerate(labels) if label]
            choices = list(zip(LETTERS, map(as_text, texts), strict=False))
        else:
            choices = [
                (as_text(label), as_text(text)) for label, text in zip(labels, texts, strict=True)
            ]
    elif isinstance(held, list) and all(isinstance(choice, dict) for choice in held):
        choices = _dict_options(held, where)
        right = [
            label
            for choice, (label, _) in zip(held, choices, strict=True)
            if any(choice.get(name) is True for name in RIGHT_KEYS)
        ]
        if right and not as_text(fields.get("answer")):
            fields["answer"] = right
    else:
        raise InvalidQuestion(
            f"{where}: 'choices' is {kind_of(held)}; texts with labels were expected. Correct "
            "the row."
        )
    yield make_draft(fields, choices, own_labels=True, where=where)


def _dict_options(choices: Sequence[Mapping[str, Any]], where: str) -> list[tuple[str, str]]:
    options = []
    for place, choice in enumerate(choices):
        text = next((choice[name] for name in TEXT_KEYS if name in choice), None)
        label = next((choice[name] for name in LABEL_KEYS if name in choice), LETTERS[place % 10])
        if not isinstance(text, str | int | float) or isinstance(text, bool):
            raise InvalidQuestion(
                f"{where}: option {place + 1} has no text (the field 'text' is {kind_of(text)}). "
                "Correct the row."
            )
        options.append((as_text(label), as_text(text)))
    return options


def read_list(row: Row, columns: Columns, options: Sequence[str], where: str) -> Iterator[Draft]:
    """Yield the question of a row with a list of option texts and an index, letter or text."""
    fields = fields_of(row, columns)
    held = as_list(fields.get("choices"))
    if isinstance(held, dict):
        labels = [str(label).strip() for label in held]
        own = all(len(label) <= 2 for label in labels) and labels[:1] != ["0"]
        texts = [as_text(text) for text in held.values()]
    else:
        labels, own = list(LETTERS), False
        if isinstance(held, str):
            texts = without_marks(split_inline(held))
        elif isinstance(held, list | tuple):
            texts = without_marks([as_text(text) for text in held])
        else:
            raise InvalidQuestion(
                f"{where}: '{columns.get('choices')}' is {kind_of(held)}; a list of options was "
                "expected. Correct the row."
            )
    if len(texts) > len(LETTERS):
        raise InvalidQuestion(
            f"{where}: 'choices' holds {len(texts)} options. A question needs 2 to 10 of them: "
            "leave some or the row out."
        )
    names = labels if own else list(LETTERS)
    pairs = list(zip(names, texts, strict=False))
    yield make_draft(fields, pairs, own_labels=own, where=where)


def read_columns(row: Row, columns: Columns, options: Sequence[str], where: str) -> Iterator[Draft]:
    """Yield the question of a row with one column an option; empty ones at the end are none."""
    fields = fields_of(row, columns)
    texts = [as_text(row.get(column)) for column in options]
    while texts and not texts[-1].strip():
        texts.pop()
    texts = without_marks(texts)
    named = _squeezed(as_text(fields.get("answer")))
    if len(named) > 1 and named not in map(_squeezed, texts):  # "Option 2" names its column
        columns_named = dict(zip(map(_squeezed, options), LETTERS, strict=False))
        fields["answer"] = columns_named.get(named, fields.get("answer"))
    yield make_draft(fields, list(zip(LETTERS, texts, strict=False)), own_labels=False, where=where)


def _squeezed(name: str) -> str:
    return plain_name(name).replace("_", "")


def read_distractors(
    row: Row, columns: Columns, options: Sequence[str], where: str
) -> Iterator[Draft]:
    """Yield the question of a row with the right answer and wrong ones, in an order by content.

    By content, so that the right one is not always first and a second import orders alike.
    """
    fields = fields_of(row, columns)
    right = as_text(fields.get("answer")).strip()
    held = as_list(fields.get("distractors"))
    wrong = [as_text(row.get(column)).strip() for column in options] or (
        [as_text(text).strip() for text in held] if isinstance(held, list | tuple) else []
    )
    texts = [text for text in (right, *wrong) if text]
    if not right or len(set(texts)) < len(texts):
        what = "no right answer" if not right else "the same answer twice"
        raise InvalidQuestion(
            f"{where}: there is {what} among answer and distractors. Correct the row."
        )
    stem = as_text(fields.get("question"))
    texts.sort(key=lambda text: content_hash([stem, text]))
    fields["answer"] = LETTERS[texts.index(right)] if len(texts) <= len(LETTERS) else ""
    yield make_draft(fields, list(zip(LETTERS, texts, strict=False)), own_labels=True, where=where)


def read_yes_no(row: Row, columns: Columns, options: Sequence[str], where: str) -> Iterator[Draft]:
    """Yield the question of a row answered by yes or no; a statement is true or false.

    `options` holds the third answer of sets in which a statement may stay open.
    """
    fields = fields_of(row, columns)
    key = as_text(fields.get("answer")).strip().lower()
    others = [option.lower() for option in options]
    if key and key not in YES | NO and key not in others:
        raise InvalidQuestion(
            f"{where}: the answer '{key}' is neither yes nor no. Correct the row."
        )
    stem = as_text(fields.get("question")).strip()
    asked = stem.endswith(("?", "？", "؟")) or bool(_ASKS.match(stem))
    texts = [*(("yes", "no") if asked else ("true", "false")), *others]
    place = 0 if key in YES else 1 if key in NO else texts.index(key) if key else None
    fields["answer"] = "" if place is None else LETTERS[place]
    pairs = list(zip(LETTERS, texts, strict=False))
    yield make_draft(fields, pairs, own_labels=True, where=where)


def read_inline(row: Row, columns: Columns, options: Sequence[str], where: str) -> Iterator[Draft]:
    """Yield the question of a row whose text holds its options as well, a line each."""
    fields = fields_of(row, columns)
    stem, choices = cut_options(what_was_asked(fields.get("question")))
    if len(choices) < 2:
        raise InvalidQuestion(
            f"{where}: the text holds no options such as (A) and (B). Correct the row."
        )
    fields["question"] = stem
    pairs = list(zip(LETTERS, choices, strict=False))
    yield make_draft(fields, pairs, own_labels=True, where=where)


def read_passages(
    row: Row, columns: Columns, options: Sequence[str], where: str
) -> Iterator[Draft]:
    """Yield the questions of a row that holds a passage with all of them (RACE's own files)."""
    questions, choices, keys = (
        as_list(row.get(name)) for name in ("questions", "options", "answers")
    )
    if isinstance(questions, list) and all(isinstance(asked, dict) for asked in questions):
        yield from _read_asked(row, columns, questions, where)  # QuALITY's
        return
    if not isinstance(questions, list) or not isinstance(choices, list):
        raise InvalidQuestion(f"{where}: 'questions' and 'options' are not lists. Correct the row.")
    if len(questions) != len(choices) or (keys and len(keys) != len(questions)):
        raise InvalidQuestion(
            f"{where}: 'questions', 'options' and 'answers' differ in number. Correct the row."
        )
    name = as_text(row.get(columns.get("id", "id"))).strip()
    for place, stem in enumerate(questions):
        single = {
            **row,
            "question": stem,
            "choices": choices[place],
            "answer": keys[place] if keys else None,
            "id": f"{name}-{place + 1}" if name else None,
        }
        fields = {
            **columns,
            "question": "question",
            "choices": "choices",
            "answer": "answer",
            "id": "id",
        }
        yield from read_list(single, fields, (), where)


def _read_asked(
    row: Row, columns: Columns, questions: Sequence[Row], where: str
) -> Iterator[Draft]:
    """Yield the questions of a passage that holds an object for each of them."""
    passage = row.get(columns.get("passage", "passage"))
    name = as_text(row.get(columns.get("id", "id"))).strip()
    for place, asked in enumerate(questions, start=1):
        fields = find_columns(list(asked))
        single = {**asked, "passage of all": passage}
        if "id" not in fields and name:
            single, fields = {**single, "place": f"{name}-{place}"}, {**fields, "id": "place"}
        yield from read_list(single, {**fields, "passage": "passage of all"}, (), where)
