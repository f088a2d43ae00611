import pytest

from scicot.pure.predictions.judging import judge
from scicot.pure.predictions.llm_parsing import read_llm_output
from scicot.pure.predictions.parsing import read_output
from scicot.pure.questions.free import free_label, normalise, read_free_answer
from scicot.pure.students.texts import choice_answer, question_text, right_choice
from scicot.words.records import AnswerKind, Outcome, Question

NUMBER, TEXT, LIST = AnswerKind.NUMBER, AnswerKind.TEXT, AnswerKind.LIST
SAME = [
    ("1,005", "1005", NUMBER),
    ("$18", "18", NUMBER),
    ("18.0", "18", NUMBER),
    ("0.5", "1/2", NUMBER),
    ("−7", "-7", NUMBER),
    ("12 apples", "12", NUMBER),
    ("\\boxed{42}", "42", NUMBER),
    ("50%", "50", NUMBER),
    ("Nk", "nk", TEXT),
    ("  the  Moon. ", "The moon", TEXT),
    ("[3, 1, 2]", "3, 1 and 2", LIST),
]
OTHER = [
    ("18", "-18", NUMBER),
    ("1.5", "15", NUMBER),
    ("eighteen", "18", NUMBER),
    ("kn", "nk", TEXT),
    ("3, 2, 1", "1, 2, 3", LIST),
]


@pytest.mark.parametrize(("one", "other", "kind"), SAME)
def test_two_ways_to_write_an_answer_are_the_same(one: str, other: str, kind: AnswerKind) -> None:
    assert normalise(one, kind) == normalise(other, kind) is not None


@pytest.mark.parametrize(("one", "other", "kind"), OTHER)
def test_two_answers_stay_two(one: str, other: str, kind: AnswerKind) -> None:
    assert normalise(one, kind) != normalise(other, kind)


OUTPUTS = [
    ("Answer: The answer is 18", NUMBER, "18"),
    ("He has 3 and gets 15.\n#### 18", NUMBER, "18"),
    ("First the answer is 3. Then, after all, the answer is 18.", NUMBER, "18"),
    ("So we get $\\boxed{18}$.", NUMBER, "18"),
    ("18", NUMBER, "18"),
    ("The answer is 18 apples.", NUMBER, "18"),
    ("The answer is between 17 and 18.", NUMBER, None),
    ("I do not know.", NUMBER, None),
    ("Take the last letters: n and k.\nThe answer is nk.", TEXT, "nk"),
    ("Many words that never come to an end, and so on and so on, one after the other", TEXT, None),
]


@pytest.mark.parametrize(("output", "kind", "label"), OUTPUTS)
def test_the_last_stated_answer_is_read_or_none(
    output: str, kind: AnswerKind, label: str | None
) -> None:
    assert read_free_answer(output, kind) == label


def ask(key: str = "1,005", kind: AnswerKind = NUMBER) -> Question:
    return Question("g1", "How many are there?", (), key, answer_form=kind)


def test_a_free_answer_is_judged_in_its_normal_form() -> None:
    for output, outcome in (
        ("Answer: The answer is 1005.", Outcome.CORRECT),
        ("Answer: The answer is 105.", Outcome.INCORRECT),
        (
            "Rationale: Who knows, really? There may be very many of them, or only a few at best",
            Outcome.NO_ANSWER,
        ),
    ):
        for read in (read_output, read_llm_output):
            assert judge(read(output, ask()).label, ask()) is outcome
    assert judge("5", ask(key="")) is Outcome.UNSCORED


def test_a_long_answer_has_a_label_of_its_own() -> None:
    one, other = "a very long answer in words", "a very long answer in other words"
    assert free_label(one, TEXT) != free_label(other, TEXT)
    assert len(str(free_label(one, TEXT))) <= 16
    assert judge(free_label(one.upper(), TEXT), ask(one, TEXT)) is Outcome.CORRECT


def test_a_student_reads_no_options_and_learns_the_answer_itself() -> None:
    assert question_text(ask()) == "Question: How many are there?"
    assert choice_answer(right_choice(ask())) == "Answer: The answer is 1,005"
