"""How good each check is, measured against rationales that were labelled by reading them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from scicot.adapters.check_files import (
    keep_measures,
    labelled_sources,
    labelled_texts,
    labels_of,
    stored_measures,
)
from scicot.adapters.sources.jsonl import read_rows
from scicot.pure.checks import CHECKS, Check, find_flags
from scicot.pure.checks.measures import (
    LabelledId,
    LabelledText,
    Measure,
    hash_text,
    measure_checks,
)
from scicot.words.errors import NotFound
from scicot.words.records import Question

NOT_MEASURED = "not measured on this teacher"
STARTER = ""
STARTER_NAMES = ("starter", "smollm2135minstruct")
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


def measure_source(
    questions: Mapping[str, Question],
    source: str,
    texts: Mapping[str, str],
    *,
    held_out: bool = True,
) -> Mapping[str, Measure]:
    """Return each check's precision and recall on one half of another teacher's labelled texts.

    `texts` are that teacher's, by question id: the labels come without them. Raises NotFound for a
    teacher without labels, and where a text or question is missing or another one.
    """
    if source not in labelled_sources():
        raise NotFound(
            f"No texts of '{source}' were labelled. Labelled are: {', '.join(labelled_sources())}."
        )
    pairs = []
    for label in labels_of(source):
        text = texts.get(label.question_id)
        if label.question_id not in questions or text is None:
            raise NotFound(
                f"The labels speak of '{label.question_id}', whose question or text is not there. "
                "Import both ARC sets, and name the file that was labelled."
            )
        if hash_text(text) != label.text_hash:
            raise NotFound(
                f"The text of '{label.question_id}' is not the one that was labelled. Name the "
                "file that was."
            )
        if label.held_out is held_out:
            spoke = {flag.check for flag in find_flags(text, questions[label.question_id])}
            pairs.append((frozenset(spoke), frozenset(label.labels)))
    return measure_checks(pairs)


def write_source_measures(
    questions: Mapping[str, Question], source: str, path: Path
) -> Mapping[str, object]:
    """Measure the checks on another teacher's texts, read from a file, and keep the figures."""
    texts = {str(row.get("id")): str(row.get("rationale")) for _, row in read_rows(path)}
    return keep_measures(
        measure_source(questions, source, texts),
        measure_source(questions, source, texts, held_out=False),
        source,
    )


def find_measured(source: str) -> str | None:
    """Return under which name a source's texts were labelled; None where none were.

    The starter's are the checks' own, under the empty name; "Flan_T5" is "flan-t5".
    """
    if _plain(source) in STARTER_NAMES:
        return STARTER
    names = {_plain(name): name for name in labelled_sources()}
    return names.get(_plain(source))


def is_measured(source: str) -> bool:
    """Return whether the checks were measured on this source's texts."""
    return find_measured(source) is not None


def _plain(name: str) -> str:
    return "".join(sign for sign in name.lower().rsplit("/", 1)[-1] if sign.isalnum())


def list_measured(source: str | None = None) -> list[tuple[Check, Measure | None]]:
    """Return every check in its order, with what was measured on the held-out half.

    On the source's own texts where some were labelled, else on the starter teacher's.
    """
    named = find_measured(source) if source else None
    measures = stored_measures(named or None)
    return [(check, measures.get(check.id)) for check in CHECKS]


def count_held_out(source: str | None = None) -> int:
    """Return how many labelled rationales were not looked at while the checks were written."""
    named = find_measured(source) if source else None
    labelled: Sequence[LabelledText | LabelledId] = labels_of(named) if named else labelled_texts()
    return sum(label.held_out for label in labelled)


def measured_precisions(source: str | None = None) -> Mapping[str, float]:
    """Return the precision of each check that spoke often enough: the weights of the queue.

    The source's own where its texts were labelled, else the starter teacher's.
    """
    named = find_measured(source) if source else None
    of_starter = _precisions(stored_measures())
    return {**of_starter, **_precisions(stored_measures(named))} if named else of_starter


def _precisions(measures: Mapping[str, Measure]) -> dict[str, float]:
    return {
        check: measure.precision
        for check, measure in measures.items()
        if measure.precision is not None and measure.right + measure.wrong >= SPOKEN_ENOUGH
    }
