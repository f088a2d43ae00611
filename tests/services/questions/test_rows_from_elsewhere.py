"""Rows as other tools and people write them: the first is read as its README would say."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import Session

from scicot.services.questions.imports import QuestionImport, import_questions
from scicot.services.questions.lookup import list_questions
from scicot.services.questions.reading import ReadOptions
from scicot.words.errors import InvalidInput
from scicot.words.records import Actor, Split

STEM, TEXTS = "Which is a planet?", ["Sun", "Mars", "Moon"]
ROW = {"id": "a", "question": STEM, "choices": TEXTS, "answer": "B"}
ROWS: Mapping[str, tuple[str, Any]] = {
    "a passage with an object for each question": (
        "a-train.json",
        {
            "article": "The sky.",
            "id": "9",
            "questions": [{"question": STEM, "options": TEXTS, "gold_label": 2}] * 1
            + [{"question": "Which is hot?", "options": TEXTS, "gold_label": 3}],
        },
    ),
    "one mark for the right one of two": (
        "a-train.jsonl",
        {"question": STEM, "mc1_targets": {"choices": ["Sun", "Mars"], "labels": [0, 1]}},
    ),
    "the messages of a chat": (
        "a-train.jsonl",
        {
            "input": [
                {"role": "system", "content": "Answer by a letter."},
                {"role": "user", "content": f"{STEM}\nA) Sun\nB) Mars"},
            ],
            "ideal": ["B"],
        },
    ),
    "options in numbered columns with words behind their names": (
        "a-train.csv",
        "Question - max 120 characters,Answer 1 - max 75 characters,Answer 2 - max 75 characters,"
        f"Correct answer(s)\n{STEM},Sun,Mars,Answer 2\nAnd the star?,Sun,Mars,Answer 1\n",
    ),
    "options with the passage of another language's set": (
        "a-train.jsonl",
        {
            "flores_passage": "The sky.",
            "question": STEM,
            **{f"mc_answer{n}": text for n, text in enumerate(TEXTS, start=1)},
            "correct_answer_num": "Mars",
        },
    ),
    "a table in Markdown": (
        "a-train.md",
        f"| question | A | B | answer |\n|---|:--|---|---|\n| {STEM} | Sun | Mars | B |\n",
    ),
    "cells that Excel must take for text": (
        "a-train.csv",
        f'sep=;\nid;question;A;B;answer\n"=""007""";"{STEM}";Sun;Mars;B\n',
    ),
    "labels that are called options": (
        "a-train.jsonl",
        {**ROW, "choices": {"text": TEXTS[:2], "label": ["Option A", "Option B"]}}
        | {"answer": "Option B"},
    ),
    **{
        f"the key {key!r}": ("a-train.jsonl", {**ROW, "answer": key})
        for key in ("\\boxed{B}", "$B$", "Mars.", "Ｂ", "B\u200b")
    },
    "several marks of order": ("a-train.jsonl", "\ufeff\ufeff" + json.dumps(ROW)),
    "lines that end by a return": (
        "a-train.jsonl",
        "\r".join(json.dumps(row) for row in (ROW, {**ROW, "id": "b", "question": "Why?"})),
    ),
}


@pytest.fixture
def bring(session: Session, actor: Actor, tmp_path: Path) -> Any:
    def bring(name: str, content: Any, **options: Any) -> QuestionImport:
        path = tmp_path / name
        if not isinstance(content, bytes):
            text = content if isinstance(content, str) else json.dumps(content)
            content = text.encode()
        path.write_bytes(content)
        asked = ReadOptions(**options)
        return import_questions(session, actor, str(path), dataset="set", options=asked)

    return bring


@pytest.mark.parametrize(("name", "content"), ROWS.values(), ids=ROWS)
def test_a_row_is_read_as_it_was_meant(
    session: Session, bring: Any, name: str, content: Any
) -> None:
    bring(name, content)
    question = list_questions(session, "set", Split.TRAIN)[0]
    assert question.stem.split("\n")[-1] == STEM
    assert question.key_text == "Mars"
    assert {choice.text for choice in question.choices} <= {"Sun", "Mars", "Moon"}
    assert (question.group is not None) is ("The sky." in question.stem)
    assert question.external_id != '="007"'


def test_a_value_inside_an_object_is_mapped_by_its_path(session: Session, bring: Any) -> None:
    row = {"data": {"frage": STEM, "wahl": TEXTS}, "notes": [{"key": "B"}]}
    with pytest.raises(InvalidInput, match=r"'data\.frage', 'data\.wahl'"):
        bring("a-train.json", [row])
    mapping = {"question": "data.frage", "choices": "data.wahl", "answer": "notes.0.key"}
    bring("a-train.json", [row], mapping=mapping)
    assert list_questions(session, "set", Split.TRAIN)[0].key_text == "Mars"


def test_columns_that_nothing_is_taken_from_are_named(bring: Any) -> None:
    done = bring("a-train.json", [{**ROW, "story_of_it": "Long.", "humanScore": 1}])
    assert "Not read: 'story_of_it', 'humanScore'." in done.notes[0]


def test_a_folder_that_datasets_saved_is_read(
    session: Session, actor: Actor, tmp_path: Path
) -> None:
    for split in ("train", "test"):
        folder = tmp_path / "saved" / split
        folder.mkdir(parents=True)
        rows = [{**ROW, "question": f"{STEM} ({split})"}]
        (folder / "data-00000-of-00001.arrow").write_text(json.dumps(rows))
        (folder / "state.json").write_text(json.dumps({"_data_files": [{"filename": "data"}]}))
        (folder / "dataset_info.json").write_text("{}")
    (tmp_path / "saved" / "dataset_dict.json").write_text('{"splits": ["train", "test"]}')
    (tmp_path / "saved" / "README_train.txt").write_text("About it,\nin words")
    done = import_questions(session, actor, str(tmp_path / "saved"), dataset="set")
    assert done.datasets == {"set": {"train": 1, "test": 1}}


REFUSED = {
    "a key that only looks like one": ({**ROW, "answer": "В"}, "CYRILLIC CAPITAL LETTER VE"),
    "two keys": ({**ROW, "answer": "A, C"}, "one right option"),
    "the text of two options": (
        {**ROW, "choices": ["x", "x", "y"], "answer": "x"},
        "more than one option",
    ),
    "a picture in the text": ({**ROW, "question": f"<image 1> {STEM}"}, "has a picture"),
    "a comment": ("// mine\n" + json.dumps([ROW], indent=1), "begins with a comment"),
    "lines without columns": (f"{STEM}\nA. Sun\nB. Mars\nANSWER: B\n", "no separator"),
    **{
        f"an eaten backslash in the {field}": (
            {**ROW, field: "\\frac{1}{2}".replace("\\f", "\f")},
            r"\\frac came as a control",
        )
        for field in ("passage", "answer", "rationale")
    },
}


@pytest.mark.parametrize(("content", "said"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_meant_is_refused_with_its_reason(
    bring: Any, content: Any, said: str
) -> None:
    with pytest.raises(InvalidInput, match=said):
        bring("a-train.json", content)


def test_traces_of_web_pages_and_wrong_encodings_are_told(bring: Any) -> None:
    rows = [
        {**ROW, "question": "What is &quot;it&quot;?"},
        {**ROW, "id": "b", "question": "ÃŠtre?"},
    ]
    done = bring("a-train.json", [*rows, {**ROW, "id": "c", "question": "AT&T; £5?"}])
    assert len(done.warnings) == 2
    assert "'&quot;' is how web pages write a sign" in done.warnings[0]
