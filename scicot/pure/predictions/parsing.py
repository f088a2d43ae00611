"""Read a student's output: the stated forms only, nothing guessed.

An answer is read from what follows `Answer:` or "the answer is": a label in brackets or alone
(`(B)`, `b.`, `Option B`), or the text of one choice. A bare output may be such a form as a whole.
Anything else is no answer, with its reason: two labels, a label beside another choice's text, an
output that was cut off, or one that never comes to an answer. A large model's output is read by
`llm_parsing`, which knows how such models talk.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from scicot.pure.predictions.answer_sentences import states_answer
from scicot.pure.predictions.choices import (
    is_text_of,
    match_choice,
    rest_after_text,
    to_label,
)
from scicot.pure.predictions.llm_phrases import REFUSING, SPOKEN_OF
from scicot.pure.predictions.markup import BOX, mark_boxes, narrow, strip_markup
from scicot.pure.questions.free import read_free_answer
from scicot.words.configs import AnswerForm
from scicot.words.records import AnswerKind, NoAnswer, Question

MOST_READ = 4000  # characters, the last ones: an answer stands at an output's end
_MARKER = re.compile(r"\banswer\s*[:：]", re.IGNORECASE)
_STATEMENT = re.compile(
    r"\b(?:the|my)?\s*(?:(?:correct|right|best|final)\s+)?answer\s*(?:is\b|[:：=])\s*:?"
    r"|\b(?:correct|right|best)\s+(?:option|choice)\s+is\b\s*:?"
    rf"|{BOX}",
    re.IGNORECASE,
)
NEXT_QUESTION = re.compile(r"\n\s*question\s*:", re.IGNORECASE)
_RATIONALE = re.compile(r"^\s*rationale\s*:\s*", re.IGNORECASE)
_RATIONALE_BEHIND = re.compile(r"\brationale\s*:\s*", re.IGNORECASE)
_LEAD = re.compile(r"^[\"'“‘]?(?:(?:option|choice|letter|label)\s+)?[\"'“‘]?", re.IGNORECASE)
_BRACKETED = re.compile(r"^[(\[]\s*(\w{1,2})\s*[)\]]")
_ALONE = re.compile(r"^(\w{1,2})(?=\s*$|\s*[.,;:)/&\"'”’]|\s*\n|\s+(?:and|or)\b)")
_BRACKETED_ANYWHERE = re.compile(r"[(\[]\s*(\w{1,2})\s*[)\]]")
_AND_ANOTHER = re.compile(r"^\W*(?:and|or|[,/&])\s*(?:and\s+|or\s+)?[(\[]?(\w{1,2})[)\]]?(?:\W|$)")
_SENTENCE_END = re.compile(r"(?<=[.!?])\s")
# a sentence ends where white space follows its mark; "(A). " and "e.g. this" are left to chance
_SENTENCES = re.compile(r"(?<=[.!?])\s+|\n+")
_PARTED = re.compile(f"({_SENTENCES.pattern})")  # splits and keeps what stands between


_LONG_BLANK = re.compile(r"\s{10,}")  # no answer lies in it, and every pattern tries all its parts


def read_end(output: str) -> str:
    """Return the end of an output, as far as it is read, with its long runs of blanks cut."""
    return _LONG_BLANK.sub(lambda run: "\n\n" if "\n" in run[0] else " ", output)[-MOST_READ:]


@dataclass(frozen=True, slots=True)
class Reading:
    """What an output states: a label, or the reason why none can be read."""

    label: str | None
    reason: NoAnswer | None = None


class Ambiguous(Exception):
    """Two different answers are stated; neither can be taken."""

    def __init__(self, reason: NoAnswer) -> None:
        super().__init__(reason)
        self.reason = reason


def split_output(output: str) -> tuple[str | None, str]:
    """Return the rationale and the answer part of a one-stage output.

    The rationale is None when there is none; the answer part is empty when the output never
    comes to an answer.
    """
    text = output.strip()
    match = _MARKER.search(text) or _last_statement(text)
    if match is None:
        is_label = bool(_BRACKETED.match(text) or _ALONE.match(text))
        rationale, answer = ("", text) if is_label else (text, "")
    else:
        rationale, answer = text[: match.start()], text[match.start() :]
    rationale = _RATIONALE.sub("", rationale).strip(" \n*")
    return rationale or None, answer.strip()


def split_answer_first(output: str) -> tuple[str, str | None]:
    """Return the answer part of an output that explains itself afterwards, and the rationale."""
    match = _RATIONALE_BEHIND.search(output)
    if match is None:
        return output.strip(), None
    return output[: match.start()].strip(), output[match.end() :].strip() or None


def read_output(
    output: str,
    question: Question,
    *,
    is_cut: bool = False,
    form: AnswerForm = "letter_and_text",
) -> Reading:
    """Return the label that a student's output states, or why none can be read.

    `is_cut`: the output reached its limit, so that an answer may have been on its way. In the
    `form` of texts alone a letter is no answer: "4" is then the text of a choice.
    """
    if question.answer_form is not None:
        return read_free(output, question.answer_form, is_cut=is_cut)
    if form == "text":
        return _read_text(output, question, is_cut=is_cut)
    text = strip_markup(mark_boxes(read_end(output))).strip()
    following = NEXT_QUESTION.search(text)
    if following:  # a model that goes on to invent another question
        text, is_cut = text[: following.start()], False
    marker = _MARKER.search(text)
    if marker:
        text = text[marker.start() :]
    statements = [
        statement for statement in _STATEMENT.finditer(text) if not _is_refused_box(statement, text)
    ]
    try:
        if not statements:
            label = None if _RATIONALE.match(text) else read_form(text, question)
            return Reading(label, None if label else why_none(text, question, is_cut=is_cut))
        ends = [statement.start() for statement in statements[1:]] + [len(text)]
        forms = [
            text[statement.end() : end].strip()
            for statement, end in zip(statements, ends, strict=True)
        ]
        labels = {read_form(form, question) for form in forms} - {None}
    except Ambiguous as two:
        return Reading(None, two.reason)
    if len(labels) == 1:
        return Reading(labels.pop())
    if labels:
        return Reading(None, NoAnswer.TWO_LABELS)
    is_cut = is_cut or not any(form.strip(" .:(") for form in forms)
    return Reading(None, why_none(forms[-1], question, is_cut=is_cut))


def _is_refused_box(statement: re.Match[str], text: str) -> bool:
    r"""Return whether "the answer is not \boxed{B}" puts no answer into its box."""
    before = _SENTENCES.split(text[: statement.start()])[-1]
    return statement.group() == BOX and bool(REFUSING.search(before))


def read_free(output: str, form: AnswerKind, *, is_cut: bool) -> Reading:
    """Return the free answer that an output states as its label, or why there is none."""
    output = read_end(output)
    following = NEXT_QUESTION.search(output)
    if following:
        output, is_cut = output[: following.start()], False
    label = read_free_answer(strip_markup(output), form)
    if label is not None:
        return Reading(label)
    return Reading(None, NoAnswer.CUT_OFF if is_cut else NoAnswer.NONE)


def why_none(form: str, question: Question, *, is_cut: bool) -> NoAnswer:
    """Return why a form without a label has none."""
    named = {
        to_label(name, question, any_alphabet=True) for name in _BRACKETED_ANYWHERE.findall(form)
    }
    if len(named - {None}) > 1:
        return NoAnswer.TWO_LABELS
    return NoAnswer.CUT_OFF if is_cut else NoAnswer.NONE


def _read_text(output: str, question: Question, *, is_cut: bool) -> Reading:
    text = strip_markup(read_end(output)).strip()
    marker = _MARKER.search(text)
    if marker:
        text = text[marker.end() :].strip()
    is_rationale = marker is None and _RATIONALE.match(text)
    label = None if is_rationale else label_of_text(text, question)
    return Reading(label, None if label else why_none(text, question, is_cut=is_cut))


def read_rationale(output: str) -> str:
    """Return what a stage wrote as rationale, as it is but for the prefix that it learned."""
    return _RATIONALE.sub("", output.strip(), count=1).strip()


def strip_answer(rationale: str) -> str:
    """Return a rationale without the sentences that state the answer.

    One that states none is returned as it is; else the blanks and line ends between the sentences
    that stay are the text's own.
    """
    kept, between, is_whole = "", "", True
    parts = iter(_PARTED.split(rationale))
    for sentence in parts:
        if states_answer(sentence):
            is_whole = False
        else:
            kept += (between if kept else "") + sentence
            between = ""
        # of the blanks on both sides of a sentence that goes those with the line ends are kept
        blanks = (between, next(parts, ""))
        between = max(filter(None, blanks), key=lambda blank: blank.count("\n"), default="")
    return rationale if is_whole else kept.strip()


def _last_statement(text: str) -> re.Match[str] | None:
    statements = list(_STATEMENT.finditer(text))
    return statements[-1] if statements else None


def read_form(text: str, question: Question) -> str | None:
    """Return the label that one statement names by label, by text or by both; raises Ambiguous."""
    by_text = label_of_text(text, question)
    by_label = _label_at_start(text, question)
    if by_text and by_label and by_text != by_label:
        # "4" may be the label of one choice and the text of another
        raise Ambiguous(NoAnswer.LABEL_AGAINST_TEXT)
    return by_label or by_text


def _label_at_start(text: str, question: Question) -> str | None:
    text = text[_LEAD.match(text).end() :]  # type: ignore[union-attr]
    plain = narrow(text)
    match = _BRACKETED.match(plain)
    label = to_label(match.group(1), question, any_alphabet=True) if match else None
    if label is None:
        match = _ALONE.match(plain)
        label = to_label(match.group(1), question, any_alphabet=False) if match else None
    if label is None or match is None:
        return _label_before_its_text(text, question)
    _refuse_second_answer(text[match.end() :], label, question)
    return None if _is_spoken_of(text[match.end() :], label, question) else label


def _is_spoken_of(rest: str, label: str, question: Question) -> bool:
    """Return whether "(B) is wrong" or "(B) One week is not it" follows the label."""
    after_own = rest_after_text(rest.lstrip(" .,;:)"), label, question)
    said = _SENTENCES.split(rest if after_own is None else after_own)[0]
    return bool(SPOKEN_OF.match(said) and REFUSING.search(said))


def _label_before_its_text(text: str, question: Question) -> str | None:
    """Return the label in "B One week", where only the text after it shows that B is a label."""
    first, _, rest = text.partition(" ")
    if first in question.labels and is_text_of(rest, first, question):
        return first
    return None


def _refuse_second_answer(rest: str, label: str, question: Question) -> None:
    """Raise Ambiguous when what follows the label names another choice."""
    stated = match_choice(rest.lstrip(" .,;:)/&"), question)
    if stated == label or is_text_of(rest.lstrip(" .,;:)"), label, question):
        return
    if stated is not None:
        raise Ambiguous(NoAnswer.LABEL_AGAINST_TEXT)
    after_own = rest_after_text(rest.lstrip(" .,;:)"), label, question)
    rest = narrow(rest if after_own is None else after_own)
    named = [
        to_label(name, question, any_alphabet=True) for name in _BRACKETED_ANYWHERE.findall(rest)
    ]
    other = _AND_ANOTHER.match(rest)
    # Without brackets only the source's own spelling counts: "a" after a comma is an article.
    if other and other.group(1) in question.labels:
        named.append(other.group(1))
    if any(name not in (None, label) for name in named):
        raise Ambiguous(NoAnswer.TWO_LABELS)


def label_of_text(text: str, question: Question) -> str | None:
    """Return the label of the one choice whose text is stated, whole or as the first sentences."""
    ends = [match.start() for match in _SENTENCE_END.finditer(text)]
    for end in [len(text), *reversed(ends)]:
        if label := match_choice(text[:end], question):
            return label
    return None
