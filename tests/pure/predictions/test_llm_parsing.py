"""What a large model commits itself to, by a table of how such models talk."""

from __future__ import annotations

import pytest

from scicot.pure.predictions.llm_parsing import read_llm_answer, read_llm_output
from scicot.pure.predictions.parsing import read_output
from scicot.words.records import NoAnswer, Question
from tests.builders import make_question

TIME = make_question()  # (A) One day (B) One week (C) One month (D) One year
DIGITS = make_question(
    choices=[("1", "a planet"), ("2", "a star"), ("3", "a moon"), ("4", "an asteroid")],
    answer_key="2",
)
COLD = make_question(
    choices=[("A", "10 °C"), ("B", "-10 °C"), ("C", "0 °C"), ("D", "100 °C")], answer_key="B"
)
GENES = make_question(
    choices=[("A", "RR"), ("B", "rr"), ("C", "Rr"), ("D", "R only")], answer_key="C"
)
FORMULAS = make_question(
    choices=[("A", "CO"), ("B", "CO₂"), ("C", "O₂"), ("D", "H₂O")], answer_key="B"
)
PLAIN = make_question(choices=[("A", "CO2"), ("B", "O2"), ("C", "H2O")], answer_key="A")
SIX = make_question(
    choices=[(label, f"thing {label.lower()}") for label in "ABCDEF"], answer_key="F"
)

PLANT = make_question(choices=[("A", "叶"), ("B", "根"), ("C", "茎"), ("D", "花")], answer_key="B")

COMMITTED = [
    # is, would be, must be
    (TIME, "The answer is B.", "B"),
    (TIME, "The answer would be (B) One week.", "B"),
    (TIME, "So the answer must be B", "B"),
    (TIME, "The answer should be option B.", "B"),
    (TIME, "The correct answer here is B.", "B"),
    (TIME, "The correct option would be (C).", "C"),
    (TIME, "The most likely answer is therefore (D).", "D"),
    (TIME, "The best choice is One month.", "C"),
    (TIME, "Therefore, the answer is B. One week", "B"),
    (TIME, "My final answer: D", "D"),
    (TIME, "I would choose (C).", "C"),
    (TIME, "I'd go with option B.", "B"),
    # because
    (TIME, "The answer is B because seven turns are seven days.", "B"),
    (TIME, "The answer is (B) because (A) is one turn only.", "B"),
    (TIME, "The answer is One week because it turns once a day.", "B"),
    (TIME, "The answer is one week, since Earth turns once a day.", "B"),
    (TIME, "The answer is B, as a month (C) is far too long.", "B"),
    # quotes, backticks, boxes, LaTeX, tags, JSON
    (TIME, 'The answer is "B".', "B"),
    (TIME, "The answer is “One week”.", "B"),
    (TIME, "Answer: `B`", "B"),
    (TIME, "ANSWER: $B$", "B"),
    (TIME, r"So the final answer is: $\boxed{B}$", "B"),
    (TIME, r"Seven days make a week. \boxed{\text{B}}", "B"),
    (TIME, r"\[\boxed{\text{(B) One week}}\]", "B"),
    (TIME, r"The answer is \(B\).", "B"),
    (TIME, "**ANSWER:** **B**", "B"),
    (TIME, "**Answer: (B) One week**", "B"),
    (TIME, "Earth turns daily.\n<answer>B</answer>", "B"),
    (TIME, "<answer>One week</answer>", "B"),
    (TIME, '{"reasoning": "It turns daily.", "answer": "B"}', "B"),
    (TIME, '```json\n{"answer": "One week"}\n```', "B"),
    (TIME, "The answer is （B）", "B"),
    (TIME, "### Final Answer\n\n**B**", "B"),
    (TIME, "The answer is:\n\n(B) One week", "B"),
    (TIME, "The answer is «One week».", "B"),
    (TIME, "The answer is <b>B</b>.", "B"),
    (TIME, "{'answer': 'B', 'confidence': 0.9}", "B"),
    (TIME, "Answer - B", "B"),
    (TIME, "The answer would therefore be One week.", "B"),
    # other languages
    (PLANT, "答案是B。", "B"),
    (PLANT, "正确答案是（B）根", "B"),
    (PLANT, "叶不吸水。因此答案为 B。", "B"),
    (PLANT, "A不对，应选B", "B"),
    (TIME, "Die richtige Antwort ist (B).", "B"),
    (TIME, "La respuesta correcta es B.", "B"),
    (TIME, "La réponse est (B) One week.", "B"),
    (TIME, "الإجابة الصحيحة هي B", "B"),
    # turned round
    (TIME, "Option B is correct.", "B"),
    (TIME, "(B) One week is the correct answer.", "B"),
    (TIME, "B is the best answer because it is seven days.", "B"),
    (TIME, "Therefore, option C would be the right choice.", "C"),
    (TIME, "Hence (D) is the answer.", "D"),
    # others explained after it
    (TIME, "The answer is B. A is wrong because that is one turn. C is too long.", "B"),
    (TIME, "The answer is (B) One week.\n(A) One day is one turn.\n(C) is 30 turns.", "B"),
    (TIME, "Option B is correct. Option A is incorrect. Option C is not correct.", "B"),
    (TIME, "The answer is (B) One week, not (C) One month.", "B"),
    (TIME, "Answer: B\n\nExplanation: A would be one turn; D would be 365 turns.", "B"),
    # the last statement counts, after any thinking
    (TIME, "The answer is A. Wait, no. The answer is B.", "B"),
    (TIME, "<think>The answer is A.</think>The answer is B.", "B"),
    (TIME, "The answer is A, perhaps.</think>\nB", "B"),
    (TIME, "At first it seems the answer is C. But it turns daily, so the answer is B.", "B"),
    (TIME, "The answer is not A. The answer is B.", "B"),
    (TIME, "The wrong answer is A. The right answer is B.", "B"),
    # alone
    (TIME, "B", "B"),
    (TIME, "(B)", "B"),
    (TIME, "**B**", "B"),
    (TIME, "One week", "B"),
    (TIME, "Option B", "B"),
    (TIME, "B) One week", "B"),
    (TIME, "It turns once a day, so seven turns are seven days.\n\nB", "B"),
    (TIME, "It turns once a day.\n\n**(B) One week**", "B"),
    # other labels
    (DIGITS, "The answer is 2.", "2"),
    (DIGITS, "The answer would be (2) a star because it shines.", "2"),
    (DIGITS, "The answer is (B).", "2"),
    (DIGITS, "Option 3 is correct.", "3"),
    (SIX, "The answer is F.", "F"),
    (SIX, "Option F is correct; E is not.", "F"),
    # nearly alike
    (COLD, "The answer is -10 °C.", "B"),
    (COLD, "The answer is 10 °C.", "A"),
    (COLD, "The answer is −10 °C because it is below zero.", "B"),
    (GENES, "The answer is Rr.", "C"),
    (GENES, "The answer is RR.", "A"),
    (GENES, "The answer is r only.", "D"),
    (FORMULAS, "The answer is CO₂.", "B"),
    (FORMULAS, "The answer is CO2.", "B"),
    (FORMULAS, "The answer is CO.", "A"),
    (PLAIN, "The answer is CO₂.", "A"),
    (PLAIN, "The answer is co2.", "A"),
]

NOT_COMMITTED = [
    (TIME, "", NoAnswer.NONE),
    (TIME, "I do not know.", NoAnswer.NONE),
    (TIME, "Earth turns once a day, so seven turns take seven days.", NoAnswer.NONE),
    # incorrect, wrong, least, not, doubt
    (TIME, "The incorrect answer is B.", NoAnswer.NONE),
    (TIME, "The wrong answer is (B).", NoAnswer.NONE),
    (TIME, "The least likely answer is B.", NoAnswer.NONE),
    (TIME, "The answer is not B.", NoAnswer.NONE),
    (TIME, "The answer isn't B.", NoAnswer.NONE),
    (TIME, "I doubt the answer is B.", NoAnswer.NONE),
    (TIME, "I doubt that B is the answer.", NoAnswer.NONE),
    (TIME, "Option B is incorrect.", NoAnswer.NONE),
    (TIME, "Option B is not the correct answer.", NoAnswer.NONE),
    (TIME, "B is wrong.", NoAnswer.NONE),
    (TIME, "It is not true that the answer is B.", NoAnswer.NONE),
    (TIME, "The answer is B. Wait, that is wrong.", NoAnswer.NONE),
    (TIME, "The answer is B, I think. But I doubt it.", NoAnswer.NONE),
    (PLANT, "答案不是B。", NoAnswer.NONE),
    (PLANT, "答案是B吗？", NoAnswer.NONE),
    (PLANT, "如果答案是B", NoAnswer.NONE),
    (TIME, "Die Antwort ist nicht B.", NoAnswer.NONE),
    # questions and conditions
    (TIME, "Is the answer B?", NoAnswer.NONE),
    (TIME, "Could it be that the answer is (B)?", NoAnswer.NONE),
    (TIME, "If the answer is B, Earth turns once a day.", NoAnswer.NONE),
    (TIME, "The answer might be B.", NoAnswer.NONE),
    (TIME, "Someone might say that the answer is B.", NoAnswer.NONE),
    # two
    (TIME, "The answer is A or B.", NoAnswer.TWO_LABELS),
    (TIME, "The answer is (A) and (B).", NoAnswer.TWO_LABELS),
    (TIME, "The answer is either (A) or (D).", NoAnswer.TWO_LABELS),
    (TIME, "The answer is (B) One month.", NoAnswer.LABEL_AGAINST_TEXT),
    (TIME, "(A) One day\n(B) One week\n(C) One month\n(D) One year", NoAnswer.TWO_LABELS),
    # thoughts that never end
    (TIME, "<think>The answer is B.", NoAnswer.CUT_OFF),
    (TIME, "<think>One week? The answer is B. But then", NoAnswer.CUT_OFF),
    (TIME, "The answer is a week", NoAnswer.NONE),
    (TIME, "The answer is 2.", NoAnswer.NONE),
    (GENES, "The answer is Rr or RR.", NoAnswer.NONE),
]


@pytest.mark.parametrize(("question", "output", "label"), COMMITTED)
def test_the_last_commitment_is_read(question: Question, output: str, label: str) -> None:
    assert read_llm_answer(output, question) == label


@pytest.mark.parametrize(("question", "output", "reason"), NOT_COMMITTED)
def test_what_commits_to_nothing_is_not_guessed(
    question: Question, output: str, reason: NoAnswer
) -> None:
    reading = read_llm_output(output, question)
    assert (reading.label, reading.reason) == (None, reason)


def test_an_output_at_its_limit_is_cut_off() -> None:
    assert read_llm_output("Earth turns once", TIME, is_cut=True).reason is NoAnswer.CUT_OFF
    assert read_llm_output("The answer is B because", TIME, is_cut=True).label == "B"


STRICT = [
    (COLD, "The answer is -10 °C.", "B", None),
    (COLD, "The answer is 10 °C.", "A", None),
    (COLD, "Answer: The answer is (B) -10 °C", "B", None),
    (COLD, "Answer: The answer is (B) 10 °C", None, NoAnswer.LABEL_AGAINST_TEXT),
    (GENES, "The answer is Rr.", "C", None),
    (GENES, "The answer is rR.", None, NoAnswer.NONE),
    (FORMULAS, "The answer is CO₂.", "B", None),
    (FORMULAS, "The answer is co₂.", "B", None),
    (PLAIN, "The answer is CO₂.", "A", None),
    (TIME, "So the final answer is: $\\boxed{B}$", "B", None),
    (TIME, "ANSWER: $B$", "B", None),
    (TIME, "**ANSWER:** **B**", "B", None),
    (TIME, "Answer: `B`", "B", None),
    (TIME, "The answer is (A) or (B)", None, NoAnswer.TWO_LABELS),
    (TIME, "The answer is (A). The answer is (B).", None, NoAnswer.TWO_LABELS),
    (TIME, "Answer: The answer is (B) One month", None, NoAnswer.LABEL_AGAINST_TEXT),
    (TIME, "Answer: The answer is", None, NoAnswer.CUT_OFF),
    (TIME, "Rationale: Earth turns", None, NoAnswer.NONE),
]


@pytest.mark.parametrize(("question", "output", "label", "reason"), STRICT)
def test_the_students_reader_says_why(
    question: Question, output: str, label: str | None, reason: NoAnswer | None
) -> None:
    reading = read_output(output, question)
    assert (reading.label, reading.reason) == (label, reason)


def test_a_student_at_its_limit_is_cut_off() -> None:
    assert read_output("Rationale: Earth", TIME, is_cut=True).reason is NoAnswer.CUT_OFF
