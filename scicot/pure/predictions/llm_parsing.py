r"""Read a large model's output: the last statement that it commits itself to, after any thinking.

Such models say an answer in many ways: "the answer would be B because ...", "Option B is correct",
`\boxed{B}`, `<answer>B</answer>`, `{"answer": "B"}`, a last line with "B" alone, and explain the
other options afterwards. Each statement is one commitment; the last one counts. A statement that
is negated, doubted, asked, conditional or about the wrong or least fitting option is none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from scicot.pure.predictions.choices import match_choice, to_label
from scicot.pure.predictions.markup import narrow, strip_markup
from scicot.pure.predictions.parsing import (
    NEXT_QUESTION,
    Ambiguous,
    Reading,
    read_form,
    read_free,
    why_none,
)
from scicot.pure.questions.values import as_list
from scicot.pure.teacher.thinking import cut_thinking
from scicot.words.records import NoAnswer, Question

_RIGHT = r"(?:correct|right|best|final|most\s+(?:likely|appropriate|accurate|suitable|plausible))"
_THEN = r"(?:\s+(?:therefore|then|thus|so|clearly|most\s+likely|probably))?"
_IS = rf"(?:is|was|(?:would|must|should|will){_THEN}\s+be|has\s+to\s+be|can\s+only\s+be)"
_LEAD_IN = re.compile(
    rf"\b(?:(?:the|my|your|our|an?)\s+)?(?:{_RIGHT}(?:,?\s+(?:and\s+)?{_RIGHT})*\s+)?"
    rf"(?:answer|{_RIGHT}\s+(?:option|choice|statement|response|one)|choice)"
    rf"(?:\s+(?:here|to\s+(?:the|this)\s+question|choice|option))?\s*"
    rf"(?:(?:,\s*(?:therefore|then|thus|so),?\s*)?{_IS}\b(?:\s+(?:therefore|thus|clearly|"
    rf"definitely|indeed|then|option|choice|simply|probably|most\s+likely))*\s*:?|:|\s[-–—]\s)"
    r"|\b(?:i|we)(?:['’](?:d|ll|m)|\s+(?:would|will|am|must|can))?\s+"
    r"(?:choose|chose|pick|picked|select|selected|go(?:ing)?\s+with|answer|conclude\s+that\s+it\s+is"
    r"|choosing)\b\s*:?"
    r"|(?:^|\n)\s*(?:therefore|thus|hence|so|conclusion)\s*[,:]\s*(?=[(\[]?[A-J1-9][)\].]?\s*(?:$|\n))"
    r"|<(?:final_)?answer>"
    r"|(?:正确)?(?:答案|选项|选择)(?:应该|应)?(?:是|为|选)?\s*[:：]?\s*(?=[（(【\[\"“]?\s*[A-J1-9A-Ｊ\u4e00-\u9fff])"
    r"|\bdie\s+(?:richtige\s+)?antwort\s+(?:ist|lautet)\b\s*:?"
    r"|\bla\s+(?:respuesta\s+(?:correcta\s+)?es|r[ée]ponse\s+(?:correcte\s+)?est)\b\s*:?"
    r"|الإجابة(?:\s+الصحيحة)?\s+هي\s*:?"
    r"|(?:应该|应|故|所以|因此)?选(?=\s*[（(]?\s*[A-J](?![A-Za-z]))",
    re.IGNORECASE,
)
_NAME = (
    r"[\"'“‘]?(?:option|choice|answer|letter|statement)?\s*[(\[\"'“‘]?\s*"
    r"(?P<name>[A-Ja-j1-9])(?![\w'’])"
)
_REVERSED = re.compile(
    rf"(?:(?<=^)|(?<=[\s\"'“‘(\[])){_NAME}\s*[)\]\"'”’]*\s*[.:,]?\s*(?P<text>[^\n.!?]*?)\s*,?\s*"
    rf"\b{_IS}\s+(?:(?:therefore|clearly|thus|indeed|then|definitely|the|a|my)\s+)*"
    rf"(?P<what>(?:{_RIGHT})(?:\s+(?:answer|option|choice|one|response|statement))?"
    r"|(?:answer|choice))\b(?P<after>[^\n.!?]*)",
    re.IGNORECASE,
)
_REFUSING = re.compile(
    r"\b(?:not|n['’]t|incorrect|wrong|least|never|doubt\w*|cannot|unlikely|neither|nor|false|"
    r"isn|wasn|unless|except|eliminat\w+)\b|n['’]t\b|[不非]|错",
    re.IGNORECASE,
)
_CONDITION = re.compile(
    r"\b(?:if|whether|suppose|assum\w+|were|unless|might|could|may|perhaps|maybe|someone|some\s+"
    r"(?:people|students|might)|one\s+(?:might|may|could)|not\s+sure|unsure)\b|如果|假如|可能|也许|是否",
    re.IGNORECASE,
)
_TAKEN_BACK = re.compile(
    r"\b(?:wait|on second thought|i was wrong|i am not sure|i['’]m not sure|not certain|"
    r"i doubt|hold on|let me (?:re|check again|think again)|scratch that|"
    r"(?:that|this|it)(?:['’]s|\s+(?:is|was|seems|may be|might be|could be))\s+(?:not\s+"
    r"(?:right|correct)|wrong|incorrect|a mistake))\b",
    re.IGNORECASE,
)
# what may follow an answer in its own sentence without being part of it
_BECAUSE = re.compile(
    r"[,;]?\s*(?:\b(?:because|since|as|due\s+to|given\s+that|which|where|for\s+the|so\s+that|while|"
    r"whereas|rather\s+than|instead\s+of|and\s+not|not|but|considering|based\s+on|that\s+is|i\.e\.)\b"
    r"|[-–—]{1,2}\s|\()",
    re.IGNORECASE,
)
_SENTENCE_END = re.compile(r"(?<=[.!?])[\"'”’)]*(?:\s|$)|(?<=[。！？])|\n")
_NAMED_HERE = re.compile(r"^[\"'“‘(\[]*([A-J1-9])[)\]\"'”’]*(?=\s|[.,;:，。；：、\u4e00-\u9fff]|$)")
_AND_ANOTHER = re.compile(
    r"^\W*(?:and|or|[/&])\s*(?:(?:option|choice)\s+)?[(\[\"'“‘]?([A-Ja-j1-9])[)\]\"'”’.,]*(?:\s|$)"
)
_JSON = re.compile(r"\{[^{}]{1,2000}\}")
_JSON_KEYS = ("answer", "final_answer", "correct_answer", "label", "choice", "option", "letter")
_BOXED = re.compile(r"\\boxed\s*\{")
_ANSWER_TAG = re.compile(r"</(?:final_)?answer>", re.IGNORECASE)
LONGEST_BARE = 300  # characters: a longer output is an explanation, not an answer alone


@dataclass(frozen=True, slots=True)
class _Commitment:
    """Where a statement stands, and what it states: a label, or two at once."""

    start: int
    end: int
    label: str | None
    reason: NoAnswer | None = None


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
    if question.answer_form is not None:
        return read_free(thinking.text, question.answer_form, is_cut=is_cut)
    text = thinking.text.strip()
    following = NEXT_QUESTION.search(text)
    if following:
        text, is_cut = text[: following.start()], False
    # a box is a statement of its own: a marker that the markup's removal leaves in place
    text = strip_markup(
        _BOXED.sub(r"\\nThe answer is: \\text{", text) if "\\boxed" in text else text
    )
    text = text.replace("\\nThe answer is:", "\nThe answer is:")
    text = _ANSWER_TAG.sub("\n", text)
    commitments = sorted(
        [*_lead_ins(text, question), *_reversed(text, question), *_objects(text, question)],
        key=lambda commitment: commitment.start,
    )
    last_line = _last_line(text, question)
    if last_line and (not commitments or last_line.start >= commitments[-1].end):
        commitments.append(last_line)
    if not commitments:
        return _read_bare(text, question, is_cut)
    last = commitments[-1]
    if last.label is None:
        return Reading(None, last.reason)
    if _TAKEN_BACK.search(text, last.start):
        return Reading(None, NoAnswer.CUT_OFF if is_cut else NoAnswer.NONE)
    return Reading(last.label)


def _read_bare(text: str, question: Question, is_cut: bool) -> Reading:
    """Return what an output without any statement is, read as an answer alone."""
    if len(text) <= LONGEST_BARE and not text.rstrip().endswith("?"):
        try:
            if label := read_form(text, question):
                return Reading(label)
        except Ambiguous as two:
            return Reading(None, two.reason)
    return Reading(None, why_none("", question, is_cut=is_cut))


def _lead_ins(text: str, question: Question) -> Iterator[_Commitment]:
    """Yield what follows "the answer is" and the like."""
    for match in _LEAD_IN.finditer(text):
        begin = _sentence_start(text, match.start())
        end = _sentence_end(text, match.end())
        before, segment = text[begin : match.start()], text[match.end() : end]
        if _is_no_commitment(before + match.group(), text[begin:end]):
            continue
        yield from _commit(match.start(), end, segment, text, question)


def _commit(
    start: int, end: int, segment: str, text: str, question: Question
) -> Iterator[_Commitment]:
    if not segment.strip(" :"):  # the answer stands on the next line
        following = text[end:].lstrip()
        segment = following.partition("\n")[0]
        end = len(text) - len(following) + len(segment)
    try:
        label = _read_segment(segment, question)
    except Ambiguous as two:
        yield _Commitment(start, end, None, two.reason)
        return
    if label:
        yield _Commitment(start, end, label)
    elif re.match(r"\s*(?:either|both|one\s+of)\b", segment, re.IGNORECASE):
        yield _Commitment(start, end, None, why_none(segment, question, is_cut=False))


def _reversed(text: str, question: Question) -> Iterator[_Commitment]:
    """Yield "Option B is correct", "(B) One week is the best answer" and the like."""
    for match in _REVERSED.finditer(text):
        begin = _sentence_start(text, match.start())
        end = _sentence_end(text, match.end())
        name = match.group("name")
        label = to_label(narrow(name), question, any_alphabet=False)
        between = match.group("text").strip(" ,:()[]\"'“”")
        bare = match.group()[: match.start("name") - match.start()].strip().lower()
        if label is None or (name.islower() and not bare):  # "a" alone is an article
            continue
        if between and match_choice(between, question) not in (label, None):
            yield _Commitment(match.start(), end, None, NoAnswer.LABEL_AGAINST_TEXT)
            continue
        if between and match_choice(between, question) is None and len(between.split()) > 12:
            continue
        before = text[begin : match.start()]
        other = re.search(r"\b([A-J])[)\]]?\s*(?:and|or|,|/)\s*(?:option\s+)?[(\[]?$", before)
        if other and to_label(other.group(1), question, any_alphabet=False) not in (None, label):
            yield _Commitment(match.start(), end, None, NoAnswer.TWO_LABELS)
            continue
        stated = text[match.start() : match.start("after")]
        after = re.split(r"[,;]", match.group("after"))[0]
        if _is_no_commitment(f"{before}{stated}{after}", text[begin:end]):
            continue
        yield _Commitment(match.start(), end, label)


def _objects(text: str, question: Question) -> Iterator[_Commitment]:
    """Yield what a JSON object in the text names as its answer."""
    for match in _JSON.finditer(text):
        content = as_list(match.group())  # JSON, or as Python writes it
        if not isinstance(content, dict):
            continue
        values = {str(key).lower(): value for key, value in content.items()}
        for key in _JSON_KEYS:
            value = values.get(key)
            if not isinstance(value, str | int):
                continue
            yield from _commit(match.start(), match.end(), str(value), text, question)
            break


def _last_line(text: str, question: Question) -> _Commitment | None:
    """Return an answer alone in the last line, when no other line is one of another choice."""
    lines = [line for line in text.splitlines() if line.strip()]
    if len(lines) < 2:
        return None
    labels = []
    for line in lines:
        try:
            labels.append(read_form(line.strip(), question) if len(line) <= LONGEST_BARE else None)
        except Ambiguous:
            labels.append(None)
    others = {label for label in labels[:-1] if label}
    if labels[-1] is None or others - {labels[-1]} or _REFUSING.search(lines[-1]):
        return None
    start = text.rindex(lines[-1])
    return _Commitment(start, len(text), labels[-1])


def _read_segment(segment: str, question: Question) -> str | None:
    """Return the label of what follows a lead-in, up to its sentence's end; raises Ambiguous."""
    text = segment.strip().lstrip(":").strip()
    text = re.sub(
        r"^(?:that\s+(?:of\s+)?|(?:option|choice|letter|label)\s+)+", "", text, flags=re.I
    )
    for candidate in _prefixes(text):
        if label := match_choice(candidate, question):
            # "4" may be the label of one choice and the text of another
            as_label = to_label(narrow(candidate), question, any_alphabet=False)
            if as_label and as_label != label:
                raise Ambiguous(NoAnswer.LABEL_AGAINST_TEXT)
            return label
    named = _NAMED_HERE.match(narrow(text))
    if named is None or (label := to_label(named.group(1), question, any_alphabet=True)) is None:
        return read_form(next(iter(_prefixes(text)), text), question)
    if named.group() == named.group(1) and named.group(1) not in question.labels:
        return None  # a bare digit beside letters is a number
    rest = text[named.end() :]
    other = _AND_ANOTHER.match(rest) or re.match(
        r"^\s*,\s*(?:and\s+|or\s+)?[(\[]?([A-J1-9])[)\]]?\s*(?:[.,]|$)", rest
    )
    if other and to_label(other.group(1), question, any_alphabet=False) not in (None, label):
        raise Ambiguous(NoAnswer.TWO_LABELS)
    for candidate in _prefixes(rest.strip(" .,;:-–—()")):
        stated = match_choice(candidate, question)
        if stated and stated != label:
            raise Ambiguous(NoAnswer.LABEL_AGAINST_TEXT)
        if stated:
            break
    return label


def _prefixes(text: str) -> Iterator[str]:
    """Yield the text and its beginnings before "because", a dash, a comma and the like."""
    yield text
    places = {match.start() for match in _BECAUSE.finditer(text)}
    places |= {place for place, sign in enumerate(text) if sign in ",;.:"}
    for place in sorted(places, reverse=True):
        if beginning := text[:place].strip():
            yield beginning


def _is_no_commitment(statement: str, sentence: str) -> bool:
    """Return whether a statement is negated, doubted, conditional or a question."""
    clause = re.split(r"[,;:]\s+(?:so|therefore|thus|hence|but)\b|[，；]", statement)[-1]
    return (
        sentence.rstrip(" \"'”’)").endswith(("?", "？", "؟"))
        or bool(_REFUSING.search(clause))
        or bool(_CONDITION.search(clause))
    )


def _sentence_start(text: str, place: int) -> int:
    ends = [match.end() for match in _SENTENCE_END.finditer(text, 0, place)]
    return ends[-1] if ends else 0


def _sentence_end(text: str, place: int) -> int:
    match = _SENTENCE_END.search(text, place)
    # "B. One week": the full stop behind a label ends no sentence
    while match and re.search(r"(?:^|[\s(\"'“:])[A-Ja-j1-9][.]$", text[: match.start()]):
        following = _SENTENCE_END.search(text, match.end())
        if following is None or "\n" in text[match.start() : match.end()]:
            break
        match = following
        break
    return match.start() if match else len(text)
