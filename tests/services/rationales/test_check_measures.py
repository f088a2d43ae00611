import json
from dataclasses import asdict
from pathlib import Path

import pytest

from scicot.adapters.check_files import (
    MEASURES_FILE,
    labelled_sources,
    labelled_texts,
    labels_of,
    stored_measures,
)
from scicot.pure.checks.table import BY_ID
from scicot.services.questions.reading import ReadOptions, read_source
from scicot.services.rationales.check_measures import (
    is_measured,
    list_measured,
    measure_on,
    measure_source,
    measured_precisions,
)
from scicot.words.errors import NotFound
from scicot.words.records import Question

TO_THE_TOP = ("contradicts_key", "argues_otherwise", "only_restates")  # errors that were met


def test_labels_name_checks_and_half_of_them_were_held_out() -> None:
    texts = labelled_texts()
    assert len(texts) >= 300
    assert {label for one in texts for label in one.labels} <= set(BY_ID)
    assert len({one.question_id for one in texts}) == len(texts)
    assert 0.4 < sum(one.held_out for one in texts) / len(texts) < 0.6


def read_questions(arc_folder: Path) -> dict[str, Question]:
    with read_source(str(arc_folder), "arc", ReadOptions()) as reading:
        return {
            row.question.external_id: row.question
            for row in reading.rows()
            if isinstance(row.question, Question)
        }


def test_the_figures_shown_are_those_measured_now(arc_folder: Path) -> None:
    questions = read_questions(arc_folder)
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


def test_another_teachers_labels_come_without_texts_and_half_were_held_out() -> None:
    assert labelled_sources() == ["flan-t5"]
    labels = labels_of("flan-t5")
    assert len(labels) == len({label.question_id for label in labels}) == 200
    assert {name for label in labels for name in label.labels} <= set(BY_ID)
    assert sum(label.held_out for label in labels) == 100


def test_another_teachers_figures_are_its_own_and_a_new_ones_are_said_to_be_not() -> None:
    by_check = {check.id: measure for check, measure in list_measured("Flan_T5")}
    assert by_check["only_restates"] == stored_measures("flan-t5")["only_restates"]
    assert by_check["only_restates"] != stored_measures()["only_restates"]
    assert is_measured("flan-t5")
    assert is_measured("starter")
    assert not is_measured("llama-2")
    assert list_measured("llama-2") == list_measured()
    ours = measured_precisions("flan-t5")["only_restates"]
    assert ours < measured_precisions()["only_restates"]


def test_figures_shown_of_another_teacher_are_those_measured_now(arc_folder: Path) -> None:
    path = arc_folder.parent / "llm_rationales" / "flan_t5_arc_challenge_train.jsonl"
    if not path.is_file():
        pytest.skip("the teacher's texts are not here")
    questions = read_questions(arc_folder)
    texts = {row["id"]: row["rationale"] for row in map(json.loads, path.read_text().splitlines())}
    for held_out, half in ((True, "held_out"), (False, "seen")):
        measured = measure_source(questions, "flan-t5", texts, held_out=held_out)
        stored = json.loads(MEASURES_FILE.read_text(encoding="utf-8"))["sources"]["flan-t5"]
        assert stored[half] == {one: asdict(got) for one, got in measured.items()}
    texts[next(iter(labels_of("flan-t5"))).question_id] += " More."
    with pytest.raises(NotFound, match="not the one that was labelled"):
        measure_source(questions, "flan-t5", texts)
