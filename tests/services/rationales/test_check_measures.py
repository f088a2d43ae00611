import json
from dataclasses import asdict
from pathlib import Path

import pytest

from scicot.adapters.check_files import MEASURES_FILE, labelled_texts
from scicot.pure.checks.table import BY_ID
from scicot.services.questions.reading import ReadOptions, read_source
from scicot.services.rationales.check_measures import measure_on
from scicot.words.errors import NotFound
from scicot.words.records import Question

TO_THE_TOP = ("contradicts_key", "argues_otherwise", "only_restates")  # errors that were met


def test_labels_name_checks_and_half_of_them_were_held_out() -> None:
    texts = labelled_texts()
    assert len(texts) >= 300
    assert {label for one in texts for label in one.labels} <= set(BY_ID)
    assert len({one.question_id for one in texts}) == len(texts)
    assert 0.4 < sum(one.held_out for one in texts) / len(texts) < 0.6


def test_the_figures_shown_are_those_measured_now(arc_folder: Path) -> None:
    with read_source(str(arc_folder), "arc", ReadOptions()) as reading:
        questions = {
            row.question.external_id: row.question
            for row in reading.rows()
            if isinstance(row.question, Question)
        }
    stored = json.loads(MEASURES_FILE.read_text(encoding="utf-8"))
    for half, held_out in (("held_out", True), ("seen", False)):
        measured = measure_on(questions, held_out=held_out)
        assert stored[half] == {one: asdict(got) for one, got in measured.items()}


@pytest.mark.parametrize("check", TO_THE_TOP)
def test_what_sorts_to_the_top_is_right_nine_times_in_ten(check: str) -> None:
    measure = json.loads(MEASURES_FILE.read_text(encoding="utf-8"))["held_out"][check]
    assert measure["right"] / (measure["right"] + measure["wrong"]) >= 0.9


def test_a_question_that_is_not_imported_is_named() -> None:
    with pytest.raises(NotFound, match="Import both ARC sets"):
        measure_on({})
