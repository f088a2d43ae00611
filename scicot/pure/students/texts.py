"""The texts a student sees, in one place (the task of Fig. 1 of the paper).

x = question_text, r = rationale_text, a = answer_text. Targets are single lines, because a T5
tokenizer turns a line break into a space.
"""

from __future__ import annotations

from scicot.words.records import Choice, Question

RATIONALE_PREFIX = "Rationale:"
ANSWER_PREFIX = "Answer:"
PREDICT_TASK = "predict: "  # task prefixes of step_by_step (Hsieh et al. 2023)
EXPLAIN_TASK = "explain: "


def one_line(text: str) -> str:
    """Return the text with every run of white space made one space."""
    return " ".join(text.split())


def question_text(question: Question) -> str:
    """Return x: the question and its options, labels as in the source."""
    options = " ".join(f"({choice.label}) {one_line(choice.text)}" for choice in question.choices)
    return f"Question: {one_line(question.stem)}\nOptions: {options}"


def rationale_text(rationale: str) -> str:
    """Return r: the rationale behind its prefix."""
    return f"{RATIONALE_PREFIX} {one_line(rationale)}"


def choice_answer(choice: Choice) -> str:
    """Return the answer text that names one choice; option scoring compares these."""
    return f"{ANSWER_PREFIX} The answer is ({choice.label}) {one_line(choice.text)}"


def answer_text(question: Question) -> str:
    """Return a: the answer text of the correct choice."""
    for choice in question.choices:
        if choice.label == question.answer_key:
            return choice_answer(choice)
    raise KeyError(question.answer_key)


def question_with_rationale(question: Question, rationale: str | None) -> str:
    """Return the input of the answering stage: x + r', or x alone when there is no rationale."""
    x = question_text(question)
    return f"{x}\n{rationale_text(rationale)}" if rationale and rationale.strip() else x


def rationale_then_answer(question: Question, rationale: str) -> str:
    """Return the one-stage target: r, then a."""
    return f"{rationale_text(rationale)} {answer_text(question)}"
