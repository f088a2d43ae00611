import pytest

from scicot.pure.predictions.judging import judge
from scicot.pure.predictions.parsing import read_output, split_output
from scicot.words.records import Outcome
from tests.builders import make_question

TIME = make_question()  # (A) One day (B) One week (C) One month (D) One year; B is right
DIGITS = make_question(
    choices=[("1", "a planet"), ("2", "a star"), ("3", "a moon"), ("4", "an asteroid")],
    answer_key="2",
)
NUMBERS = make_question(choices=[("A", "2"), ("B", "4"), ("C", "8")], answer_key="A")
MIXED_UP = make_question(choices=[("1", "4"), ("2", "8"), ("3", "2"), ("4", "16")], answer_key="1")
SENTENCES = make_question(
    choices=[
        ("A", "It does not conduct heat."),
        ("B", "A plant makes food."),
        ("C", "Iron (II) oxide"),
        ("D", "All of the above"),
        ("E", "none of these"),
    ],
    answer_key="B",
)

STATED = [
    # the student's own form, whole and cut off
    (TIME, "Answer: The answer is (B) One week", "B"),
    (TIME, "The answer is (B) One week.", "B"),
    (TIME, "The answer is (B) one week", "B"),
    (TIME, "The answer is (B)", "B"),
    (TIME, "The answer is (B) One", "B"),
    (TIME, "The answer is (B) One weak", "B"),
    (TIME, "Answer: (C)", "C"),
    (TIME, "Answer: D", "D"),
    (TIME, "answer: the answer is (d) one year", "D"),
    (TIME, "Answer: The answer is (A) One day The answer is (A) One day", "A"),
    # letters in lower case, alone, with other brackets and marks
    (TIME, "The answer is (b)", "B"),
    (TIME, "The answer is b.", "B"),
    (TIME, "The answer is b", "B"),
    (TIME, "b", "B"),
    (TIME, "B", "B"),
    (TIME, " B \n", "B"),
    (TIME, "B.", "B"),
    (TIME, "(B)", "B"),
    (TIME, "[B]", "B"),
    (TIME, "( B )", "B"),
    (TIME, "B)", "B"),
    (TIME, "B) One week", "B"),
    (TIME, "B. One week", "B"),
    (TIME, "B: One week", "B"),
    (TIME, "B One week", "B"),
    (TIME, "(B) One week", "B"),
    (TIME, "（B）", "B"),
    # what LLMs write
    (TIME, "The correct answer is (B) One week.", "B"),
    (TIME, "The correct answer is B.", "B"),
    (TIME, "The best answer is B: One week", "B"),
    (TIME, "The answer is: (B)", "B"),
    (TIME, "**Answer: B**", "B"),
    (TIME, "The answer is **(B) One week**.", "B"),
    (TIME, "The answer is option B.", "B"),
    (TIME, "Option C", "C"),
    (TIME, "The correct option is (c).", "C"),
    (TIME, "The correct choice is A", "A"),
    (TIME, "Seven turns are seven days. So the answer is (B).", "B"),
    (TIME, "Let's think. A day is one turn.\nAnswer: (B) One week", "B"),
    (TIME, "The answer is (B).\n\nQuestion: What is ice?\nAnswer: (A)", "B"),
    (TIME, "My answer is (D)", "D"),
    (TIME, "Final answer: (A)", "A"),
    # answer text without a letter
    (TIME, "One week", "B"),
    (TIME, "one week.", "B"),
    (TIME, "The answer is One week.", "B"),
    (TIME, "The answer is one month", "C"),
    (TIME, "The answer is One week. That is seven days.", "B"),
    (SENTENCES, "The answer is It does not conduct heat.", "A"),
    (SENTENCES, "The answer is A plant makes food.", "B"),
    (SENTENCES, "A plant makes food", "B"),
    (SENTENCES, "All of the above", "D"),
    (SENTENCES, "The answer is (C) Iron (II) oxide", "C"),
    (SENTENCES, "The answer is none of these", "E"),
    # labels 1-4, and both alphabets in brackets
    (DIGITS, "The answer is (2) a star", "2"),
    (DIGITS, "The answer is 2", "2"),
    (DIGITS, "2", "2"),
    (DIGITS, "(3)", "3"),
    (DIGITS, "The answer is (B)", "2"),
    (DIGITS, "The answer is (d) an asteroid", "4"),
    (TIME, "The answer is (2)", "B"),
    (TIME, "(4) One year", "D"),
    (NUMBERS, "The answer is 4", "B"),
    (NUMBERS, "The answer is (A) 2", "A"),
    (NUMBERS, "8", "C"),
    (MIXED_UP, "The answer is (3) 2", "3"),
    (MIXED_UP, "The answer is 16", "4"),
    # options quoted inside the rationale
    (TIME, "Rationale: Some say (A) One day, or (C). Answer: The answer is (B) One week", "B"),
    (TIME, "Rationale: The answer is (A) for one turn. Answer: The answer is (B)", "B"),
    (TIME, "Rationale: It is not (D) One year. Answer: The answer is (C) One month", "C"),
    # a negation that is taken back by a statement
    (TIME, "The answer is not (A). The answer is (B).", "B"),
    (TIME, "The answer is B, a long time", "B"),
]

NOT_STATED = [
    (TIME, ""),
    (TIME, "   "),
    (TIME, "."),
    (TIME, "I do not know."),
    (TIME, "Rationale: Earth turns once a day."),
    (TIME, "Rationale: (B) One week"),
    (TIME, "Earth turns once a day, so seven turns are seven days."),
    (TIME, "The answer is"),
    (TIME, "Answer:"),
    (TIME, "The answer is (E)"),
    (TIME, "The answer is (Z) One century"),
    (TIME, "The answer is a week"),
    (TIME, "The answer is a day"),
    (TIME, "The answer is One"),
    (TIME, "The answer is seven days"),
    (TIME, "2"),  # a bare digit may be a number, not a label
    # two answers
    (TIME, "The answer is (A) or (B)"),
    (TIME, "The answer is A or B"),
    (TIME, "A and B"),
    (TIME, "A, B"),
    (TIME, "B/C"),
    (TIME, "(A) (B)"),
    (TIME, "The answer is (B). The answer is (C)."),
    (TIME, "The answer is (B) One week, not (C) One month"),
    (TIME, "The answer is either (A) or (D)"),
    (TIME, "The answer is (B) One month"),  # the label of one choice, the text of another
    (TIME, "B One month"),
    (MIXED_UP, "4"),  # a label and another choice's text
    (MIXED_UP, "The answer is 4"),
    # negations
    (TIME, "The answer is not (A)"),
    (TIME, "The answer is not A."),
    (TIME, "The answer isn't (B)"),
    (TIME, "The answer is definitely not (B) One week"),
    (TIME, "The answer is neither (A) nor (B)"),
    (TIME, "I think (B) may be wrong"),
    (SENTENCES, "The answer is A plant"),
]


@pytest.mark.parametrize(("question", "output", "label"), STATED)
def test_a_stated_answer_is_read(question, output, label) -> None:  # type: ignore[no-untyped-def]
    assert read_output(output, question).label == label


@pytest.mark.parametrize(("question", "output"), NOT_STATED)
def test_what_states_no_single_answer_is_not_guessed(question, output) -> None:  # type: ignore[no-untyped-def]
    assert read_output(output, question).label is None


def test_the_table_holds_enough_outputs() -> None:
    assert len(STATED) + len(NOT_STATED) >= 80


@pytest.mark.parametrize(
    ("output", "rationale", "answer"),
    [
        (
            "Rationale: Earth turns. Answer: The answer is (B) One week",
            "Earth turns.",
            "Answer: The answer is (B) One week",
        ),
        ("Rationale: Earth turns", "Earth turns", ""),
        ("Earth turns. The answer is (B)", "Earth turns.", "The answer is (B)"),
        ("Answer: (B)", None, "Answer: (B)"),
        ("(B) One week", None, "(B) One week"),
        ("", None, ""),
    ],
)
def test_an_output_is_split_into_rationale_and_answer(
    output: str, rationale: str | None, answer: str
) -> None:
    assert split_output(output) == (rationale, answer)


def test_unreadable_is_not_incorrect() -> None:
    assert judge("B", TIME) is Outcome.CORRECT
    assert judge("A", TIME) is Outcome.INCORRECT
    assert judge(None, TIME) is Outcome.NO_ANSWER
