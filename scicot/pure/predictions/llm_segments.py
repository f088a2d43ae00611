"""What a large model states after it has led in to an answer: a label, an option's text, both."""

from __future__ import annotations

import re
from collections.abc import Iterator

from scicot.pure.predictions.choices import match_choice, rest_after_text, to_label
from scicot.pure.predictions.llm_phrases import SPOKEN_OF
from scicot.pure.predictions.markup import BOX, narrow
from scicot.pure.predictions.parsing import Ambiguous, read_form
from scicot.words.records import NoAnswer, Question

# what may follow an answer in its own sentence without being part of it
_BECAUSE = re.compile(
    r"[,;]?\s*(?:\b(?:because|since|as|due\s+to|given\s+that|which|where|for\s+the|so\s+that|while|"
    r"whereas|rather\s+than|instead\s+of|and\s+not|not|but|considering|based\s+on|that\s+is|i\.e\.)\b"
    r"|[-–—]{1,2}\s|\()",
    re.IGNORECASE,
)
_NAMED_HERE = re.compile(
    r"^[\"'“‘(\[「『]*([A-J1-9])[)\]\"'”’」』]*(?=\s|[.,;:!}/&，。；：、"
    r"\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7af\u0900-\u097f]|$)"
)
_AND_ANOTHER = re.compile(
    r"^\W*(?:and|or|[/&+]|as\s+well\s+as|along\s+with)\s*(?:(?:also|option|choice)\s+)*"
    r"[(\[\"'“‘]?([A-Ja-j1-9])[)\]\"'”’.,}]*(?:\s|$)"
)
_LISTED = re.compile(r"^\s*,\s*(?:and\s+|or\s+)?[(\[]?([A-J1-9])[)\]]?\s*(?:[.,&]|$|and\b|or\b)")
_BESIDE = re.compile(r"\s*[(\[]([A-J1-9])[)\]]")  # "(B) One week (C) One month"
_DENIED_BEHIND = re.compile(r"\s*[がは가이은는]?\s*(?:아니|아닙|ではな|じゃな)")
_SEVERAL = re.compile(r"\s*(?:either|both|one\s+of|between|neither)\b", re.IGNORECASE)
_SEVERAL_NAMES = re.compile(r"(?<![\w'’])[(\[]?([A-J1-9])[)\]]?(?![\w'’])")
_NOT_BUT = re.compile(
    r"^\s*not\s+[^.;\n]{1,200}?,?\s*\bbut\b\s*(?:rather\s+|instead\s+)?", re.IGNORECASE
)
_FRAME = re.compile(
    r"^(?:that\s+(?:of\s+)?|(?:the\s+)?(?:option|choice|letter|label|answer)\s+(?=[(\[\"'“A-J1-9])|"
    r"(?:the\s+)?(?:(?:correct|right|final)\s+)?answer\s*(?:is|:)\s*)+",
    re.IGNORECASE,
)


def read_segment(segment: str, question: Question) -> str | None:
    """Return the label of what follows a lead-in, up to its sentence's end; raises Ambiguous."""
    text = segment.replace(BOX, " ").strip().lstrip(":").strip()
    text = _FRAME.sub("", _NOT_BUT.sub("", text))
    for candidate in _beginnings(text):
        if label := match_choice(candidate, question):
            # "4" may be the label of one choice and the text of another
            as_label = to_label(narrow(candidate), question, any_alphabet=False)
            beside = re.match(r"\s*[(\[]([A-J1-9])[)\]]", narrow(text[len(candidate) :]))
            if beside:
                as_label = to_label(beside.group(1), question, any_alphabet=True)
            if as_label and as_label != label:
                raise Ambiguous(NoAnswer.LABEL_AGAINST_TEXT)
            return label
    named = _NAMED_HERE.match(narrow(text))
    if named is None or (label := to_label(named.group(1), question, any_alphabet=True)) is None:
        return read_form(next(iter(_beginnings(text)), text), question)
    if named.group() == named.group(1) and named.group(1) not in question.labels:
        return None  # a bare digit beside letters is a number
    rest = text[named.end() :]
    if named.group() == "A" and re.match(r"\s+[a-z]", rest) and not _BECAUSE.match(rest):
        own = rest.strip().casefold().startswith(question.choice_text(label).casefold())
        if not (own or _AND_ANOTHER.match(rest)):
            return None  # "A long time": an article
    return _with_rest(label, rest, question)


def _with_rest(label: str, rest: str, question: Question) -> str | None:
    """Return the label unless what follows it speaks of it, or names or words another choice."""
    other = _AND_ANOTHER.match(rest) or _LISTED.match(rest)
    if other and to_label(other.group(1), question, any_alphabet=False) not in (None, label):
        raise Ambiguous(NoAnswer.TWO_LABELS)
    after_own = rest_after_text(rest.lstrip(" .,;:)]"), label, question)
    beside = _BESIDE.match(after_own or "")
    if beside and to_label(beside.group(1), question, any_alphabet=False) not in (None, label):
        raise Ambiguous(NoAnswer.TWO_LABELS)
    for candidate in _beginnings(rest.strip(" .,;:-–—()")):
        stated = match_choice(candidate, question)
        if stated and stated != label:
            raise Ambiguous(NoAnswer.LABEL_AGAINST_TEXT)
        if stated:
            return label
    return None if SPOKEN_OF.match(rest) or _DENIED_BEHIND.match(rest) else label


def names_several(segment: str, question: Question) -> NoAnswer | None:
    """Return why "either A or C" is no answer; None for a segment that is no such thing."""
    if not _SEVERAL.match(segment):
        return None
    named = {
        to_label(name, question, any_alphabet=False) for name in _SEVERAL_NAMES.findall(segment)
    }
    return NoAnswer.TWO_LABELS if len(named - {None}) > 1 else NoAnswer.NONE


def _beginnings(text: str) -> Iterator[str]:
    """Yield the text and its beginnings before "because", a dash, a comma and the like."""
    yield text
    places = {match.start() for match in _BECAUSE.finditer(text)}
    places |= {place for place, sign in enumerate(text) if sign in ",;.:!"}
    for place in sorted(places, reverse=True):
        if beginning := text[:place].strip():
            yield beginning
