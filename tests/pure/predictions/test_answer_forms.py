"""Answers in each form, and rationales as they are and without the answer."""

import pytest

from scicot.pure.methods.registry import make_config
from scicot.pure.predictions.judging import read_student
from scicot.pure.predictions.metrics import label_per_byte, most_likely
from scicot.pure.predictions.parsing import read_output, read_rationale, strip_answer
from scicot.pure.predictions.stripping import Cut, Cuts
from scicot.pure.students.texts import TextForm, choice_answer, deciding_span, scored_options
from scicot.words.configs import AnswerForm
from tests.builders import make_question

NUMBERS = make_question(choices=(("1", "4"), ("2", "1"), ("3", "six legs")), answer_key="3")


@pytest.mark.parametrize(
    ("form", "text", "deciding"),
    [
        ("letter_and_text", "Answer: The answer is (B) One week", "B"),
        ("text", "Answer: One week", "One week"),
        ("letter", "Answer: (B)", "B"),
    ],
)
def test_an_answer_names_a_choice_in_its_form_and_can_be_read_again(
    form: AnswerForm, text: str, deciding: str
) -> None:
    question = make_question()
    choice = question.choices[1]
    assert choice_answer(choice, TextForm(form)) == text
    start, end = deciding_span(choice, TextForm(form))
    assert text[start:end] == deciding
    assert read_output(text, question, form=form).label == "B"


def test_in_the_text_form_a_digit_is_the_text_of_a_choice_and_no_label() -> None:
    assert read_output("Answer: 1", NUMBERS, form="text").label == "2"
    assert read_output("Answer: (3)", NUMBERS, form="text").label is None
    assert read_output("Answer: (3)", NUMBERS, form="letter").label == "3"
    assert read_output("six legs", NUMBERS, form="text").label == "3"
    assert read_output("Rationale: six legs", NUMBERS, form="text").label is None


def test_a_text_alone_is_scored_after_what_all_options_share() -> None:
    given, options = scored_options(make_question(), TextForm("text"))
    assert given == "Answer:"
    assert options == ["One day", "One week", "One month", "One year"]


def test_a_rationale_is_taken_as_it_was_written() -> None:
    raw = "Rationale: It turns. The answer is (B). So it is."
    assert read_rationale(raw) == "It turns. The answer is (B). So it is."
    assert read_rationale("(A)") == "(A)"


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("It turns. The answer is (B). So it is.", "It turns. So it is."),
        ("So the correct answer is one week", ""),
        ("No answer stands here.", "No answer stands here."),
        ("It turns.\nAnswer: (B)", "It turns."),
    ],
)
def test_only_the_sentence_that_states_the_answer_is_cut(text: str, left: str) -> None:
    assert strip_answer(text) == left


@pytest.mark.parametrize(
    "text",
    [
        "Plants answer: light matters.",
        "  A leaf  turns.\n\n\tPlants answer: light matters. So it grows. \n",
        "No answer is given here.  The cells answer: no.",
    ],
)
def test_a_rationale_that_states_no_answer_stays_as_it_is(text: str) -> None:
    assert strip_answer(text) is text
    cuts = Cuts()
    cuts.count("training", text, strip_answer(text))
    assert cuts.kinds["training"] == Cut(1, 0, 0)


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("It turns.\nIt  turns.  Answer: B\n\nSo it is.", "It turns.\nIt  turns.\n\nSo it is."),
        ("One.  Two. The answer is (B). Three.\nFour.", "One.  Two. Three.\nFour."),
        ("The answer is (B).\nIt turns.\n", "It turns."),
    ],
)
def test_what_stays_keeps_its_blanks_and_line_ends(text: str, left: str) -> None:
    assert strip_answer(text) == left


@pytest.mark.parametrize(
    "sentence",
    [
        "Answer: B",
        "**Answer:** (B) one week",
        "So the answer is (B).",
        "As it turns seven times, the answer is one week.",
        "Hence, my final answer: one week",
        "The right option is B.",
        "It turns seven times, so the answer: one week",
        "It turns seven times Answer: one week",
        "It turns seven times, answer is (B) one week",
    ],
)
def test_a_sentence_states_the_answer_by_its_beginning_or_by_a_known_phrase(sentence: str) -> None:
    assert strip_answer(f"It turns. {sentence}") == "It turns."


def test_scores_a_byte_prefer_the_long_option_that_sums_do_not() -> None:
    question = make_question(choices=(("A", "ice"), ("B", "frozen water vapour")))
    scores = {"A": -3.0, "B": -9.0}
    assert most_likely(scores) == "A"
    assert label_per_byte(scores, question) == "B"
    assert label_per_byte(None, question) is None


def test_only_a_student_that_was_not_shown_the_options_answers_with_the_likeliest() -> None:
    shown = make_config(method="finetune", dataset="demo", answer_form="text")
    hidden = make_config(method="finetune", dataset="demo", answer_form="text", show_options=False)
    question = make_question()
    said = f"Answer: {question.choices[0].text}"
    assert read_student(said, question, shown, "B", is_cut=False).label == "A"
    assert read_student(said, question, hidden, "B", is_cut=False).label == "B"
    unlike = read_student("Answer: something like it", question, hidden, "B", is_cut=True)
    assert (unlike.label, unlike.reason) == ("B", None)
