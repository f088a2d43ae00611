from dataclasses import replace

import pytest

from scicot.pure.checks import find_argued, find_flags
from scicot.pure.checks.table import AGAINST_KEY
from scicot.words.records import AnswerKind, Question
from tests.pure.checks.test_checks import QUESTION

ARGUED = [
    ("The pigment goes, since chlorophyll breaks down.", "B"),
    ("Many insects eat these parts of a plant.", "C"),
    ("It is dark in autumn. The answer is (D).", "D"),
    ("It is dark in autumn. The correct answer is insects eat them.", "C"),
    ("La respuesta correcta es (A).", "A"),
    ("所以正确答案是（C）。", "C"),
    ("Die richtige Antwort ist (A).", "A"),
    ("LA BONNE RÉPONSE EST (A).", "A"),
    ("La opción correcta es (A).", "A"),
    ("La risposta corretta è (A).", "A"),
    ("Правильный ответ: (A).", "A"),
    ("الإجابة الصحيحة هي (A).", "A"),
    ("الجواب هو (A).", "A"),
    ("選項是（C）。", "C"),
    ("最佳选项是（C）。", "C"),
    ("答えは（C）。", "C"),
    ("正解は（C）。", "C"),
    ("정답은 (C).", "C"),
    # nothing is argued for
    ("Nights grow long.", None),
    ("The answer is not (B).", None),
    # two are spoken of in full, or another in part, or one is announced and another spoken of
    ("Insects eat them, and rain washes them.", None),
    ("Insects eat what the rain has left.", None),
    ("Insects eat them: the answer is (A).", None),
    ("The answer is (A). The answer is (C).", None),
]


@pytest.mark.parametrize(("text", "label"), ARGUED)
def test_a_text_argues_for_one_option_or_for_none_that_can_be_told(
    text: str, label: str | None
) -> None:
    assert find_argued(text, QUESTION) == label


@pytest.mark.parametrize("text", [text for text, _ in ARGUED])
def test_the_key_does_not_decide_what_a_text_argues_for(text: str) -> None:
    argued = {
        find_argued(text, replace(QUESTION, answer_key=key)) for key in (*QUESTION.labels, "")
    }
    assert len(argued) == 1


@pytest.mark.parametrize(("text", "label"), ARGUED)
def test_a_text_argues_for_the_option_that_alone_as_a_key_sets_no_check_against_it_off(
    text: str, label: str | None
) -> None:
    unopposed = [
        key
        for key in QUESTION.labels
        if not any(
            flag.check in AGAINST_KEY
            for flag in find_flags(text, replace(QUESTION, answer_key=key))
        )
    ]
    assert (unopposed == [label]) is (label is not None)


def test_a_question_without_options_has_none_to_argue_for() -> None:
    free = Question("Q1", "What is four times three?", (), "12", answer_form=AnswerKind.NUMBER)
    assert find_argued("Four threes are twelve. The answer is 12.", free) is None
