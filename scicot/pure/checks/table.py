"""The table of checks: id, name, severity, what it means, and the function that looks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import islice

from scicot.pure.checks import answer, argued, form, language, manner
from scicot.pure.checks.finding import Finding
from scicot.words.configs import RATIONALE_TOKENS
from scicot.words.records import Flag, Question, Severity

Find = Callable[[str, Question], Iterable[Finding]]
ERROR, WARNING, NOTE = Severity.ERROR, Severity.WARNING, Severity.NOTE
WORRY = {Severity.ERROR: 3.0, Severity.WARNING: 2.0, Severity.NOTE: 1.0}
NEAR_DUPLICATE = "near_duplicate"
TEACHER_DISAGREES = "teacher_disagrees"
TOO_LONG = "too_long"
LOOK_FIRST = 20.0  # more than all texts' worries together: such a question comes first
NEED_KEY = ("contradicts_key", "argues_otherwise", "misses_key")
NEED_CHOICES = ("contradicts_key", "argues_otherwise", "leaks_letter")
AGAINST_KEY = ("contradicts_key", "argues_otherwise")  # what it says or entails is another answer
# what is wrong with the content: no cut makes such a text right, only unsuspicious
SAYS_WRONG = (*AGAINST_KEY, "misses_key", "only_restates")


@dataclass(frozen=True, slots=True)
class Check:
    """One automatic test. `find` is None where more than the one text is looked at."""

    id: str
    name: str
    severity: Severity
    explanation: str
    find: Find | None


CHECKS = (
    Check(
        "contradicts_key",
        "Argues for another option",
        ERROR,
        "It says that another option than the key is the answer.",
        argued.contradicts_key,
    ),
    Check(
        "argues_otherwise",
        "Speaks of another option only",
        ERROR,
        "It speaks of exactly one option, and not of the key.",
        argued.argues_otherwise,
    ),
    Check(
        "only_restates",
        "Only restates",
        ERROR,
        "It holds no content word beyond the question and its options.",
        answer.only_restates,
    ),
    Check(
        "chat",
        "Refusal or chat",
        ERROR,
        "It refuses, apologises or talks as a chat assistant does.",
        manner.is_chat,
    ),
    Check(
        "misses_key",
        "Never mentions the key",
        WARNING,
        "No content word of the key's text stands in it.",
        answer.misses_key,
    ),
    Check(
        "leaks_letter",
        "Names an option letter",
        WARNING,
        "It names an option by its letter, which a student learns as noise.",
        answer.leaks_letter,
    ),
    Check(
        "announces_answer",
        "Announces the answer",
        WARNING,
        "It says 'the correct answer is ...' or the like: the answering stage's task.",
        answer.announces_answer,
    ),
    Check(
        "cut_off",
        "Cut off",
        WARNING,
        "It stops in the middle of a sentence.",
        form.is_cut_off,
    ),
    Check(
        "repeats_itself",
        "Repeats itself",
        WARNING,
        "It says a sentence twice, six words three times or nine words twice.",
        manner.repeats_itself,
    ),
    Check(
        "echoes_prompt",
        "Echoes the prompt",
        WARNING,
        "Words of the prompt or eight words of the question in a row stand in it.",
        manner.echoes_prompt,
    ),
    Check(
        "runs_on",
        "Runs on",
        WARNING,
        "Another question, made up, follows the explanation.",
        manner.runs_on,
    ),
    Check(
        "other_language",
        "In another language",
        WARNING,
        "It is in another script than its question, or in English where that is not, or not.",
        language.is_other_language,
    ),
    Check(
        "odd_characters",
        "Odd characters",
        WARNING,
        "It holds invisible, directional, control or replacement characters.",
        form.has_odd_characters,
    ),
    Check(
        TEACHER_DISAGREES,
        "The teacher alone answers otherwise",
        WARNING,
        "Asked without the key, its teacher chose another option: the explanation may be made up.",
        None,
    ),
    Check(
        NEAR_DUPLICATE,
        "Near-duplicate",
        NOTE,
        "Another rationale of the dataset says nearly the same (MinHash over word triples).",
        None,
    ),
    Check(
        "list_remains",
        "List or Markdown",
        NOTE,
        "Bullets, numbering, headings or other Markdown stand in it.",
        form.has_list_remains,
    ),
    Check(
        "too_short",
        "Too short",
        NOTE,
        f"It has fewer than {form.SHORTEST} words.",
        form.is_too_short,
    ),
    Check(
        TOO_LONG,
        "Too long for the student",
        NOTE,
        "It is longer than 99 % of the newest snapshot's rationales, and a run would cut it; "
        f"without a snapshot, than about {RATIONALE_TOKENS} tokens.",
        form.is_too_long,
    ),
)
BY_ID: Mapping[str, Check] = {check.id: check for check in CHECKS}

MOST_FINDINGS = 50  # of one check in one text; whoever reads sees what it is like


def find_flags(text: str, question: Question, longest: int = RATIONALE_TOKENS) -> list[Flag]:
    """Return what each check finds wrong in a rationale of this question, in check order.

    `longest`: how many tokens of a rationale the dataset's runs keep.
    What needs a key says nothing of a blind question, what needs options nothing of a free one.
    """
    silent = set(() if question.is_labelled else NEED_KEY)
    silent.update(() if question.choices else NEED_CHOICES)
    found = [
        (check, finding)
        for check in CHECKS
        if check.find is not None and check.id not in silent
        for finding in islice(_find(check.find, text, question, longest), MOST_FINDINGS)
    ]
    is_wrong = any(check.id in SAYS_WRONG for check, _ in found)
    return [
        Flag(
            check=check.id,
            severity=check.severity,
            message=finding.message,
            start=finding.start,
            end=finding.end,
            suggestion=None if is_wrong else finding.suggestion,
        )
        for check, finding in found
    ]


def _find(find: Find, text: str, question: Question, longest: int) -> Iterable[Finding]:
    if find is form.is_too_long:
        return form.is_too_long(text, question, longest)
    return find(text, question)


def flag_own_answer(label: str | None, question: Question) -> Flag | None:
    """Return a flag when the teacher's answer without the key is another one; unknown is none."""
    if label is None or not question.is_labelled or label == question.answer_key:
        return None
    return Flag(
        check=TEACHER_DISAGREES,
        severity=BY_ID[TEACHER_DISAGREES].severity,
        message=f"The teacher alone answers ({label}); the key is ({question.answer_key}).",
    )


def risk_of(checks: Iterable[str], precisions: Mapping[str, float]) -> float:
    """Return how suspicious a rationale is: 0 = nothing found.

    Each check that spoke counts once, by its severity times its measured precision; one that has
    not been measured counts half. A teacher that answers otherwise without the key counts most.
    """
    spoke = set(checks)
    worries = sum(
        WORRY[BY_ID[check].severity] * precisions.get(check, 0.5)
        for check in spoke
        if check != TEACHER_DISAGREES
    )
    return round(worries + LOOK_FIRST * (TEACHER_DISAGREES in spoke), 4)
