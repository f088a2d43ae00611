"""Public sets in their own layouts, with small rows of our own, through a real import.

The right option of every row is Mars; where it stands changes, so that keys that count from 0 or
from 1 decide themselves.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import Session

from scicot.services.questions.imports import import_questions, preview_questions
from scicot.services.questions.lookup import list_questions
from scicot.services.questions.reading import ReadOptions
from scicot.services.rationales.imports import add_supports
from scicot.words.records import Actor, Split

PLACES = (1, 0, 3)
LETTERS = "ABCD"
Row = dict[str, Any]


def asked(number: int) -> str:
    return f"Which of these is a planet, in row {number}?"


def options(number: int) -> list[str]:
    texts = ["Sun", "Moon", "Halley"]
    texts.insert(PLACES[number], "Mars")
    return texts


def lettered(number: int) -> str:
    return LETTERS[PLACES[number]]


def labelled(number: int) -> dict[str, list[str]]:
    return {"text": options(number), "label": list(LETTERS)}


def rows(of: Callable[[int], Row]) -> list[Row]:
    return [of(number) for number in range(3)]


def lines(of: Callable[[int], Row]) -> str:
    return "\n".join(json.dumps(row) for row in rows(of))


def document(of: Callable[[int], Row]) -> str:
    return json.dumps(rows(of), indent=2)


def columns(names: str) -> Callable[[int], Row]:
    return lambda n: dict(zip(names.split(), options(n), strict=True))


def arc_official(n: int) -> Row:
    choices = [
        {"text": text, "label": label} for text, label in zip(options(n), LETTERS, strict=True)
    ]
    return {
        "id": f"r{n}",
        "question": {"stem": asked(n), "choices": choices},
        "answerKey": lettered(n),
    }


def science_qa(n: int) -> Row:
    return {
        "question": asked(n),
        "choices": options(n),
        "answer": PLACES[n],
        "hint": "The night sky.",
        "image": None,
        "task": "closed choice",
        "solution": "It goes round the Sun.",
        "split": "train",
    }


# set -> (file, its content, the layout it is taken for, what else must be true of the first row)
SETS: Mapping[str, tuple[str, str, str, Row]] = {
    "ARC": ("ARC-Easy/ARC-Easy-Train.jsonl", lines(arc_official), "arc", {"external_id": "r0"}),
    "OpenBookQA": (
        "train.jsonl",
        lines(
            lambda n: {
                "id": f"r{n}",
                "question_stem": asked(n),
                "choices": labelled(n),
                "answerKey": lettered(n),
                "fact1": "planets go round a star",
                "humanScore": 1.0,
            }
        ),
        "hub",
        {"external_id": "r0"},
    ),
    "CommonsenseQA": (
        "train_rand_split.jsonl",
        lines(lambda n: arc_official(n) | {"question": arc_official(n)["question"]}),
        "arc",
        {"external_id": "r0"},
    ),
    "QASC": (
        "train.jsonl",
        lines(
            lambda n: {
                "id": f"r{n}",
                "question": asked(n),
                "choices": labelled(n),
                "answerKey": lettered(n),
                "combinedfact": "planets go round the Sun",
                "formatted_question": f"{asked(n)} (A) ... (B) ...",
            }
        ),
        "hub",
        {"external_id": "r0"},
    ),
    "EXAMS": (
        "train.jsonl",
        lines(
            lambda n: {
                "id": f"r{n}",
                "question": {"stem": asked(n), "choices": {**labelled(n), "para": [""] * 4}},
                "answerKey": lettered(n),
                "info": {"language": "Bulgarian", "subject": "Physics"},
            }
        ),
        "arc",
        {"external_id": "r0"},
    ),
    "MMLU": (
        "test.jsonl",
        lines(
            lambda n: {
                "question": asked(n),
                "subject": "astronomy",
                "choices": options(n),
                "answer": PLACES[n],
            }
        ),
        "list",
        {},
    ),
    "MMLU's own CSV": (
        "test/astronomy_test.csv",
        "".join(f'"{asked(n)}",{",".join(options(n))},{lettered(n)}\n' for n in range(3)),
        "places",
        {},
    ),
    "MMLU-Pro": (
        "test.jsonl",
        lines(
            lambda n: {
                "question_id": n,
                "question": asked(n),
                "options": [*options(n), "Ceres", "Vesta", "Pluto", "Io", "Titan", "Eros"],
                "answer": lettered(n),
                "answer_index": PLACES[n],
                "cot_content": "",
                "category": "physics",
            }
        ),
        "list",
        {"external_id": "0"},
    ),
    "LogiQA": (
        "train.jsonl",
        lines(
            lambda n: {
                "context": "The night sky.",
                "query": asked(n),
                "options": options(n),
                "correct_option": PLACES[n],
            }
        ),
        "list",
        {"passage": "The night sky."},
    ),
    "ReClor": (
        "train.json",
        document(
            lambda n: {
                "context": "The night sky.",
                "question": asked(n),
                "answers": options(n),
                "label": PLACES[n],
                "id_string": f"train_{n}",
            }
        ),
        "list",
        {"external_id": "train_0", "passage": "The night sky."},
    ),
    "SciQ": (
        "train.json",
        document(
            lambda n: {
                "question": asked(n),
                "distractor1": "Sun",
                "distractor2": "Moon",
                "distractor3": "Halley",
                "correct_answer": "Mars",
                "support": "It goes round the Sun.",
            }
        ),
        "distractors",
        {"rationales": 3},
    ),
    "RACE": (
        "train/high/1.txt",
        json.dumps(
            {
                "answers": [lettered(n) for n in range(3)],
                "options": [options(n) for n in range(3)],
                "questions": [asked(n) for n in range(3)],
                "article": "The night sky.",
                "id": "high1.txt",
            }
        ),
        "passages",
        {"external_id": "high1.txt-1", "passage": "The night sky."},
    ),
    "ScienceQA": (
        "problems-train.json",
        json.dumps({str(n): science_qa(n) for n in range(3)}, indent=1),
        "list",
        {"external_id": "0", "passage": "The night sky.", "rationales": 3},
    ),
    "MedMCQA": (
        "train.json",
        lines(
            lambda n: {
                "id": f"r{n}",
                "question": asked(n),
                **columns("opa opb opc opd")(n),
                "cop": PLACES[n] + 1,
                "choice_type": "single",
                "exp": "It goes round the Sun.",
                "subject_name": "Anatomy",
            }
        ),
        "columns",
        {"external_id": "r0", "rationales": 3},
    ),
    "Cosmos QA": (
        "train.jsonl",
        lines(
            lambda n: {
                "id": f"r{n}",
                "context": "The night sky.",
                "question": asked(n),
                **columns("answer0 answer1 answer2 answer3")(n),
                "label": PLACES[n],
            }
        ),
        "columns",
        {"passage": "The night sky."},
    ),
    "QuAIL": (
        "train.jsonl",
        lines(
            lambda n: {
                "id": f"r{n}",
                "context": "The night sky.",
                "question": asked(n),
                "answers": options(n),
                "correct_answer_id": PLACES[n],
            }
        ),
        "list",
        {"passage": "The night sky."},
    ),
    "C-Eval": (
        "val.csv",
        "id,question,A,B,C,D,answer,explanation\n"
        + "".join(
            f'{n},"{asked(n)}",{",".join(options(n))},{lettered(n)},因为它绕太阳转\n'
            for n in range(3)
        ),
        "columns",
        {"external_id": "0", "rationales": 3},
    ),
    "GPQA": (
        "gpqa_train.csv",
        "Question,Correct Answer,Incorrect Answer 1,Incorrect Answer 2,Explanation\n"
        + "".join(f'"{asked(n)}",Mars,Sun,Moon,It goes round\n' for n in range(3)),
        "distractors",
        {"rationales": 3},
    ),
    "BIG-Bench Hard": (
        "test.json",
        json.dumps(
            {
                "canary": "none",
                "examples": [
                    {
                        "input": f"{asked(n)}\nOptions:\n"
                        + "\n".join(
                            f"({label}) {text}"
                            for label, text in zip(LETTERS, options(n), strict=True)
                        ),
                        "target": f"({lettered(n)})",
                    }
                    for n in range(3)
                ],
            }
        ),
        "inline",
        {},
    ),
    "AGIEval": (
        "test.jsonl",
        lines(
            lambda n: {
                "passage": None,
                "question": asked(n),
                "options": [
                    f"({label}){text}" for label, text in zip(LETTERS, options(n), strict=True)
                ],
                "label": lettered(n),
            }
        ),
        "list",
        {},
    ),
}


@pytest.mark.parametrize("name", SETS)
def test_a_public_set_is_read_as_the_preview_says(
    session: Session, actor: Actor, tmp_path: Path, name: str
) -> None:
    file, content, layout, more = SETS[name]
    path = tmp_path / file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content, encoding="utf-8")
    folder = str(tmp_path)
    seen = preview_questions(session, folder, dataset="set", options=ReadOptions())
    done = import_questions(session, actor, folder, dataset="set", add_supports=add_supports)
    ((dataset, counts),) = done.datasets.items()
    ((split, count),) = counts.items()
    stored = list_questions(session, dataset, Split(split))
    assert (count, done.layout, seen.layout, seen.rows) == (3, layout, layout, 3)
    assert [question.key_text for question in stored] == ["Mars"] * 3
    passage = f"{more['passage']}\n" if "passage" in more else ""
    assert [question.stem for question in stored] == [passage + asked(n) for n in range(3)]
    assert len({question.group for question in stored if passage}) == bool(passage)
    assert done.rationales == more.get("rationales", 0)
    if "external_id" in more:
        assert stored[0].external_id == more["external_id"]
    assert [
        (question.external_id, question.stem, question.choices, question.answer_key)
        for question in seen.examples
    ] == [
        (question.external_id, question.stem, question.choices, question.answer_key)
        for question in stored
    ]


STATEMENTS: Mapping[str, tuple[list[Row], list[str], list[str]]] = {
    "StrategyQA": (
        [
            {
                "qid": f"s{n}",
                "question": f"Is Mars {n} a planet?",
                "answer": n == 0,
                "facts": ["F."],
            }
            for n in range(2)
        ],
        ["yes", "no"],
        ["yes", "no"],
    ),
    "BoolQ": (
        [
            {"question": f"is mars {n} a planet", "answer": n == 0, "passage": "Mars is one."}
            for n in range(2)
        ],
        ["yes", "no"],
        ["yes", "no"],
    ),
    "FOLIO": (
        [
            {"premises": "All cats sleep.", "conclusion": f"Tom {n} sleeps.", "label": label}
            for n, label in enumerate(("True", "False", "Uncertain"))
        ],
        ["true", "false", "uncertain"],
        ["true", "false", "uncertain"],
    ),
    "PrOntoQA": (
        [
            {
                "id": f"p{n}",
                "context": "Every cat is a mammal.",
                "question": f"Is it true? Tom {n} is a mammal.",
                "options": ["A) True", "B) False"],
                "answer": "AB"[n],
            }
            for n in range(2)
        ],
        ["True", "False"],
        ["True", "False"],
    ),
}


@pytest.mark.parametrize("name", STATEMENTS)
def test_statements_are_answered_by_what_their_set_allows(
    session: Session, actor: Actor, tmp_path: Path, name: str
) -> None:
    written, choices, keys = STATEMENTS[name]
    path = tmp_path / "train.jsonl"
    path.write_text("\n".join(map(json.dumps, written)), encoding="utf-8")
    import_questions(session, actor, str(path), dataset="set")
    stored = list_questions(session, "set", Split.TRAIN)
    assert [choice.text for choice in stored[0].choices] == choices
    assert [question.key_text for question in stored] == keys
