import html
import re
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import Session

from db.models import RunRow
from db.session import write
from scicot.adapters.report_html import render_html
from scicot.pure.evaluation.attribution import Fault
from scicot.pure.evaluation.comparison import Cell
from scicot.pure.evaluation.report import EXAMPLES, NO_PAIRS
from scicot.pure.evaluation.report_markdown import to_report_markdown
from scicot.pure.evaluation.table_words import percent
from scicot.pure.methods.registry import make_config
from scicot.services.evaluation.attribution import OTHERS
from scicot.services.evaluation.report import build_report, write_report
from scicot.services.evaluation.report_pairs import choose_runs
from scicot.services.predictions.store import store_predictions
from scicot.services.questions.lookup import find_dataset_id
from scicot.services.runs.runs import create_run, get_run
from scicot.words.configs import AttributionConfig
from scicot.words.errors import InvalidInput, NotFound
from scicot.words.records import (
    Actor,
    NoAnswer,
    Outcome,
    Prediction,
    RunKind,
    RunStatus,
    Split,
    StoredQuestion,
    Variant,
)
from tests.builders import store_questions, store_rationale
from tests.predictions import (
    leave_unread,
    make_prediction,
    store_experiment,
    store_run,
    store_trained,
)

NASTY = '<script>alert("x")</script> ![a](http://evil.example/b.png) <img src=http://evil.example>'


@pytest.fixture
def questions(session: Session, tmp_path: Path) -> list[StoredQuestion]:
    return list(store_questions(session, tmp_path / "files", test=60)[Split.TEST])


def trained(session: Session, questions: list[StoredQuestion], method: str, right: range) -> int:
    config = make_config(method=method, dataset="demo", snapshot="s")
    return store_run(
        session,
        questions,
        right=right,
        method=method,
        config=config.model_dump(mode="json"),
        name=f"{method} demo",
    )


@pytest.fixture
def runs(session: Session, questions: list[StoredQuestion]) -> list[int]:
    return [
        trained(session, questions, "finetune", range(20)),
        trained(session, questions, "one_stage", range(25)),
        trained(session, questions, "sci_cot", range(20, 50)),
    ]


def test_the_page_holds_sentence_tables_figures_examples_and_hashes(
    session: Session, questions: list[StoredQuestion], runs: list[int], tmp_path: Path
) -> None:
    store_rationale(session, questions[22], "The teacher explains question 22.")
    path = tmp_path / "report.html"
    report = write_report(session, path)
    page = path.read_text(encoding="utf-8")
    assert (len(report.pairs), len(report.runs)) == (3, 3)
    assert "Table IV" in page
    assert page.count("data:image/svg+xml;base64,") == sum(
        len(part.figures) for part in report.parts
    )
    first = report.pairs[0]
    assert (first.name_a, first.name_b) == ("Sci-CoT", "One-stage")
    assert first.sentence in page
    assert len(first.examples[Cell.ONLY_A]) == EXAMPLES
    assert len(first.examples[Cell.BOTH]) == 5
    for run_id in runs:
        assert get_run(session, run_id).config_hash in page


def test_nothing_of_others_is_html_and_nothing_is_fetched(
    session: Session, questions: list[StoredQuestion], runs: list[int], tmp_path: Path
) -> None:
    run = create_run(
        session,
        Actor("<b>Eve</b>"),
        kind=RunKind.IMPORTED,
        name=NASTY,
        config={"note": NASTY},
        dataset_id=find_dataset_id(session, "demo"),
        status=RunStatus.DONE,
    )
    store_predictions(
        session,
        run,
        [Prediction(one.id, NASTY, NASTY, None, Outcome.NO_ANSWER) for one in questions],
    )
    store_rationale(session, questions[0], NASTY)
    path = tmp_path / "report.html"
    write_report(session, path)
    page = path.read_text(encoding="utf-8")
    assert "&lt;script&gt;" in page
    assert "<script" not in page
    assert not re.search(r'<(img|link|iframe|object|embed)[^>]+(src|href)=(?!"data:)', page)
    assert "default-src 'none'" in page

    markdown = tmp_path / "report.md"
    write_report(session, markdown)
    outside = re.sub(r"(?ms)^(`{3,})text\n.*?^\1$", "", markdown.read_text(encoding="utf-8"))
    assert not re.search(r"(?<!\\)<script|(?<!\\)!\[|(?<!\\)<img", outside)


def test_an_experiments_report_holds_its_runs(
    session: Session, questions: list[StoredQuestion], runs: list[int], tmp_path: Path
) -> None:
    experiment_id = store_experiment(session, "grid")
    with pytest.raises(InvalidInput, match="no finished run"):
        build_report(session, experiment_id=experiment_id)
    with pytest.raises(NotFound):
        build_report(session, experiment_id=99)
    store_run(session, questions, right=[0], experiment_id=experiment_id)
    report = build_report(session, experiment_id=experiment_id)
    assert (report.title, len(report.runs), report.pairs) == ("grid", 1, [])


def test_attribution_stands_in_the_report_once_the_variants_were_asked(
    session: Session, questions: list[StoredQuestion], runs: list[int]
) -> None:
    unasked = build_report(session)
    assert unasked.faults == []
    assert "was asked again.\n\n## Runs" in to_report_markdown(unasked)
    bare = [make_prediction(one, is_right=False, variant=Variant.NO_RATIONALE) for one in questions]
    store_predictions(session, runs[2], bare)
    (found,) = build_report(session).faults
    assert (found.run_id, found.errors) == (runs[2], 30)
    assert found.said.startswith("No reference rationale was tried")
    tried = questions[:20]
    store_predictions(
        session,
        runs[2],
        [make_prediction(one, is_right=True, variant=Variant.TEACHER_RATIONALE) for one in tried],
    )
    (found,) = build_report(session).faults
    told = found.faults[Fault.RATIONALE]
    assert found.said.startswith(f"A reference rationale was tried on 20 of {len(questions)} ")
    assert f"It mends {told} of {told} errors; no control shows that it mends more" in found.said
    for page in (to_report_markdown(build_report(session)), render_html(build_report(session))):
        assert not re.search("The (rationale|answering)(&#39;|')s fault", page)
        assert "Right with the reference" in page
    assert f'<td>Right with the reference</td><td class="n">{told}</td><td class="n">–</td>' in page
    for variant in OTHERS:
        others = [make_prediction(one, is_right=False, variant=variant) for one in tried]
        store_predictions(session, runs[2], others)
    (found,) = build_report(session).faults
    assert found.tells_blame
    assert (
        f"Of the {told} errors that it tells apart 100\u00a0% are the rationale's fault"
        in found.said
    )
    report = build_report(session)
    written = to_report_markdown(report)
    assert f"- The rationale's fault: {told} of 30 errors. " in written
    assert "Right with the reference" not in written
    assert "<td>The rationale&#39;s fault</td>" in render_html(report)
    assert "| the reference rationale | 20 | 100.00 |" in written
    assert f"| cannot be told | {len(questions)} | – | – |" in written
    assert "none argues for one option" in written
    place = percent(found.same_place[Variant.TEACHER_RATIONALE])
    assert re.search(rf"the reference rationale .* {place} \|\n", written)
    page = render_html(report)
    assert f'<td>cannot be told</td><td class="n">{len(questions)}</td>' in page
    assert "none argues for one option" in page
    assert "together. Of" not in written  # one seed


def test_the_control_over_all_seeds_stands_once_in_the_report(
    session: Session, questions: list[StoredQuestion]
) -> None:
    ids = []
    for seed in (0, 1):
        config = make_config(method="sci_cot", dataset="demo", snapshot="s", seed=seed)
        stored = store_trained(session, questions, config, right=range(30))
        ids.append(stored)
        with write(session):
            asking = AttributionConfig(run=stored).model_dump(mode="json")
            create_run(
                session,
                Actor("Ada"),
                kind=RunKind.ATTRIBUTE,
                name="asked",
                config=asking,
                status=RunStatus.DONE,
            )
        for variant in (Variant.TEACHER_RATIONALE, Variant.NO_RATIONALE, *OTHERS):
            is_right = variant is Variant.TEACHER_RATIONALE
            answers = [
                make_prediction(one, is_right=is_right, variant=variant) for one in questions
            ]
            store_predictions(session, stored, answers)
    report = build_report(session)
    assert [bool(one.over_seeds) for one in report.faults] == [True, False]
    for page in (to_report_markdown(report), render_html(report)):
        assert page.count(f"Runs {ids[0]}, {ids[1]} together. Of 60 wrong answers") == 1


def test_one_run_stands_for_a_method_the_fullest_with_the_smallest_seed(
    session: Session, questions: list[StoredQuestion]
) -> None:
    def store(fraction: float, seed: int) -> int:
        config = make_config(
            method="sci_cot", dataset="demo", snapshot="s", fraction=fraction, seed=seed
        )
        return store_run(
            session,
            questions[:2],
            right=[0],
            method="sci_cot",
            config=config.model_dump(mode="json"),
        )

    ids = [store(0.5, 0), store(1.0, 1), store(1.0, 0)]
    (chosen,) = choose_runs([get_run(session, one) for one in ids])
    assert [run.id for run in chosen] == [ids[2]]


def test_every_set_of_settings_has_its_tables_and_a_methods_ways_are_told_apart(
    session: Session, questions: list[StoredQuestion], tmp_path: Path
) -> None:
    def store(method: str, form: str, right: range, **own: Any) -> int:
        config = make_config(
            method=method, dataset="demo", snapshot="s", answer_form=form, fraction=1.0, **own
        )
        return store_run(
            session, questions, right=right, method=method, config=config.model_dump(mode="json")
        )

    store("finetune", "letter_and_text", range(30))
    store("sci_cot", "letter_and_text", range(20))
    store("finetune", "text", range(10))
    store("sci_cot", "text", range(25))
    store("sci_cot", "text", range(5, 30), stage2_rationales="cross_fit")
    report = build_report(session, examples=0)
    assert sorted(part.said.rpartition(" · ")[2] for part in report.parts) == [
        "answer form letter_and_text",
        "answer form text",
    ]
    headings = {(pair.of, pair.name_a, pair.name_b) for pair in report.pairs}
    assert {of.rpartition("answer form ")[2] for of, _, _ in headings} == {
        "letter_and_text",
        "text",
    }
    ways = [f"Sci-CoT (stage2 rationales {way})" for way in ("in_sample", "cross_fit")]
    assert {(a, b) for of, a, b in headings if of.endswith("form text")} == {
        (ways[0], ways[1]),
        (ways[0], "Fine-tune"),
        (ways[1], "Fine-tune"),
    }
    assert f"{ways[1]} is better than Fine-tune" in " ".join(p.sentence for p in report.pairs)
    for ending in ("md", "html"):
        written = tmp_path / f"report.{ending}"
        write_report(session, written, examples=0)
        said = html.unescape(written.read_text(encoding="utf-8").replace("\\", ""))
        assert said.count("answer form text") >= 2
        assert questions[3].stem not in said


def test_a_student_as_it_came_is_compared_with_those_trained_in_whatever_precision(
    session: Session, questions: list[StoredQuestion]
) -> None:
    for method, right in (("untrained", range(5)), ("finetune", range(20)), ("sci_cot", range(30))):
        config = make_config(method=method, dataset="demo", snapshot="s")
        stages = {} if method == "untrained" else {"answer": {"precision": "bf16"}}
        run_id = store_trained(session, questions, config, right=right)
        with write(session):
            row = session.get_one(RunRow, run_id)
            row.result = {**row.result, "stages": stages}
    named = {(pair.name_a, pair.name_b) for pair in build_report(session, examples=0).pairs}
    assert named == {
        ("Sci-CoT", "Fine-tune"),
        ("Sci-CoT", "Untrained"),
        ("Fine-tune", "Untrained"),
    }


def test_a_report_says_whether_each_run_learned_to_choose_and_what_stage_2_was_given(
    session: Session, runs: list[int], tmp_path: Path
) -> None:
    texts = {
        "questions": 9,
        "compared": 9,
        "overlap": 0.9,
        "flagged": 2,
        "checks": {},
        "correct": 6,
    }
    result = {
        "metrics": {"most_answered_place": 3, "most_answered_share": 0.9, "same_place": 0.3},
        "between_stages": {"learned_from": "training", "kinds": {"training": texts}},
    }
    with write(session):
        session.get_one(RunRow, runs[2]).result = result
    for ending in ("md", "html"):
        path = tmp_path / f"report.{ending}"
        write_report(session, path)
        said = path.read_text(encoding="utf-8").replace("\\", "")
        assert "answers place 3 on 90\u00a0%: it has not learned to choose" in said
        assert "Always the same place would give 30.0\u00a0%" in said
        assert "they share 0.90 of their words with the reference" in said
        assert said.count("one place always would give") >= 6


def test_the_headline_is_what_all_seeds_say_where_there_are_several(
    session: Session, questions: list[StoredQuestion]
) -> None:
    for method in ("sci_cot", "one_stage"):
        for seed in range(3):
            config = make_config(method=method, dataset="demo", snapshot="s", seed=seed)
            store_run(
                session,
                questions,
                right=range(seed, 30),
                method=method,
                config=config.model_dump(mode="json"),
            )
    report = build_report(session)
    (pair,) = report.pairs
    assert "3 seeds each" in pair.over_seeds
    assert pair.sentence.startswith("In this run")
    assert pair.over_seeds in html.unescape(render_html(report))
    assert "**Over all seeds.**" in to_report_markdown(report)


def test_what_stands_beside_a_comparison_is_of_its_questions_and_says_of_how_many(
    session: Session, questions: list[StoredQuestion]
) -> None:
    config = make_config(method="sci_cot", dataset="demo", snapshot="s")
    store_run(
        session,
        questions,
        right=range(20),
        unreadable=range(50, 60),
        method="sci_cot",
        config=config.model_dump(mode="json"),
    )
    store_run(
        session, questions[:45], right=range(30), name="brought", config={"split": "validation"}
    )
    text = to_report_markdown(build_report(session, examples=5))
    assert "45 questions matched of 60 (A) and 45 (B)" in text
    assert "no answer: A 0, B 0" in text
    assert "#### Both right: 5 of 20 questions" in text
    assert r"demo, validation: 33.33 % \[22.7, 45.9\] of 60" in text


def test_a_pair_says_why_answers_could_not_be_read(
    session: Session, questions: list[StoredQuestion]
) -> None:
    first = trained(session, questions, "sci_cot", range(5))
    reasons = [NoAnswer.CUT_OFF, NoAnswer.TWO_LABELS, NoAnswer.CUT_OFF]
    leave_unread(session, first, questions, reasons)
    second = trained(session, questions, "finetune", range(5))
    report = build_report(session)
    assert "no answer: A 3 (1 two labels, 2 cut off), B 0; " in to_report_markdown(report)
    said = f"No answer: run {first} 3 (1 two labels, 2 cut off), run {second} 0."
    assert said in render_html(report)


def test_a_report_without_a_comparison_says_so(
    session: Session, questions: list[StoredQuestion]
) -> None:
    trained(session, questions, "sci_cot", range(5))
    trained(session, questions, "sci_cot", range(5))
    report = build_report(session)
    for text in (to_report_markdown(report), render_html(report)):
        assert NO_PAIRS in text
