"""The texts a student sees, in one place (the task of Fig. 1 of the paper).

x = question_text, r = rationale_text, a = choice_answer of the right choice. Targets are single
lines, because a T5 tokenizer turns a line break into a space.
"""

from __future__ import annotations

from dataclasses import dataclass

from scicot.words.configs import AnswerForm, TrainingConfig
from scicot.words.records import Choice, Question

RATIONALE_PREFIX = "Rationale:"
ANSWER_PREFIX = "Answer:"


@dataclass(frozen=True, slots=True)
class TextForm:
    """How an answer is written, and whether the input shows the options; the paper's by default."""

    answer: AnswerForm = "letter_and_text"
    shows_options: bool = True


PAPER_FORM = TextForm()


def form_of(config: TrainingConfig) -> TextForm:
    """Return the form of a run's texts."""
    return TextForm(config.answer_form, config.show_options)


def one_line(text: str) -> str:
    """Return the text with every run of white space made one space."""
    return " ".join(text.split())


def question_text(question: Question, form: TextForm = PAPER_FORM) -> str:
    """Return x: the question and its options, labels as in the source; a free one has none."""
    stem = f"Question: {one_line(question.stem)}"
    if not form.shows_options or not question.choices:
        return stem
    options = " ".join(f"({choice.label}) {one_line(choice.text)}" for choice in question.choices)
    return f"{stem}\nOptions: {options}"


def rationale_text(rationale: str) -> str:
    """Return r: the rationale behind its prefix."""
    return f"{RATIONALE_PREFIX} {one_line(rationale)}"


def choice_answer(choice: Choice, form: TextForm = PAPER_FORM) -> str:
    """Return the answer text that names one choice; option scoring compares these."""
    return "".join(_answer_parts(choice, form))


def scored_options(question: Question, form: TextForm) -> tuple[str | None, list[str]]:
    """Return what each option is scored after, and the texts that are scored.

    As in the cloze form, a text alone is scored after "Answer:", which all options share.
    """
    if form.answer == "text":
        return ANSWER_PREFIX, [one_line(choice.text) for choice in question.choices]
    return None, [choice_answer(choice, form) for choice in question.choices]


def scored_after(prefix: str | None, written: str | None) -> str | None:
    """Return what options are scored after: the rationale written in the same output, the prefix.

    None where they are scored from the start.
    """
    before = [rationale_text(written)] if written else []
    return " ".join([*before, *([prefix] if prefix else [])]) or None


def deciding_span(choice: Choice, form: TextForm = PAPER_FORM) -> tuple[int, int]:
    """Return where in `choice_answer` stands what tells one choice from the others."""
    before, deciding, _ = _answer_parts(choice, form)
    return len(before), len(before) + len(deciding)


def _answer_parts(choice: Choice, form: TextForm) -> tuple[str, str, str]:
    text = one_line(choice.text)
    if not choice.label:  # a free answer
        return f"{ANSWER_PREFIX} The answer is ", text, ""
    if form.answer == "text":
        return f"{ANSWER_PREFIX} ", text, ""
    if form.answer == "letter":
        return f"{ANSWER_PREFIX} (", choice.label, ")"
    return f"{ANSWER_PREFIX} The answer is (", choice.label, f") {text}"


def right_choice(question: Question) -> Choice:
    """Return the choice of the answer key; a free answer is one without a label."""
    if question.answer_form is not None:
        return Choice("", question.key_text)
    for choice in question.choices:
        if choice.label == question.answer_key:
            return choice
    raise KeyError(question.answer_key)


def question_with_rationale(
    question: Question, rationale: str | None, form: TextForm = PAPER_FORM
) -> str:
    """Return the input of the answering stage: x + r', or x alone when there is no rationale."""
    x = question_text(question, form)
    return f"{x}\n{rationale_text(rationale)}" if rationale and rationale.strip() else x
