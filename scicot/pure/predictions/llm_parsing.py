r"""Read a large model's output: the last statement that it commits itself to, after any thinking.

Such models say an answer in many ways: "the answer would be B because ...", "Option B is correct",
`\boxed{B}`, `<answer>B</answer>`, `{"answer": "B"}`, a last line with "B" alone, and explain the
other options afterwards. Each statement is one commitment; the last one counts. A statement that
is negated, doubted, asked, conditional or about the wrong or least fitting option is none.
"""

from __future__ import annotations

import re

from scicot.pure.predictions.llm_phrases import REFUSING, is_no_commitment, is_taken_back
from scicot.pure.predictions.llm_statements import (
    Statement,
    find_statements,
    stated_after_lead_ins,
    stated_in_objects,
)
from scicot.pure.predictions.markup import BOX, mark_boxes, strip_markup
from scicot.pure.predictions.parsing import (
    NEXT_QUESTION,
    Ambiguous,
    Reading,
    read_end,
    read_form,
    read_free,
)
from scicot.pure.questions.free import find_in_statement, free_label
from scicot.pure.teacher.thinking import cut_thinking
from scicot.words.records import AnswerKind, NoAnswer, Question

_CLOSING = re.compile(
    r"</\s*(?:(?:final|correct)[_-]?)?(?:answer|ans|choice|option|label|solution|response|result)\s*>"
    r"|\[/(?:final[_ ])?answer\]|<\|end_of_box\|>",
    re.IGNORECASE,
)
_LAST_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=\S)")
_BEFORE_REASON = re.compile(r",?\s+(?:because|since)\b", re.IGNORECASE)
_ANSWER_WORD = re.compile(r"^answer\s+(?=[(\[]?[A-J1-9]\b)", re.IGNORECASE)
_ANOTHER_TOO = re.compile(
    r"\b(?:is|are|be)\s+(?:also|equally|both)\s+(?:correct|right|valid)\b", re.IGNORECASE
)
LONGEST_BARE = 300  # characters: a longer output is an explanation, not an answer alone


def read_llm_answer(output: str, question: Question) -> str | None:
    """Return the label that a large model commits itself to, None when it commits to none."""
    return read_llm_output(output, question).label


def read_llm_output(output: str, question: Question, *, is_cut: bool = False) -> Reading:
    """Return the label that a large model commits itself to last, or why none can be read.

    `is_cut`: the output reached its limit.
    """
    thinking = cut_thinking(output)
    if thinking.is_unclosed:
        return Reading(None, NoAnswer.CUT_OFF)
    text = read_end(thinking.text.strip())
    following = NEXT_QUESTION.search(text)
    if following:
        text, is_cut = text[: following.start()], False
    # a box is a statement of its own: a mark that the markup's removal leaves in place
    text = _CLOSING.sub("\n", strip_markup(mark_boxes(text)))
    if question.answer_form is not None:
        return _read_free(text, question.answer_form, is_cut=is_cut)
    statements = find_statements(text, question)
    last_line = _last_line(text, question)
    if last_line and (not statements or last_line.start >= statements[-1].end):
        statements.append(last_line)
    if not statements:
        return _read_bare(text, question, is_cut)
    last = statements[-1]
    if last.label is None:
        return Reading(None, last.reason)
    stated = text[last.start : last.end].replace(question.choice_text(last.label), "")
    if is_taken_back(f"{stated}\n") or is_taken_back(text[last.end :]):
        return Reading(None, NoAnswer.CUT_OFF if is_cut else NoAnswer.NONE)
    if _ANOTHER_TOO.search(text, last.end):
        return Reading(None, NoAnswer.TWO_LABELS)
    return Reading(last.label)


def _read_bare(text: str, question: Question, is_cut: bool) -> Reading:
    """Return what an output without any statement is, read as an answer alone."""
    if len(text) <= LONGEST_BARE and not text.rstrip().endswith(("?", "？", "؟")):
        try:
            for form in (text, _BEFORE_REASON.split(_ANSWER_WORD.sub("", text))[0]):
                if label := read_form(form, question):
                    return Reading(label)
        except Ambiguous as two:
            return Reading(None, two.reason)
    return Reading(None, NoAnswer.CUT_OFF if is_cut else NoAnswer.NONE)


def _last_line(text: str, question: Question) -> Statement | None:
    """Return an answer alone in the last line or sentence, when no other line is of another."""
    lines = [line for line in text.splitlines() if line.strip()]
    sentences = _LAST_SENTENCE.split(lines[-1]) if lines else []
    if len(lines) < 2 and len(sentences) < 2:
        return None
    labels = [_line(line, question) for line in lines]
    if labels[-1] is None and len(sentences) > 1:
        labels.append(_line(sentences[-1], question))
        lines.append(sentences[-1])
        if sentences[-2].endswith("?") and REFUSING.search(sentences[-2]):
            return None  # "Which one is wrong? B."
    others = {label for label in labels[:-1] if label}
    if labels[-1] is None or others - {labels[-1]}:
        return None
    # what the option says of itself refuses nothing: "(A) It does not conduct heat"
    if REFUSING.search(lines[-1].replace(question.choice_text(labels[-1]), "")):
        return None
    start = text.rindex(lines[-1])
    return Statement(start, len(text), labels[-1])


def _line(line: str, question: Question) -> str | None:
    if len(line) > LONGEST_BARE or line.rstrip().endswith(("?", "？", "؟")):
        return None
    try:
        return read_form(line.strip(), question)
    except Ambiguous:
        return None


def _read_free(text: str, form: AnswerKind, *, is_cut: bool) -> Reading:
    """Return the free answer that a large model states last, or why there is none."""
    none = Reading(None, NoAnswer.CUT_OFF if is_cut else NoAnswer.NONE)
    places = sorted(
        [*stated_in_objects(text), *stated_after_lead_ins(text)], key=lambda place: place.start
    )
    marked = text.rfind("####")
    if marked < 0 or any(place.start > marked for place in places):
        for place in reversed(places):
            stated = find_in_statement(place.words.replace(BOX, " "), form)
            if stated is not None:
                back = is_taken_back(text[place.end :])
                return none if back else Reading(free_label(stated, form))
        said = text if len(text.split()) > 2 else ""  # "May" alone is a month
        if places or text.rstrip().endswith("?") or is_no_commitment("", said, said):
            return none
    return read_free(text.replace(BOX, " "), form, is_cut=is_cut)
