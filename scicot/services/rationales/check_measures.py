"""How good each check is, measured against rationales that were labelled by reading them."""

from __future__ import annotations

from collections.abc import Mapping

from scicot.adapters.check_files import keep_measures, labelled_texts, stored_measures
from scicot.pure.checks import CHECKS, Check, find_flags
from scicot.pure.checks.measures import Measure, measure_checks
from scicot.words.errors import NotFound
from scicot.words.records import Question

SPOKEN_ENOUGH = 5  # texts a check spoke in; a precision from fewer says little


def measure_on(
    questions: Mapping[str, Question], *, held_out: bool = True
) -> Mapping[str, Measure]:
    """Return each check's precision and recall on one half of the labelled rationales.

    `questions` are the ARC training questions by their own id; raises NotFound when the labels
    speak of one that is missing.
    """
    pairs = []
    for labelled_text in labelled_texts():
        if labelled_text.question_id not in questions:
            raise NotFound(
                f"The labels speak of question '{labelled_text.question_id}', which is not there. "
                "Import both ARC sets first."
            )
        if labelled_text.held_out is held_out:
            spoke = {
                flag.check
                for flag in find_flags(labelled_text.text, questions[labelled_text.question_id])
            }
            pairs.append((frozenset(spoke), frozenset(labelled_text.labels)))
    return measure_checks(pairs)


def write_measures(questions: Mapping[str, Question]) -> Mapping[str, object]:
    """Measure the checks on both halves and keep the figures beside the labels."""
    return keep_measures(measure_on(questions), measure_on(questions, held_out=False))


def list_measured() -> list[tuple[Check, Measure | None]]:
    """Return every check in its order, with what was measured on the held-out half."""
    measures = stored_measures()
    return [(check, measures.get(check.id)) for check in CHECKS]


def count_held_out() -> int:
    """Return how many labelled rationales were not looked at while the checks were written."""
    return sum(labelled_text.held_out for labelled_text in labelled_texts())


def measured_precisions() -> Mapping[str, float]:
    """Return the precision of each check that spoke often enough: the weights of the queue."""
    return {
        check: measure.precision
        for check, measure in stored_measures().items()
        if measure.precision is not None and measure.right + measure.wrong >= SPOKEN_ENOUGH
    }
