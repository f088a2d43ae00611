"""Questions in ARC's official JSONL layout, as single files or as the official folder."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scicot.adapters.sources.jsonl import read_rows, text_field
from scicot.words.errors import InvalidInput, InvalidQuestion
from scicot.words.records import Choice, Question, Split

SPLIT_OF_SUFFIX = {"Train": Split.TRAIN, "Dev": Split.VALIDATION, "Test": Split.TEST}
SET_FOLDERS = {"ARC-Easy": "easy", "ARC-Challenge": "challenge"}


@dataclass(frozen=True, slots=True)
class QuestionFile:
    """One file of questions and where its questions belong."""

    path: Path
    dataset: str
    split: Split


def find_question_files(path: Path, dataset: str, split: Split | None) -> list[QuestionFile]:
    """Return the files to read: the one given, or all six of ARC's official folder.

    For a folder with both sets `dataset` is the prefix: `arc` gives `arc-easy` and
    `arc-challenge`; for one set's folder it is the name. Raises InvalidInput when there is
    nothing to read or a single file has no split.
    """
    if path.is_file():
        stem_split = SPLIT_OF_SUFFIX.get(path.stem.rsplit("-", 1)[-1])
        chosen = split or stem_split
        if chosen is None:
            raise InvalidInput(
                f"{path.name} does not say which split it is. "
                "Add --split train, validation or test."
            )
        return [QuestionFile(path, dataset, chosen)]
    if not path.is_dir():
        raise InvalidInput(f"There is no file or folder {path}. Check the path.")
    files = [
        QuestionFile(file, f"{dataset}-{short}", split_name)
        for folder, short in SET_FOLDERS.items()
        for suffix, split_name in SPLIT_OF_SUFFIX.items()
        if (file := path / folder / f"{folder}-{suffix}.jsonl").is_file()
    ] or [
        QuestionFile(file, dataset, split_name)
        for suffix, split_name in SPLIT_OF_SUFFIX.items()
        for file in sorted(path.glob(f"*-{suffix}.jsonl"))
    ]
    if not files:
        raise InvalidInput(
            f"{path} holds no files in ARC's layout "
            "(ARC-Easy/ARC-Easy-Train.jsonl, ARC-Challenge/ARC-Challenge-Test.jsonl, ...). "
            "Name the folder that holds ARC-Easy and ARC-Challenge, or a single .jsonl file."
        )
    return [file for file in files if split in (None, file.split)]


def read_questions(file: QuestionFile) -> Iterator[tuple[int, Question | InvalidInput]]:
    """Yield (row, question), or (row, the error) for a row that cannot be taken."""
    for number, row in read_rows(file.path):
        where = f"{file.path.name}, row {number}"
        try:
            yield number, to_question(row, where, file.dataset, file.split)
        except InvalidInput as error:
            yield number, error


def to_question(row: dict[str, Any], where: str, dataset: str, split: Split) -> Question:
    """Return the question of one official row; raises InvalidQuestion starting with `where`."""
    question = row.get("question")
    if not isinstance(question, dict):
        raise InvalidQuestion(
            f"{where}: the field 'question' is missing. ARC's layout is "
            '{"id", "question": {"stem", "choices": [{"text", "label"}]}, "answerKey"}.'
        )
    choices = question.get("choices")
    if not isinstance(choices, list) or not all(isinstance(one, dict) for one in choices):
        raise InvalidQuestion(f"{where}: 'choices' is not a list of options. Correct the row.")
    external_id = text_field(row, "id", where, InvalidQuestion)
    stem = text_field(question, "stem", where, InvalidQuestion)
    answer_key = text_field(row, "answerKey", where, InvalidQuestion)
    options = tuple(
        Choice(
            label=text_field(choice, "label", where, InvalidQuestion),
            text=text_field(choice, "text", where, InvalidQuestion),
        )
        for choice in choices
    )
    try:
        return Question(
            external_id=external_id,
            stem=stem,
            choices=options,
            answer_key=answer_key,
            dataset=dataset,
            split=split,
        )
    except InvalidQuestion as error:
        raise InvalidQuestion(f"{where}: {error}") from None
