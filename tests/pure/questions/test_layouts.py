"""Small made-up rows in the layouts of public sets, and what they are read as."""

import pytest

from scicot.pure.questions.drafts import Draft
from scicot.pure.questions.keys import KeyCount, decide, meanings
from scicot.pure.questions.layouts import recognise
from scicot.words.errors import InvalidQuestion
from scicot.words.records import Split

Q, OPTIONS = "Which of these is a planet?", ["Sun", "Mars", "Moon", "Halley"]
ROWS: dict[str, tuple[str, dict[str, object]]] = {
    "ARC official": (
        "arc",
        {
            "id": "k",
            "question": {
                "stem": Q,
                "choices": [{"text": t, "label": s} for s, t in zip("ABCD", OPTIONS, strict=True)],
            },
            "answerKey": "B",
        },
    ),
    "ARC, CommonsenseQA, QASC on the hub": (
        "hub",
        {
            "id": "k",
            "question": Q,
            "choices": {"text": OPTIONS, "label": list("ABCD")},
            "answerKey": "B",
        },
    ),
    "OpenBookQA on the hub": (
        "hub",
        {
            "id": "k",
            "question_stem": Q,
            "choices": {"text": OPTIONS, "label": list("ABCD")},
            "answerKey": "B",
        },
    ),
    "hub rows written as CSV": (
        "hub",
        {
            "question": Q,
            "choices": "{'text': array(['Sun', 'Mars', 'Moon', 'Halley'], dtype=object),\n"
            " 'label': array(['A', 'B', 'C', 'D'], dtype=object)}",
            "answerKey": "B",
        },
    ),
    "MMLU-Pro": ("list", {"question": Q, "options": OPTIONS, "answer": "B", "answer_index": 1}),
    "a list written by numpy": (
        "list",
        {"question": Q, "options": "['Sun' 'Mars' 'Moon'\n 'Halley']", "answer": "B"},
    ),
    "LogiQA": (
        "list",
        {"context": "The sky.", "query": Q, "options": OPTIONS, "correct_option": "b"},
    ),
    "RACE": (
        "list",
        {"example_id": "k", "article": "A text.", "question": Q, "options": OPTIONS, "answer": "B"},
    ),
    "AQuA": (
        "list",
        {
            "question": Q,
            "options": ["A)Sun", "B)Mars", "C)Moon", "D)Halley"],
            "rationale": "It goes round the Sun.",
            "correct": "B",
        },
    ),
    "MathQA": ("list", {"Problem": Q, "options": "a ) Sun , b ) Mars , c ) Moon", "correct": "b"}),
    "MedQA": (
        "list",
        {
            "question": Q,
            "options": dict(zip("ABCD", OPTIONS, strict=True)),
            "answer": "Mars",
            "answer_idx": "B",
        },
    ),
    "lettered columns": (
        "columns",
        {"question": Q, **dict(zip("ABCD", OPTIONS, strict=True)), "answer": "B"},
    ),
    "SocialIQa": (
        "columns",
        {"context": "A.", "question": Q, "answerA": "Sun", "answerB": "Mars", "label": "B"},
    ),
    "SciQ": (
        "distractors",
        {
            "question": Q,
            "correct_answer": "Mars",
            "distractor1": "Sun",
            "distractor2": "Moon",
            "support": "It goes round the Sun.",
        },
    ),
    "options with flags": (
        "hub",
        {"question": Q, "answers": [{"text": "Sun"}, {"text": "Mars", "correct": True}]},
    ),
    "a table of one's own": (
        "columns",
        {"Question": Q, "Option 1": "Sun", "Option 2": "Mars", "Correct answer": "Mars"},
    ),
}


def drafts_of(rows: list[dict[str, object]], **mapping: str) -> tuple[str, list[Draft]]:
    layout = recognise(rows, "file", mapping)
    return layout.name, [draft for row in rows for draft in layout.drafts(row, "row 1")]


@pytest.mark.parametrize(("name", "row"), ROWS.values(), ids=ROWS)
def test_a_public_layout_is_recognised_and_its_key_is_mars(
    name: str, row: dict[str, object]
) -> None:
    found, drafts = drafts_of([row])
    assert found == name
    (draft,) = drafts
    texts = {choice.label: choice.text for choice in draft.choices}
    assert draft.named is not None
    assert texts[draft.named] == "Mars"
    assert draft.stem.endswith(Q)


INDEXED = {
    "MMLU": ({"question": Q, "choices": OPTIONS}, "answer", [1, 0, 3], "index0"),
    "MedMCQA by columns": (
        {"question": Q, "opa": "Sun", "opb": "Mars", "opc": "Moon", "opd": "Halley"},
        "cop",
        ["2", "4", "1"],
        "index1",
    ),
    "ReClor": ({"context": "A.", "question": Q, "answers": OPTIONS}, "label", [1, 0, 2], "index0"),
    "HellaSwag": ({"ctx": Q, "endings": OPTIONS}, "label", ["1", "0", "3"], "index0"),
    "PIQA": ({"goal": Q, "sol1": "Sun", "sol2": "Mars"}, "label", [1, 0, 1], "index0"),
}


@pytest.mark.parametrize(("row", "key", "values", "reading"), INDEXED.values(), ids=INDEXED)
def test_all_rows_together_decide_where_an_index_starts(
    row: dict[str, object], key: str, values: list[object], reading: str
) -> None:
    _, drafts = drafts_of([row | {key: value} for value in values])
    count = KeyCount()
    for draft in drafts:
        count.add(draft, Split.TRAIN)
    assert decide(count, "file", None) == reading
    label = meanings(drafts[0])[reading]
    assert {choice.label: choice.text for choice in drafts[0].choices}[str(label)] == "Mars"


def test_yes_and_no_are_two_options_and_a_statement_is_true_or_false() -> None:
    name, (asked, stated) = drafts_of(
        [
            {"qid": "s", "question": "Is ice light?", "answer": True, "facts": ["It floats."]},
            {"qid": "t", "question": "Every cat is a mammal.", "answer": "False"},
        ]
    )
    assert name == "yes_no"
    assert [(choice.label, choice.text) for choice in asked.choices] == [("A", "yes"), ("B", "no")]
    assert (asked.named, asked.support, stated.named) == ("A", "It floats.", "B")
    assert stated.choices[1].text == "false"


def test_a_passage_stands_before_its_questions_and_is_their_group() -> None:
    _, drafts = drafts_of(
        [
            {
                "id": "r1.txt",
                "article": "Tom has a dog.",
                "questions": ["Who has a dog?", "What has Tom?"],
                "options": [["Tom", "Ann"], ["a cat", "a dog"]],
                "answers": ["A", "B"],
            }
        ]
    )
    assert [draft.external_id for draft in drafts] == ["r1.txt-1", "r1.txt-2"]
    assert drafts[0].stem == "Tom has a dog.\nWho has a dog?"
    assert drafts[0].group == drafts[1].group is not None


def test_the_right_answer_is_not_always_the_first_option() -> None:
    rows: list[dict[str, object]] = [
        {"question": f"Q{n}?", "correct_answer": "x", "distractor1": "y", "distractor2": "z"}
        for n in range(20)
    ]
    _, drafts = drafts_of(rows)
    assert {draft.named for draft in drafts} == {"A", "B", "C"}


def test_a_mapping_names_columns_that_nobody_knows() -> None:
    row: dict[str, object] = {"Frage": Q, "eins": "Sun", "zwei": "Mars", "richtig": "zwei"}
    with pytest.raises(InvalidQuestion, match=r"no layout that is known.*'Frage'.*--map"):
        recognise([row], "file", {})
    _, (draft,) = drafts_of(
        [row | {"richtig": "B"}], question="Frage", A="eins", B="zwei", answer="richtig"
    )
    assert (draft.stem, draft.named) == (Q, "B")
    with pytest.raises(InvalidQuestion, match="no column 'drei'"):
        recognise([row], "file", {"A": "drei"})


def test_a_question_with_a_picture_is_refused_by_row() -> None:
    row: dict[str, object] = {"question": Q, "choices": OPTIONS, "answer": 1, "image": {"bytes": 9}}
    with pytest.raises(InvalidQuestion, match="row 1: the question has a picture"):
        drafts_of([row])


def test_a_free_answer_is_read_with_its_working() -> None:
    name, (draft,) = drafts_of(
        [{"question": "How many?", "answer": "2 and 3 make <<2+3=5>>5.\n#### 1,005"}]
    )
    assert (name, draft.key, draft.answer_form) == ("free", "1,005", "number")
    assert draft.support == "2 and 3 make 5."


KEYS = (
    "B",
    " B ",
    "b",
    "(B)",
    "B.",
    "b)",
    "Ｂ",
    "Option B",
    "B: Mars",
    "Mars",
    "mars",
    ["B"],
    "\u200bB",
    "'B'",
    '"B"',
    "B,",
    "Answer: B",
    "The correct answer is B",
    "B - Mars",
    [0, 1, 0, 0],
)


@pytest.mark.parametrize("key", KEYS, ids=repr)
@pytest.mark.parametrize("labels", ["A B C D", "a b c d", "A. B. C. D.", "(A) (B) (C) (D)"])
def test_every_way_to_write_a_key_names_its_option(key: object, labels: str) -> None:
    choices = [
        {"text": text, "label": label} for text, label in zip(OPTIONS, labels.split(), strict=True)
    ]
    _, (draft,) = drafts_of(
        [{"id": 1, "question": {"stem": Q, "choices": choices}, "answerKey": key}]
    )
    assert draft.choices[1].label in ("B", "b")
    assert draft.named == draft.choices[1].label


@pytest.mark.parametrize("key", ["E", "AB", "True", "Marsh", "A: Mars", "II"])
def test_a_key_that_names_no_option_names_none(key: str) -> None:
    _, (draft,) = drafts_of([{"question": Q, "choices": OPTIONS, "answer": key}])
    assert draft.named is None


EATEN = (
    *("$a \nmid b$", "$\rvert$", "$\tiny$", "$\nearrow$"),
    *("$\frac$", "$\theta$", "$\bar x$", "$\nabla f$", "$x \neq 2$", "\rightarrow", "x \to y"),
)


@pytest.mark.parametrize("text", EATEN, ids=repr)
def test_an_eaten_backslash_is_refused_and_a_table_is_not(text: str) -> None:
    row: dict[str, object] = {"question": Q, "choices": [text, "b"], "answer": "A"}
    with pytest.raises(InvalidQuestion, match="a backslash was lost"):
        drafts_of([row])
    drafts_of([row | {"choices": ["time\tlength\n1 s\t2 m\r\n", "b"]}])
